"""Projects in their newest version, or as they were known at a basis."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from services.budget.domain.appendix import Project
from services.budget.domain.periods import PeriodRange, last_day
from services.budget.domain.projects import (
    Amount,
    Currency,
    PartialDate,
    Precision,
    Role,
    Terms,
)
from services.budget.errors import ProjectNotFound
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


async def appendix_projects(conn: Connection, of: PeriodRange, basis: datetime) -> list[Project]:
    """Return the projects decided by the range's end and under way at some time in the range."""
    rows = await conn.fetch(
        f"select * from ({_AT}) v where v.state = 'decided' and v.decided_on <= $2",
        basis,
        last_day(of.last),
    )
    first = last_day(of.first).replace(day=1)
    projects = [project_of(row) for row in rows]
    return [project for project in projects if project.under_way(first, last_day(of.last))]


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


def project_of(row: asyncpg.Record) -> Project:
    """Return a version's row as a value of the domain."""
    return Project(
        number=row["number"],
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
        ),
        budget_note=row["budget_note"],
        start=PartialDate.of(row["start_on"], Precision(row["start_precision"])),
        end=PartialDate.of(row["end_on"], Precision(row["end_precision"])),
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
