"""Forecasts as they were given, and which of them counts at the end of a period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from services.budget.domain.occasions import Occasion
from services.budget.domain.periods import PeriodRange, part_of
from shared.db import Connection

_FORECASTS = """
    select f.id, f.year, f.occasion, f.number, f.reason, f.proposal_basis, f.by, f.recorded_at,
           f.number = max(f.number) over (partition by f.year, f.occasion) as newest,
           l.rows, l.amounts, l.proposals, l.methods, l.notes
    from forecast f
    join (select forecast_id, array_agg(row_code order by row_code) as rows,
                 array_agg(amount order by row_code) as amounts,
                 array_agg(proposed order by row_code) as proposals,
                 array_agg(method order by row_code) as methods,
                 array_agg(note order by row_code) as notes
          from forecast_line group by forecast_id) l on l.forecast_id = f.id
    where ($1::timestamptz is null or f.recorded_at <= $1)
      and ($2::int is null or f.year between $2 and $3) and ($4::uuid is null or f.id = $4)
    order by f.year, f.occasion, f.number
"""
"""Occasions sort as they follow in the year: T1, T2, year_end."""

# A row that the newest forecast does not name keeps what the one before it said.
_KNOWN = """
    select distinct on (l.row_code) l.row_code, l.amount, f.occasion, f.number
    from forecast f join forecast_line l on l.forecast_id = f.id
    where f.year = $1 and f.occasion = any($2::text[]) and f.recorded_at <= $3
    order by l.row_code, f.occasion desc, f.number desc
"""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a row was expected to come to, and who said it when."""

    amount: int
    occasion: Occasion
    number: int


async def forecasts(
    conn: Connection, basis: datetime, years: tuple[int, int] | None
) -> list[asyncpg.Record]:
    """Return every forecast with its lines (of the first to the last year), the oldest first."""
    return await conn.fetch(_FORECASTS, basis, *(years or (None, None)), None)


async def one_forecast(conn: Connection, forecast_id: UUID) -> asyncpg.Record:
    """Return a forecast that was just recorded."""
    rows: list[asyncpg.Record] = await conn.fetch(_FORECASTS, None, None, None, forecast_id)
    return rows[0]


async def expected(conn: Connection, of: PeriodRange, basis: datetime) -> dict[str, Expected]:
    """Return each row's newest forecast of the year that was known at the end of the range."""
    known = [occasion for occasion in Occasion if occasion.part <= part_of(of.last)]
    rows = await conn.fetch(_KNOWN, of.year, known, basis)
    return {
        row["row_code"]: Expected(row["amount"], Occasion(row["occasion"]), row["number"])
        for row in rows
    }


async def next_number(conn: Connection, year: int, occasion: Occasion) -> int:
    """Lock the year's forecasts and return the number of the occasion's next one."""
    await conn.execute("select pg_advisory_xact_lock(hashtext('forecast'), $1)", year)
    number: int = await conn.fetchval(
        "select coalesce(max(number), 0) + 1 from forecast where year = $1 and occasion = $2",
        year,
        occasion,
    )
    return number
