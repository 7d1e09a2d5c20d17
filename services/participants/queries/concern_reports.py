"""Concern reports as their unit's responsible manager may read them, and nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.participants.errors.concern_reports import ConcernReportNotFound
from shared.clock import today

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from asyncpg import Record

    from shared.auth import Caller
    from shared.db import Connection
    from shared.paging import PageRequest

_COLUMNS = """
    r.id, r.unit, r.written_by, r.suspected_at, r.written_at, r.called_at, r.signed_by,
    r.signed_at, r.sent_at, r.content_sealed, r.version,
    not exists (select from unit_manager m where m.unit = r.unit
                and $1 between m.valid_from and coalesce(m.valid_to, 'infinity')) as awaits_manager
"""

# Whoever holds the office today, not whoever held it when the report was written.
_MANAGED = """
    ($2::text[] is null or r.unit = any($2))
    and exists (select from unit_manager m where m.unit = r.unit and m.manager = $3
                and $1 between m.valid_from and coalesce(m.valid_to, 'infinity'))
"""


async def concern_report(
    conn: Connection, report_id: UUID, *, by: Caller, lock: bool = False
) -> Record:
    """Return one report of a unit that the caller is responsible manager of today.

    Raises:
        ConcernReportNotFound: not there, or not for this caller to know of.

    """
    row: Record | None = await conn.fetchrow(
        f"select {_COLUMNS} from concern_report r where {_MANAGED} and r.id = $4"
        f"{' for update of r' if lock else ''}",
        today(),
        by.unit_filter(),
        by.subject,
        report_id,
    )
    if row is None:
        raise ConcernReportNotFound
    return row


async def concern_report_written(conn: Connection, report_id: UUID) -> Record:
    """Return a report that the caller has just written, which it cannot read afterwards."""
    row: Record | None = await conn.fetchrow(
        f"select {_COLUMNS} from concern_report r where r.id = $2", today(), report_id
    )
    assert row is not None  # noqa: S101  written in this transaction
    return row


async def concern_reports_page(
    conn: Connection, *, by: Caller, paging: PageRequest, unit: str | None, unsent: bool
) -> tuple[list[Record], int]:
    """Return one page of reports, those longest waiting first."""
    source = f"""from concern_report r where {_MANAGED} and ($4::text is null or r.unit = $4)
                 and (not $5 or r.sent_at is null)"""
    values = (today(), by.unit_filter(), by.subject, unit, unsent)
    total = await conn.fetchval(f"select count(*) {source}", *values)
    rows = await conn.fetch(
        f"select {_COLUMNS} {source} order by r.suspected_at, r.id"
        f" limit {paging.limit} offset {paging.offset}",
        *values,
    )
    return rows, total


async def unit_managers_page(
    conn: Connection, *, by: Caller, paging: PageRequest, unit: str | None, on: date | None
) -> tuple[list[Record], int]:
    """Return one page of appointments at the caller's units."""
    source = """from unit_manager r where ($1::text[] is null or r.unit = any($1))
                and ($2::text is null or r.unit = $2)
                and ($3::date is null
                     or $3 between r.valid_from and coalesce(r.valid_to, 'infinity'))"""
    values = (by.unit_filter(), unit, on)
    total = await conn.fetchval(f"select count(*) {source}", *values)
    rows = await conn.fetch(
        f"select r.* {source} order by r.unit, r.valid_from"
        f" limit {paging.limit} offset {paging.offset}",
        *values,
    )
    return rows, total
