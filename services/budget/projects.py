"""Projects: proposed, decided, changed; each time a new version of all their terms."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg

from services.budget import dimensions
from services.budget.dimensions import ObjectNaming
from services.budget.domain.dimensions import Dimension
from services.budget.domain.project_terms import faults_of
from services.budget.domain.projects import PartialDate, Particulars, State
from services.budget.errors import (
    ProjectAlreadyDecided,
    ProjectNotFound,
    ProjectNumberTaken,
    TermsContradictory,
)
from services.budget.events import ROUTES, ProjectChanged, ProjectDecided
from services.budget.project_facts import settle_projects
from services.budget.project_versions import Made, append, append_decided, lock_newest
from services.budget.queries import exchange_rates
from shared import outbox
from shared.db import Connection
from shared.errors import PreconditionFailed
from shared.events import new_id


async def propose(
    conn: Connection,
    number: str,
    said: Particulars,
    *,
    by: str,
    project_id: UUID | None = None,
) -> UUID:
    """Register a project that nobody has decided yet; from its first day it can be posted to.

    To no last day: invoices come late.

    Raises:
        TermsContradictory: what is said makes no sense.
        ProjectNumberTaken: another project has the number.

    """
    check_terms(said)
    project_id = project_id or new_id()
    made = await conn.fetchval(
        "insert into project (id, number, version) values ($1, $2, 1)"
        " on conflict do nothing returning id",
        project_id,
        number,
    )
    if made is None:
        raise ProjectNumberTaken
    await append(conn, project_id, said, Made(1, None, "", by))
    naming = ObjectNaming(number, said.name, said.start.first_day())
    await dimensions.ensure(conn, Dimension.PROJECT, [naming], by=by)
    return project_id


async def decide(conn: Connection, project_id: UUID, *, decided_on: date, by: str) -> int:
    """Note that a project has its money; participants learns of it and opens a programme.

    Raises:
        ProjectNotFound: there is none.
        ProjectAlreadyDecided: decided projects are changed, with a reason.

    """
    await exchange_rates.hold_still(conn)
    row = await _locked(conn, project_id)
    if row["state"] == State.DECIDED:
        raise ProjectAlreadyDecided
    await append_decided(conn, project_id, decided_on=decided_on, by=by)
    version = await _bump(conn, project_id)
    await settle_projects(conn, [project_id], "decided")
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
        TermsContradictory: what is said makes no sense.
        ProjectNotFound: there is none.
        PreconditionFailed: somebody changed it since the version that was read.

    """
    check_terms(said)
    await exchange_rates.hold_still(conn)
    row = await _locked(conn, project_id)
    if row["version"] != expected:
        raise PreconditionFailed
    version = await _bump(conn, project_id)
    await append(conn, project_id, said, Made(version, row["decided_on"], reason, by))
    await settle_projects(conn, [project_id], reason)
    now = await _locked(conn, project_id)
    if now["state"] == State.DECIDED and _told(now) != _told(row):
        await outbox.record(conn, [ProjectChanged(**_told(now))], ROUTES)
    return version


def check_terms(said: Particulars) -> None:
    """Refuse what contradicts itself, naming every fault.

    Raises:
        TermsContradictory: with each field, code and reason.

    """
    faults = faults_of(said)
    if faults:
        raise TermsContradictory(invalid_parameters=[asdict(fault) for fault in faults])


async def _locked(conn: Connection, project_id: UUID) -> asyncpg.Record:
    """Lock a project and return its newest version."""
    row = await lock_newest(conn, project_id)
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
