"""Open and close units, programmes and teams."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from services.participants import esf_participations
from services.participants.domain.codes import project_code
from services.participants.errors.offering import (
    ClosedBeforeLastUse,
    ProgrammeNotFound,
    TeamNotFound,
    UnitNotFound,
)
from services.participants.figures import facts
from services.participants.follow_ups import realign
from shared.db import WriteSession, driver
from shared.errors import NotFound
from shared.journal import Cause, settle
from shared.records import BUMP, keep_version

if TYPE_CHECKING:
    from asyncpg import Record

    from services.participants.schemas.offering import EsfFundingIn, ProgrammeIn, TeamIn, UnitIn
    from shared.db import Connection


@dataclass(frozen=True, slots=True)
class Offering:
    """One of the three tables: its facts, its refusal, and what may lie after its last day."""

    table: str
    facts: str
    missing: type[NotFound]
    used_after: str


UNIT = Offering(
    "unit",
    facts.UNIT,
    UnitNotFound,
    "select from enrolment where unit = $1 and started_on > $2 and retracted_at is null",
)
PROGRAMME = Offering(
    "programme",
    facts.PROGRAMME,
    ProgrammeNotFound,
    """select from enrolment where programme = $1 and started_on > $2 and retracted_at is null
       union all select from team where programme = $1 and valid_from > $2""",
)
TEAM = Offering(
    "team",
    facts.TEAM,
    TeamNotFound,
    "select from enrolment where team = $1 and started_on > $2 and retracted_at is null",
)


async def open_unit(session: WriteSession, unit: UnitIn) -> Record:
    """Open a unit; constraint unit_code_key refuses a code in use."""
    return await _opened(
        await driver(session),
        UNIT,
        """insert into unit (code, name, kind, ownership, district, valid_from)
           values ($1, $2, $3, $4, $5, $6) returning *""",
        (unit.code, unit.name, unit.kind, unit.ownership, unit.district, unit.valid_from),
    )


async def open_programme(session: WriteSession, programme: ProgrammeIn) -> Record:
    """Open a programme; refused when its code or its project already stands for another."""
    return await _opened(
        await driver(session),
        PROGRAMME,
        """insert into programme (code, name, kind, project_reference, esf_from, valid_from)
           values ($1, $2, $3, $4, $5, $6) returning *""",
        (
            programme.code,
            programme.name,
            programme.kind,
            programme.project_reference,
            programme.esf_from,
            programme.valid_from,
        ),
    )


async def open_team(session: WriteSession, team: TeamIn) -> Record:
    """Open a team of a programme."""
    return await _opened(
        await driver(session),
        TEAM,
        """insert into team (code, programme, name, pilot, valid_from)
           values ($1, $2, $3, $4, $5) returning *""",
        (team.code, team.programme, team.name, team.pilot, team.valid_from),
    )


async def close(
    session: WriteSession, offering: Offering, code: str, *, last_day: date, reason: str, by: str
) -> Record:
    """Set the last day in operation; a day set before is corrected.

    Raises:
        NotFound: the offering's own refusal.
        ClosedBeforeLastUse: something started after that day.

    """
    conn = await driver(session)
    held = await conn.fetchrow(
        f"select id, valid_to from {offering.table} where code = $1 for update", code
    )
    if held is None:
        raise offering.missing
    record_id = held["id"]
    await keep_version(conn, offering.table, [record_id], reason=reason, by=by)
    if await conn.fetchval(f"select exists ({offering.used_after})", code, last_day):
        raise ClosedBeforeLastUse
    row: Record | None = await conn.fetchrow(
        f"update {offering.table} set valid_to = $2, {BUMP} where id = $1 returning *",
        record_id,
        last_day,
    )
    await settle(
        conn,
        facts.JOURNAL,
        offering.table,
        [record_id],
        wanted_sql=offering.facts,
        cause=_ended(held["valid_to"], last_day),
        reason=reason,
    )
    assert row is not None  # noqa: S101  keep_version holds its lock
    return row


async def fund_by_esf(
    session: WriteSession, code: str, funding: EsfFundingIn, *, by: str
) -> Record:
    """Say on which days ESF+ pays for a programme; follow-ups of its exits go by that.

    Raises:
        ProgrammeNotFound: there is none with the code.
        EsfEndBeforeStart: from the database's own constraints.

    """
    conn = await driver(session)
    record_id = await conn.fetchval("select id from programme where code = $1", code)
    if record_id is None:
        raise ProgrammeNotFound
    await keep_version(conn, "programme", [record_id], reason=funding.reason, by=by)
    row: Record | None = await conn.fetchrow(
        f"update programme set esf_from = $2, esf_to = $3, {BUMP} where id = $1 returning *",
        record_id,
        funding.esf_from,
        funding.esf_to,
    )
    exited = await conn.fetch(
        "select id from enrolment where programme = $1 and exited_on is not null"
        " and retracted_at is null",
        code,
    )
    cause, reason = Cause.RULE_CHANGE, funding.reason  # what exits and participants count as
    await realign(conn, [each["id"] for each in exited], cause=cause, reason=reason, by=by)
    await esf_participations.settle_programme(conn, code, cause=cause, reason=reason)
    assert row is not None  # noqa: S101  keep_version holds its lock
    return row


async def follow_project(
    session: WriteSession, *, reference: str, name: str, valid_from: date, valid_to: date
) -> None:
    """Let a programme stand for a project of the budget: opened, or changed with it.

    A programme opened by hand with the project's reference is the project's; otherwise one is
    opened with a code made of the reference.
    """
    conn = await driver(session)
    programme_id = await conn.fetchval(
        """insert into programme (code, name, kind, project_reference, valid_from, valid_to)
           values ($1, $2, 'project', $3, $4, $5)
           on conflict (project_reference) do nothing returning id""",
        project_code(reference),
        name,
        reference,
        valid_from,
        valid_to,
    )
    cause = Cause.NEW
    if programme_id is None:
        programme_id, cause = await _changed_with_project(
            conn, reference, name, valid_from, valid_to
        )
    if programme_id is not None:
        await settle(
            conn,
            facts.JOURNAL,
            "programme",
            [programme_id],
            wanted_sql=facts.PROGRAMME,
            cause=cause,
            reason="project",
        )


async def _changed_with_project(
    conn: Connection, reference: str, name: str, valid_from: date, valid_to: date
) -> tuple[UUID | None, Cause]:
    held = await conn.fetchrow(
        """select id, valid_from, valid_to from programme where project_reference = $1
           and (name, valid_from, valid_to) is distinct from ($2, $3::date, $4::date)
           for update""",
        reference,
        name,
        valid_from,
        valid_to,
    )
    if held is None:
        return None, Cause.NEW
    programme_id: UUID = held["id"]
    await keep_version(conn, "programme", [programme_id], reason="project", by="budget")
    await conn.execute(
        f"""update programme set name = $2, valid_from = $3, valid_to = $4, {BUMP}
            where id = $1""",
        programme_id,
        name,
        valid_from,
        valid_to,
    )
    begun_then = held["valid_from"] == valid_from
    return programme_id, _ended(held["valid_to"], valid_to) if begun_then else Cause.CORRECTION


def _ended(before: date | None, last_day: date) -> Cause:
    """Return what a last day is: news when it is the first, or prolongs; else it corrects."""
    return Cause.NEW if before is None or last_day > before else Cause.CORRECTION


async def _opened(
    conn: Connection, offering: Offering, statement: str, values: tuple[object, ...]
) -> Record:
    row: Record | None = await conn.fetchrow(statement, *values)
    assert row is not None  # noqa: S101  an INSERT without conflict clause returns its row
    await settle(
        conn,
        facts.JOURNAL,
        offering.table,
        [row["id"]],
        wanted_sql=offering.facts,
        reason="opened",
        fresh=True,
    )
    return row
