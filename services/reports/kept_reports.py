"""Reading of kept committee reports: the report, its contents, and what was done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.reports.errors import ReportNotFound

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from asyncpg import Record

    from shared.db import Connection

_REPORT = """
    select r.*, c.basis, c.status, c.content_hash, c.by as content_by,
           c.recorded_at as content_recorded_at, a.name as attested_name, a.by as attested_by,
           a.recorded_at as attested_at,
           (select s.id from committee_report s
            where s.supersedes = r.id and s.state = 'attested') as superseded_by,
           (select s.id from committee_report s where s.supersedes = r.id) as replacement
    from committee_report r
    join committee_report_content c on (c.report_id, c.number) = (r.id, r.content_number)
    left join attestation a on a.report_id = r.id
"""


async def found(conn: Connection, report_id: UUID) -> Record:
    """Return a report with its newest content's hash and basis, and its attestation.

    Raises:
        ReportNotFound: there is none.

    """
    row: Record | None = await conn.fetchrow(f"{_REPORT} where r.id = $1", report_id)
    if row is None:
        raise ReportNotFound
    return row


async def listed(
    conn: Connection, conditions: dict[str, str | None], *, limit: int, offset: int
) -> tuple[list[Record], int]:
    """Return a page of reports, newest first, and how many there are.

    ``conditions`` gives values by column of ``template``, ``period``, ``area``, ``programme``
    and ``state``; None is any.
    """
    names = ("template", "period", "area", "programme", "state")
    where = " and ".join(
        f"(${number}::text is null or r.{name} = ${number})" for number, name in enumerate(names, 1)
    )
    values = [conditions.get(name) for name in names]
    total = await conn.fetchval(f"select count(*) from committee_report r where {where}", *values)
    rows = await conn.fetch(
        f"{_REPORT} where {where} order by r.recorded_at desc, r.id desc "
        f"limit {limit:d} offset {offset:d}",
        *values,
    )
    return rows, total


async def content(conn: Connection, report_id: UUID, number: int | None = None) -> bytes:
    """Return the bytes of a report's content: its newest, or the one with a number.

    Raises:
        ReportNotFound: there is none.

    """
    body: bytes | None = await conn.fetchval(
        """select c.content from committee_report r
           join committee_report_content c on c.report_id = r.id
           where r.id = $1 and c.number = coalesce($2, r.content_number)""",
        report_id,
        number,
    )
    if body is None:
        raise ReportNotFound
    return body


async def steps(conn: Connection, report_id: UUID) -> list[Record]:
    """Return what was done with a report, oldest first."""
    rows: list[Record] = await conn.fetch(
        "select * from committee_report_step where report_id = $1 order by version", report_id
    )
    return rows


async def contents(conn: Connection, report_id: UUID) -> list[Record]:
    """Return every content a report has had, oldest first, without the bytes."""
    rows: list[Record] = await conn.fetch(
        """select number, basis, status, content_hash, by, recorded_at
           from committee_report_content where report_id = $1 order by number""",
        report_id,
    )
    return rows


async def bases(conn: Connection, question: Sequence[str], *, limit: int) -> list[Record]:
    """Return the bases of what was kept of one question, newest first, with what has them.

    ``question`` is template, period, area and programme, the last two empty where there is none.
    """
    rows: list[Record] = await conn.fetch(
        """select c.basis, r.id, r.state, c.number, c.number = r.content_number as newest
           from committee_report r join committee_report_content c on c.report_id = r.id
           where (r.template, r.period, r.area, r.programme) = ($1, $2, $3, $4)
           order by c.basis desc, r.id limit $5""",
        *question,
        limit,
    )
    return rows
