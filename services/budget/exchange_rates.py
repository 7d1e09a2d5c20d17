"""Exchange rates: stated for a day with their source, corrected by stating them again."""

from __future__ import annotations

from services.budget.domain.exchange import Rate
from shared.db import Connection


async def state(conn: Connection, rate: Rate, *, by: str) -> int:
    """Record a rate; return its id. Of several for one day the latest recorded holds."""
    rate_id: int = await conn.fetchval(
        "insert into exchange_rate (currency, valid_on, rate, source, by)"
        " values ($1, $2, $3, $4, $5) returning id",
        rate.currency,
        rate.valid_on,
        rate.kronor,
        rate.source,
        by,
    )
    return rate_id
