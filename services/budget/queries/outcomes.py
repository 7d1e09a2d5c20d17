"""What the rows of the settlement came to, year by year and up to a part of the year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from services.budget.domain.coverage import Coverage
from services.budget.domain.ledger_sums import Cell
from services.budget.domain.settlement import ledger_outcome
from services.budget.queries.sums import added_up_until, booked_facts
from shared.db import Connection

_CELLS = f"""
    with {booked_facts(first="$1 * 100 + 1", last="$2 * 100 + 99", basis="$4", since="$5")}
    select f.period / 100 as year, f.account_group, f.counterpart_class,
           coalesce(m.settlement_row, '') as mark,
           coalesce(sum(f.amount) filter (where f.period % 100 <= $3), 0)::bigint as reached,
           sum(f.amount)::bigint as whole
    from facts f left join marked m on m.code = f.account and m.settlement_row is not null
    where f.period % 100 > 0
    group by 1, 2, 3, 4 order by 1, 2, 3, 4
"""

# A voucher that has been taken back says nothing about how the year is booked.
_COVERAGE = """
    select v.year, min(greatest(v.covers_from % 100, 1)) as first, max(v.period % 100) as last,
           coalesce(max(v.period % 100) filter (where v.period % 100 <= $3), 0) as reached,
           count(*) filter (where v.covers_from % 100 between 1 and $3
                              and v.period % 100 > $3) as spans
    from voucher v
    where v.year between $1 and $2 and v.period % 100 > 0 and v.reversal_of is null
      and v.recorded_at <= $4
      and not exists (select from voucher r where r.reversal_of = v.id and r.recorded_at <= $4)
    group by v.year
"""


@dataclass(frozen=True, slots=True)
class YearOutcome:
    """Öre per row of one year: up to the part asked about, and of all periods 01-14."""

    reached: dict[str, int]
    whole: dict[str, int]


async def outcomes(
    conn: Connection,
    first_year: int,
    last_year: int,
    *,
    part: int,
    basis: datetime,
    from_postings: bool = False,
) -> dict[int, YearOutcome]:
    """Return what the ledger's rows came to in each year that has anything booked.

    With ``from_postings`` no snapshot is believed, and every posting is added up again.
    """
    since = await added_up_until(conn, basis, from_postings=from_postings)
    rows = await conn.fetch(_CELLS, first_year, last_year, part, basis, since)
    years = sorted({row["year"] for row in rows})
    return {year: _outcome([row for row in rows if row["year"] == year]) for year in years}


async def coverage(
    conn: Connection, first_year: int, last_year: int, *, part: int, basis: datetime
) -> dict[int, Coverage]:
    """Return how each year is booked, seen from a part of it."""
    rows = await conn.fetch(_COVERAGE, first_year, last_year, part, basis)
    return {row["year"]: Coverage(**row) for row in rows}


def _outcome(rows: Sequence[asyncpg.Record]) -> YearOutcome:
    return YearOutcome(
        reached=ledger_outcome([_cell(row, "reached") for row in rows]),
        whole=ledger_outcome([_cell(row, "whole") for row in rows]),
    )


def _cell(row: asyncpg.Record, amount: str) -> Cell:
    return Cell(
        group=row["account_group"],
        counterpart_class=row["counterpart_class"],
        opening=0,
        before=0,
        movement=row[amount],
        mark=row["mark"],
    )
