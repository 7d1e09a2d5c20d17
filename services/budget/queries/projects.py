"""Projects in their newest version, or as they were known at a basis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

import asyncpg

from services.budget.domain.appendix import Project
from services.budget.domain.periods import PeriodRange
from services.budget.domain.projects import (
    Amount,
    Currency,
    PartialDate,
    Particulars,
    Partner,
    Precision,
    Role,
    Terms,
)
from services.budget.errors import ProjectNotFound
from services.budget.queries.ledger import last_day_of
from shared.db import Connection

_AT = """
    select distinct on (v.project_id) v.*, p.number
    from project_version v join project p on p.id = v.project_id
    where v.recorded_at <= $1 order by v.project_id, v.version desc
"""

_NEWEST = """
    select v.*, p.number, p.version as current_version
    from project p join project_version v on v.project_id = p.id and v.version = p.version
"""

_PARTNERS = """
    select p.* from project_partner p
    join unnest($1::uuid[], $2::int[]) as wanted (project_id, version) using (project_id, version)
    order by p.project_id, p.version, p.position
"""


@dataclass(frozen=True, slots=True)
class Known:
    """A project as one of its versions says it is."""

    row: asyncpg.Record
    project: Project


async def known(conn: Connection, rows: Sequence[asyncpg.Record]) -> list[Known]:
    """Return the projects of some versions, each with its partners."""
    found = await conn.fetch(
        _PARTNERS, [r["project_id"] for r in rows], [r["version"] for r in rows]
    )
    partners: dict[tuple[UUID, int], list[Partner]] = {}
    for row in found:
        partners.setdefault((row["project_id"], row["version"]), []).append(_partner(row))
    return [
        Known(row, project_of(row, partners.get((row["project_id"], row["version"]), ())))
        for row in rows
    ]


async def decided_projects(conn: Connection, of: PeriodRange, basis: datetime) -> list[Known]:
    """Return the projects decided by a range's last day, by number."""
    rows = await conn.fetch(
        f"select * from ({_AT}) v where v.state = 'decided' and v.decided_on <= $2"
        " order by length(v.number), v.number",
        basis,
        await last_day_of(conn, of.last, basis),
    )
    return await known(conn, rows)


async def appendix_projects(conn: Connection, of: PeriodRange, basis: datetime) -> list[Project]:
    """Return the projects decided by the range's end and under way at some time in the range."""
    first = (await last_day_of(conn, of.first, basis)).replace(day=1)
    last = await last_day_of(conn, of.last, basis)
    projects = [each.project for each in await decided_projects(conn, of, basis)]
    return [project for project in projects if project.under_way(first, last)]


async def projects_page(
    conn: Connection, *, funder: str | None, limit: int, offset: int
) -> tuple[Sequence[asyncpg.Record], int]:
    """Return a page of projects in their newest version, and how many there are."""
    where = "where $1::text is null or v.funder = $1"
    rows = await conn.fetch(
        f"{_NEWEST} {where} order by length(p.number), p.number limit $2 offset $3",
        funder,
        limit,
        offset,
    )
    total = await conn.fetchval(
        f"select count(*) from ({_NEWEST}) v {where}".replace("v.funder", "funder"), funder
    )
    return rows, total


async def project(conn: Connection, project_id: UUID) -> asyncpg.Record:
    """Return one project in its newest version.

    Raises:
        ProjectNotFound: there is none.

    """
    row: asyncpg.Record | None = await conn.fetchrow(f"{_NEWEST} where p.id = $1", project_id)
    if row is None:
        raise ProjectNotFound
    return row


async def known_at(conn: Connection, project_id: UUID, basis: datetime) -> Known:
    """Return one project as it was known at a basis.

    Raises:
        ProjectNotFound: there was none.

    """
    rows = await conn.fetch(f"select * from ({_AT}) v where v.project_id = $2", basis, project_id)
    if not rows:
        raise ProjectNotFound
    return (await known(conn, rows))[0]


async def versions(conn: Connection, project_id: UUID) -> list[Known]:
    """Return every version of a project, the oldest first.

    Raises:
        ProjectNotFound: there is none.

    """
    rows = await conn.fetch(
        "select v.*, p.number from project_version v join project p on p.id = v.project_id"
        " where v.project_id = $1 order by v.version",
        project_id,
    )
    if not rows:
        raise ProjectNotFound
    return await known(conn, rows)


def project_of(row: asyncpg.Record, partners: Sequence[Partner] = ()) -> Project:
    """Return a version's row as a value of the domain."""
    said = particulars_of(row, partners)
    named = {field.name: getattr(said, field.name) for field in fields(said)}
    return Project(number=row["number"], **named)


def particulars_of(row: asyncpg.Record, partners: Sequence[Partner] = ()) -> Particulars:
    """Return everything that a version's row says."""
    return Particulars(
        name=row["name"],
        funder=row["funder"],
        programme=row["programme"],
        role=Role(row["role"]),
        department=row["department"],
        phase=row["phase"],
        terms=Terms(
            budget=_amount(row, "budget"),
            own_share=_amount(row, "own_share"),
            cofinancing=_amount(row, "cofinancing"),
            decided_cost=_amount(row, "decided_cost"),
            decided_income=_amount(row, "decided_income"),
            grant_points=row["grant_share_points"],
            partners=tuple(partners),
        ),
        budget_note=row["budget_note"],
        start=PartialDate.of(row["start_on"], Precision(row["start_precision"])),
        end=PartialDate.of(row["end_on"], Precision(row["end_precision"])),
        forecast_start=stated_date(row, "forecast_start"),
        forecast_end=stated_date(row, "forecast_end"),
        forecast_explanation=row["forecast_explanation"],
        strategic_reason=row["strategic_reason"],
    )


def _partner(row: asyncpg.Record) -> Partner:
    amount = row["amount"]
    return Partner(
        name=row["name"],
        role=Role(row["role"]),
        is_committee=row["is_committee"],
        share_points=row["share_points"],
        amount=None if amount is None else Amount(amount, Currency(row["currency"])),
    )


def _amount(row: asyncpg.Record, name: str) -> Amount | None:
    hundredths = row[f"{name}_amount"]
    if hundredths is None:
        return None
    return Amount(hundredths, Currency(row[f"{name}_currency"]))


def stated_date(row: asyncpg.Record, name: str) -> PartialDate | None:
    """Return a date of a version as precisely as it was stated, or None."""
    day = row[f"{name}_on"]
    return None if day is None else PartialDate.of(day, Precision(row[f"{name}_precision"]))
