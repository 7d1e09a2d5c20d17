"""Projects: proposed, decided, changed; each time a new version of all their terms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg

from services.budget import dimensions
from services.budget.dimensions import ObjectNaming
from services.budget.domain.dimensions import Dimension
from services.budget.domain.projects import PartialDate, Role, State, Terms
from services.budget.errors import ProjectAlreadyDecided, ProjectNotFound, ProjectNumberTaken
from services.budget.events import ROUTES, ProjectChanged, ProjectDecided
from services.budget.figures import FACTS, PROJECT_FACTS
from shared import outbox
from shared.db import Connection
from shared.errors import PreconditionFailed
from shared.events import new_id
from shared.journal import settle


@dataclass(frozen=True, slots=True)
class Particulars:
    """Everything a version says about a project, beside whether it is decided."""

    name: str
    funder: str
    programme: str
    role: Role
    department: str
    phase: str
    terms: Terms
    budget_note: str
    start: PartialDate
    end: PartialDate
    forecast_start: PartialDate | None
    forecast_end: PartialDate | None
    forecast_explanation: str


async def propose(conn: Connection, number: str, said: Particulars, *, by: str) -> UUID:
    """Register a project that nobody has decided yet; from its first day it can be posted to.

    To no last day: invoices come late.

    Raises:
        ProjectNumberTaken: another project has the number.

    """
    project_id = new_id()
    made = await conn.fetchval(
        "insert into project (id, number, version) values ($1, $2, 1)"
        " on conflict do nothing returning id",
        project_id,
        number,
    )
    if made is None:
        raise ProjectNumberTaken
    await _append(conn, project_id, 1, said, decided_on=None, reason="", by=by)
    naming = ObjectNaming(number, said.name, said.start.first_day())
    await dimensions.ensure(conn, Dimension.PROJECT, [naming], by=by)
    return project_id


async def decide(conn: Connection, project_id: UUID, *, decided_on: date, by: str) -> int:
    """Note that a project has its money; participants learns of it and opens a programme.

    Raises:
        ProjectNotFound: there is none.
        ProjectAlreadyDecided: decided projects are changed, with a reason.

    """
    row = await _locked(conn, project_id)
    if row["state"] == State.DECIDED:
        raise ProjectAlreadyDecided
    await conn.execute(
        f"""
        insert into project_version
            ({_COLUMNS}, state, version, decided_on, reason, by, recorded_at)
        select {_COLUMNS}, 'decided', version + 1, $2::date, '', $3::text,
               greatest(now(), recorded_at + interval '1 microsecond')
        from project_version where project_id = $1 order by version desc limit 1
        """,
        project_id,
        decided_on,
        by,
    )
    version = await _bump(conn, project_id)
    await _settle(conn, project_id, "decided")
    now = await _locked(conn, project_id)
    await outbox.record(conn, [ProjectDecided(**_told(now))], ROUTES)
    return version


async def change(
    conn: Connection,
    project_id: UUID,
    said: Particulars,
    *,
    expected: int,
    reason: str,
    by: str,
) -> int:
    """Replace everything a project says about itself; return the new version.

    Raises:
        ProjectNotFound: there is none.
        PreconditionFailed: somebody changed it since the version that was read.

    """
    row = await _locked(conn, project_id)
    if row["version"] != expected:
        raise PreconditionFailed
    version = await _bump(conn, project_id)
    await _append(
        conn, project_id, version, said, decided_on=row["decided_on"], reason=reason, by=by
    )
    await _settle(conn, project_id, reason)
    now = await _locked(conn, project_id)
    if now["state"] == State.DECIDED and _told(now) != _told(row):
        await outbox.record(conn, [ProjectChanged(**_told(now))], ROUTES)
    return version


_COLUMNS = """project_id, name, funder, programme, role, department, phase,
    budget_amount, budget_currency, budget_note, own_share_amount, own_share_currency,
    cofinancing_amount, cofinancing_currency, start_on, start_precision, end_on, end_precision,
    forecast_start_on, forecast_start_precision, forecast_end_on, forecast_end_precision,
    forecast_explanation"""


async def _locked(conn: Connection, project_id: UUID) -> asyncpg.Record:
    """Lock a project and return its newest version."""
    number = await conn.fetchval("select number from project where id = $1 for update", project_id)
    row: asyncpg.Record | None = await conn.fetchrow(
        """
        select v.*, $2::text as number from project_version v where project_id = $1
        order by version desc limit 1
        """,
        project_id,
        number,
    )
    if row is None:
        raise ProjectNotFound
    return row


async def _bump(conn: Connection, project_id: UUID) -> int:
    version: int = await conn.fetchval(
        """
        update project set version = version + 1,
               recorded_at = greatest(now(), recorded_at + interval '1 microsecond')
        where id = $1 returning version
        """,
        project_id,
    )
    return version


async def _append(
    conn: Connection,
    project_id: UUID,
    version: int,
    said: Particulars,
    *,
    decided_on: date | None,
    reason: str,
    by: str,
) -> None:
    values = [project_id, *_values(said), "decided" if decided_on else "proposed"]
    places = ", ".join(f"${at}" for at in range(1, len(values) + 1))
    last = len(values)
    await conn.execute(
        f"""
        insert into project_version
            ({_COLUMNS}, state, version, decided_on, reason, by, recorded_at)
        values ({places}, ${last + 1}, ${last + 2}, ${last + 3}, ${last + 4},
                greatest(now(), (select max(recorded_at) + interval '1 microsecond'
                                 from project_version where project_id = $1)))
        """,
        *values,
        version,
        decided_on,
        reason,
        by,
    )


def _values(said: Particulars) -> list[Any]:
    terms = said.terms
    budget, share, cofinancing = terms.budget, terms.own_share, terms.cofinancing
    return [
        said.name,
        said.funder,
        said.programme,
        said.role,
        said.department,
        said.phase,
        budget and budget.hundredths,
        budget and budget.currency,
        said.budget_note,
        share and share.hundredths,
        share and share.currency,
        cofinancing and cofinancing.hundredths,
        cofinancing and cofinancing.currency,
        *(
            part
            for when in (said.start, said.end, said.forecast_start, said.forecast_end)
            for part in ((when.first_day(), when.precision) if when else (None, None))
        ),
        said.forecast_explanation,
    ]


def _told(row: asyncpg.Record) -> dict[str, Any]:
    """Return what others are told: whole days, a year's or month's last day as the end."""
    end = PartialDate.of(row["end_on"], row["end_precision"])
    return {
        "project_id": row["project_id"],
        "number": row["number"],
        "name": row["name"],
        "funder": row["funder"],
        "starts_on": row["start_on"],
        "ends_on": end.last_day(),
    }


async def _settle(conn: Connection, project_id: UUID, reason: str) -> None:
    await settle(conn, FACTS, "project", [project_id], wanted_sql=PROJECT_FACTS, reason=reason)
