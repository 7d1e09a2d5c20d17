"""Writing the versions of projects: everything a project says, with its partners."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg

from services.budget.domain.projects import Particulars, Partner
from shared.db import Connection


@dataclass(frozen=True, slots=True)
class Made:
    """How a version came about: ``decided_on`` is None for a project nobody decided."""

    version: int
    decided_on: date | None
    reason: str
    by: str


COLUMNS = (
    "name",
    "funder",
    "programme",
    "role",
    "department",
    "phase",
    "budget_amount",
    "budget_currency",
    "budget_note",
    "own_share_amount",
    "own_share_currency",
    "cofinancing_amount",
    "cofinancing_currency",
    "decided_cost_amount",
    "decided_cost_currency",
    "decided_income_amount",
    "decided_income_currency",
    "grant_share_points",
    "start_on",
    "start_precision",
    "end_on",
    "end_precision",
    "forecast_start_on",
    "forecast_start_precision",
    "forecast_end_on",
    "forecast_end_precision",
    "forecast_explanation",
    "strategic",
    "strategic_reason",
)
"""What a version says of a project, in the order of `values`."""

_COLUMNS = ", ".join(("project_id", *COLUMNS))

_PARTNER_COLUMNS = (
    "project_id",
    "version",
    "position",
    "name",
    "role",
    "is_committee",
    "share_points",
    "amount",
    "currency",
)


async def append(conn: Connection, project_id: UUID, said: Particulars, made: Made) -> None:
    """Append a version that says what is given."""
    stated = [project_id, *values(said), "decided" if made.decided_on else "proposed"]
    places = ", ".join(f"${at}" for at in range(1, len(stated) + 1))
    last = len(stated)
    await conn.execute(
        f"""
        insert into project_version
            ({_COLUMNS}, state, version, decided_on, reason, by, recorded_at)
        values ({places}, ${last + 1}, ${last + 2}, ${last + 3}, ${last + 4},
                greatest(now(), (select max(recorded_at) + interval '1 microsecond'
                                 from project_version where project_id = $1)))
        """,
        *stated,
        made.version,
        made.decided_on,
        made.reason,
        made.by,
    )
    partners = said.terms.partners
    if partners:
        await conn.copy_records_to_table(
            "project_partner",
            columns=_PARTNER_COLUMNS,
            records=[
                (project_id, made.version, position, *_partner(partner))
                for position, partner in enumerate(partners, 1)
            ],
        )


async def append_decided(conn: Connection, project_id: UUID, *, decided_on: date, by: str) -> None:
    """Append a version that says what the newest says, and that it is decided."""
    version: int = await conn.fetchval(
        f"""
        insert into project_version
            ({_COLUMNS}, state, version, decided_on, reason, by, recorded_at)
        select {_COLUMNS}, 'decided', version + 1, $2::date, '', $3::text,
               greatest(now(), recorded_at + interval '1 microsecond')
        from project_version where project_id = $1 order by version desc limit 1
        returning version
        """,
        project_id,
        decided_on,
        by,
    )
    listed = ", ".join(_PARTNER_COLUMNS[2:])
    await conn.execute(
        f"insert into project_partner (project_id, version, {listed})"
        f" select project_id, version + 1, {listed} from project_partner"
        " where project_id = $1 and version = $2 - 1",
        project_id,
        version,
    )


async def lock_newest(conn: Connection, project_id: UUID) -> asyncpg.Record | None:
    """Lock a project and return its newest version, or None if there is no such project."""
    number = await conn.fetchval("select number from project where id = $1 for update", project_id)
    row: asyncpg.Record | None = await conn.fetchrow(
        """
        select v.*, $2::text as number from project_version v where project_id = $1
        order by version desc limit 1
        """,
        project_id,
        number,
    )
    return row


def values(said: Particulars) -> list[Any]:
    """Return what is said, partners left out, in the order of `COLUMNS`."""
    terms = said.terms
    return [
        said.name,
        said.funder,
        said.programme,
        said.role,
        said.department,
        said.phase,
        terms.budget and terms.budget.hundredths,
        terms.budget and terms.budget.currency,
        said.budget_note,
        *(
            part
            for amount in (
                terms.own_share,
                terms.cofinancing,
                terms.decided_cost,
                terms.decided_income,
            )
            for part in ((amount.hundredths, amount.currency) if amount else (None, None))
        ),
        terms.grant_points,
        *(
            part
            for when in (said.start, said.end, said.forecast_start, said.forecast_end)
            for part in ((when.first_day(), when.precision) if when else (None, None))
        ),
        said.forecast_explanation,
        bool(said.strategic_reason),
        said.strategic_reason,
    ]


def _partner(partner: Partner) -> tuple[Any, ...]:
    amount = partner.amount
    return (
        partner.name,
        partner.role,
        partner.is_committee,
        partner.share_points,
        amount and amount.hundredths,
        amount and amount.currency,
    )
