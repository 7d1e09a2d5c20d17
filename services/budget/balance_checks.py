"""Looking through the ledger for vouchers that do not balance, period after period, for ever.

Nothing but going around the ledger's rules makes one, and that may happen to any posting at any
time: so all of them are read again and again, however old.
"""

from __future__ import annotations

from datetime import timedelta

import structlog

from services.budget.queries import imbalances
from shared.basis import MARGIN, settled_at
from shared.db import Database, driver

log = structlog.get_logger(__name__)

EVERY = timedelta(minutes=15)
"""How old a period's check becomes before the next: ten million postings take two seconds."""

VOUCHERS = 10_000
"""Delivered since a period's check, they make another worth while: each reader reads them."""

_LOCK = "select pg_try_advisory_xact_lock(hashtext('balance_check'))"


async def check_next(
    db: Database,
    *,
    every: timedelta = EVERY,
    vouchers: int = VOUCHERS,
    margin: timedelta = MARGIN,
) -> bool:
    """Look through one period, if one is due, and say whether there was one.

    Args:
        db: of the service.
        every: how old a check may become.
        vouchers: how many that were delivered since make it too old.
        margin: see `shared.basis.settled_at`.

    """
    async with db.begin() as session:
        conn = await driver(session)
        if not await conn.fetchval(_LOCK):
            return False
        as_of = await settled_at(conn, margin=margin)
        period = await imbalances.period_due(conn, every, as_of, vouchers=vouchers)
        if period is None:
            return False
        found = await imbalances.check_period(conn, period, as_of)
    if found:
        log.error("vouchers do not balance", period=period, vouchers=found)
    return True
