"""Issue the monthly participant files of ESF projects, and give an issue out again.

The files of a project are one series. Issuing brings the series up to date: every month up to
the one asked for that has no issue gets its first, and every month whose content has changed
since its last issue gets another, in the order of the months; no other month is touched. An
issue is its basis: the file is what the records gave then, and is written anew from them.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from services.participants import queries
from services.participants.domain.hours import next_month
from services.participants.domain.participant_files import (
    ParticipantLine,
    content_hash,
    substitute,
    written,
)
from services.participants.errors.esf import (
    MonthNotOver,
    NotAnEsfProject,
    ParticipantFileNotReproduced,
    ReplacementCodeMissing,
)
from services.participants.errors.offering import UnknownProgramme
from shared.basis import settled_within
from shared.clock import today
from shared.db import WriteSession, driver

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
    from uuid import UUID

    from asyncpg import Record

    from services.participants.domain.codes import Sex
    from services.participants.sealing import Seals
    from shared.auth import Caller
    from shared.db import Connection

_BEGINS = """
    select date_trunc('month', least(p.valid_from, min(e.started_on)))::date as begins,
           coalesce(p.esf_from < $2::date + interval '1 month'
                    and coalesce(p.esf_to, 'infinity') >= $2, false) as funded
    from programme p left join enrolment e on e.programme = p.code
    where p.code = $1 group by p.id
"""

_ISSUE = """
    insert into participant_file (programme, number, month, issue, basis, rows, content_hash,
                                  reason, issued_by)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    returning id, programme, number, month, issue, basis, rows, reason, issued_by, recorded_at
"""


async def issue(
    session: WriteSession, programme: str, *, through: date, reason: str, by: Caller
) -> list[Record]:
    """Bring a project's series up to date through a month; return what was issued.

    Raises:
        UnknownProgramme, NotAnEsfProject, MonthNotOver: the rule that is broken.
        UnitNotAllowed, InsufficientScope: the files hold people whom the caller may not see.
        ReplacementCodeMissing: a protected person's number has nothing to stand for it.

    """
    by.require_scope(queries.PROTECTED)
    if next_month(through) > today():
        raise MonthNotOver
    conn = await driver(session)
    begins = await _begins(conn, programme, through)
    basis = await settled_within(conn)
    issued = await queries.latest_issues(conn, programme)
    months = _months(min((begins, *issued)), max((through, *issued)))
    rows = await queries.participant_rows(conn, programme, months, basis=basis)
    _require_units(rows, by)
    lines = {
        month: [_line(row) for row in of_month]
        for month, of_month in groupby(rows, key=lambda row: row["month"])
    }
    number = max((row["number"] for row in issued.values()), default=0)
    made: list[Record] = []
    for month in months:
        present = lines.get(month, [])
        said = content_hash(present)
        if _stands(issued, month, said, present):
            continue
        number += 1
        before = issued[month]["issue"] if month in issued else 0
        values = (before + 1, basis, len(present), said, reason, by.subject)
        made += await conn.fetch(_ISSUE, programme, number, month, *values)
        issued[month] = made[-1]
    return made


async def content(
    session: WriteSession, file_id: UUID, *, seals: Seals, by: Caller
) -> tuple[Record, bytes, list[UUID]]:
    """Return an issue, its file, and whose data it holds; the same bytes each time.

    Raises:
        ParticipantFileNotFound: there is none.
        UnitNotAllowed, InsufficientScope: it holds people whom the caller may not see.
        ParticipantFileNotReproduced: the records do not give it any more.

    """
    by.require_scope(queries.PROTECTED)
    conn = await driver(session)
    file = await queries.participant_file(conn, file_id)
    rows = await queries.participant_rows(
        conn, file["programme"], [file["month"]], basis=file["basis"]
    )
    _require_units(rows, by)
    lines = [_line(row) for row in rows]
    if content_hash(lines) != file["content_hash"]:
        raise ParticipantFileNotReproduced
    numbers = [seals.open_number(row["number_sealed"], row["number_hash"]) for row in rows]
    people = [row["person_id"] for row in rows]
    return file, written(zip(numbers, lines, strict=True)), people


async def record_code(
    session: WriteSession, *, sex: Sex, suffix: str, source: str, by: str
) -> Record:
    """Record what replaces the numbers of protected people of a sex from now on."""
    conn = await driver(session)
    [row] = await conn.fetch(
        "insert into esf_replacement_code (sex, suffix, source, recorded_by)"
        " values ($1, $2, $3, $4) returning *",
        sex,
        suffix,
        source,
        by,
    )
    recorded: Record = row
    return recorded


async def _begins(conn: Connection, programme: str, through: date) -> date:
    """Return the first month that a project can have a file of."""
    row = await conn.fetchrow(_BEGINS, programme, through)
    if row is None:
        raise UnknownProgramme
    if not row["funded"]:
        raise NotAnEsfProject
    begins: date = row["begins"]
    return begins


def _months(first: date, last: date) -> list[date]:
    months = []
    while first <= last:
        months.append(first)
        first = next_month(first)
    return months


def _stands(
    issued: dict[date, Record], month: date, said: bytes, present: Sequence[ParticipantLine]
) -> bool:
    """Say whether a month needs no issue: as it was issued, or before anybody took part."""
    if month in issued:
        return bool(issued[month]["content_hash"] == said)
    return not present and not any(earlier < month for earlier in issued)


def _line(row: Record) -> ParticipantLine:
    instead = None
    if row["protected"]:
        if row["suffix"] is None:
            raise ReplacementCodeMissing(sex=row["sex"])
        instead = substitute(row["birth_date"], row["suffix"])
    return ParticipantLine(
        enrolment_id=row["enrolment_id"],
        person_id=row["person_id"],
        numbers_before=row["numbers_before"],
        substitute=instead,
        started_on=row["started_on"],
        exited_on=row["exited_on"],
        minutes=row["minutes"],
    )


def _require_units(rows: Iterable[Record], by: Caller) -> None:
    for unit in sorted({row["unit"] for row in rows}):
        by.require_unit(unit)
