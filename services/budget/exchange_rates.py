"""Exchange rates: stated for a day with their source, corrected by stating them again."""

from __future__ import annotations

from services.budget.domain.exchange import Rate
from services.budget.project_facts import settle_projects
from services.budget.queries import exchange_rates as queries
from shared.db import Connection
from shared.journal import Cause


async def state(conn: Connection, rate: Rate, *, by: str) -> int:
    """Record a rate; return its id. Of several for one day the latest recorded holds.

    What projects count in kronor is counted anew.
    """
    await queries.hold_still(conn, alone=True)
    rate_id: int = await conn.fetchval(
        "insert into exchange_rate (currency, valid_on, rate, source, by)"
        " values ($1, $2, $3, $4, $5) returning id",
        rate.currency,
        rate.valid_on,
        rate.kronor,
        rate.source,
        by,
    )
    concerned = await conn.fetch(_CONCERNED, rate.currency)
    await settle_projects(
        conn, [row["id"] for row in concerned], "exchange rate", cause=Cause.PROGRESS
    )
    return rate_id


_CONCERNED = """
    select p.id from project p where p.id in (
        select project_id from project_year_amount where currency = $1
        union select project_id from project_version where cofinancing_currency = $1)
    order by p.id for update
"""
