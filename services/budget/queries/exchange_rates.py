"""Exchange rates as they were known at a basis."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import asyncpg

from services.budget.domain.exchange import Rate, Rates
from services.budget.domain.projects import Currency
from shared.db import Connection

_COLUMNS = "id, currency, valid_on, rate, source, recorded_at, by"

_HOLDING = f"""
    select distinct on (currency) {_COLUMNS} from exchange_rate
    where valid_on <= $1 and recorded_at <= $2
    order by currency, valid_on desc, recorded_at desc, id desc
"""


async def hold_still(conn: Connection, *, alone: bool = False) -> None:
    """Keep rates as they are until the transaction ends; ``alone`` to state one oneself.

    Asked before any project is locked: whoever counts amounts of a project then sees every
    rate, and whoever states a rate sees every amount that it is for.
    """
    lock = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
    await conn.execute(f"select {lock}(hashtext('exchange_rate'))")


async def rates_on(conn: Connection, day: date, basis: datetime) -> Rates:
    """Return the rates that hold on a day: of each currency the newest at or before it."""
    rows = await conn.fetch(_HOLDING, day, basis)
    rates = (
        Rate(Currency(row["currency"]), row["valid_on"], row["rate"], row["source"]) for row in rows
    )
    return Rates(day, {rate.currency: rate for rate in rates})


async def page(
    conn: Connection, *, day: date | None, basis: datetime, limit: int, offset: int
) -> tuple[Sequence[asyncpg.Record], int]:
    """Return a page of the rates stated by a basis, or of those that hold on a day."""
    if day is not None:
        held = await conn.fetch(_HOLDING, day, basis)
        return held[offset : offset + limit], len(held)
    rows = await conn.fetch(
        f"select {_COLUMNS} from exchange_rate where recorded_at <= $1"
        " order by valid_on desc, recorded_at desc, id desc limit $2 offset $3",
        basis,
        limit,
        offset,
    )
    total = await conn.fetchval("select count(*) from exchange_rate where recorded_at <= $1", basis)
    return rows, total


async def exchange_rate(conn: Connection, rate_id: int) -> asyncpg.Record:
    """Return one rate that is known to be there."""
    row: asyncpg.Record
    (row,) = await conn.fetch(f"select {_COLUMNS} from exchange_rate where id = $1", rate_id)
    return row
