"""From a figure back to the facts it was added up from: record, amount and day, no person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from pydantic.alias_generators import to_camel

from shared.figures.answers import shown_value
from shared.figures.computing import facts_sql
from shared.figures.definitions import FigureDefinition, Query
from shared.figures.schemas import FactOut

if TYPE_CHECKING:
    from shared.db import Connection


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact behind a figure; ``record_id`` names the record, never the person."""

    record_kind: str
    record_id: UUID
    amount: int
    happened_on: date
    recorded_at: datetime
    reason: str
    breakdown: dict[str, str]


async def facts_behind(
    conn: Connection,
    definition: FigureDefinition,
    query: Query,
    *,
    limit: int,
    offset: int,
    hidden: str | None = None,
) -> tuple[list[Fact], int]:
    """Return a page of the facts that a checked query adds up, oldest first, and their number.

    Corrections are facts of their own: for a flow or a stock the amounts of all pages sum to
    the figure's total.

    Args:
        conn: see `shared.figures.computing.compute`.
        definition: one of those that ``Figures.checked(query)`` returned.
        query: the question; its breakdowns are ignored.
        limit: facts on the page at most.
        offset: facts to pass over.
        hidden: SELECT of the subjects whose facts are left out.

    """
    sql, values = facts_sql(definition, query)
    if hidden is not None:
        sql = f"select * from ({sql}) f where subject is null or subject not in ({hidden})"
    total: int = await conn.fetchval(f"select count(*) from ({sql}) facts", *values)
    rows = await conn.fetch(
        f"select * from ({sql}) facts order by recorded_at, id limit {limit:d} offset {offset:d}",
        *values,
    )
    shown = (*definition.dimensions, *definition.held)
    facts = [
        Fact(
            record_kind=row["record_kind"],
            record_id=row["record_id"],
            amount=row["amount"],
            happened_on=row["happened_on"],
            recorded_at=row["recorded_at"],
            reason=row["reason"],
            breakdown={name: row[name] for name in shown if row[name]},
        )
        for row in rows
    ]
    return facts, total


def fact_out(definition: FigureDefinition, fact: Fact) -> FactOut:
    """Return a fact as it is sent."""
    return FactOut(
        record_kind=fact.record_kind,
        record_id=fact.record_id,
        amount=fact.amount if definition.value else shown_value(definition, fact.amount),
        happened_on=fact.happened_on,
        recorded_at=fact.recorded_at,
        reason=fact.reason,
        breakdown={to_camel(name): value for name, value in fact.breakdown.items()},
    )
