"""How much waits to be done, as metrics of the API process: of outbox and inbox, and others.

Workers serve no HTTP; what they have not done yet is in the database, where every process can
see it. It is read every few seconds, not at each scrape: a slow database must not stop
`/metrics`. A reading that fails shows as NaN, never as zero.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial

import structlog

from shared import inbox, outbox
from shared.cancellation import cancel
from shared.context import ServiceContext
from shared.db import Database, driver

log = structlog.get_logger(__name__)

EVERY_SECONDS = 10.0

MEANINGS = {
    "outbox_unpublished": "Events recorded and not yet sent",
    "outbox_unconfirmed": "Events sent and not yet in their consumer's inbox",
    "outbox_dead": "Events that a consumer refused",
    "outbox_oldest_age_seconds": "Age of the oldest event that is not confirmed",
    "inbox_due": "Events received that are due, or wait for another try",
    "inbox_parked": "Events received that wait for an earlier one",
    "inbox_dead": "Events received that are not tried any more",
    "inbox_oldest_age_seconds": "Age of the oldest event received and not applied",
}


async def read_backlogs(db: Database) -> dict[str, float]:
    """Return every metric of `MEANINGS` as it is now."""
    async with db.read() as session:
        conn = await driver(session)
        outgoing, incoming = await outbox.backlog(conn), await inbox.backlog(conn)
    return {
        "outbox_unpublished": outgoing.unpublished,
        "outbox_unconfirmed": outgoing.unconfirmed,
        "outbox_dead": outgoing.dead,
        "outbox_oldest_age_seconds": outgoing.oldest_age,
        "inbox_due": incoming.due,
        "inbox_parked": incoming.parked,
        "inbox_dead": incoming.dead,
        "inbox_oldest_age_seconds": incoming.oldest_age,
    }


def watch_backlogs(context: ServiceContext) -> AbstractAsyncContextManager[None]:
    """Keep the metrics fresh while the application runs: a hook for its start."""
    return watching(context, MEANINGS, read_backlogs)


@asynccontextmanager
async def watching(
    context: ServiceContext,
    meanings: Mapping[str, str],
    read: Callable[[Database], Awaitable[Mapping[str, float]]],
) -> AsyncIterator[None]:
    """Show what a service reads from its database now and then as metrics, while it runs.

    Args:
        context: of the API process.
        meanings: what each metric says, by its name.
        read: returns the value of each metric.

    """
    latest: dict[str, float] = {}
    for name, meaning in meanings.items():
        context.metrics.watch(name, meaning, partial(_or_unknown, latest, name))
    reading = asyncio.create_task(_keep_reading(context.db, read, latest))
    try:
        yield
    finally:
        await cancel(reading)


def _or_unknown(latest: dict[str, float], name: str) -> float:
    return latest.get(name, math.nan)


async def _keep_reading(
    db: Database,
    read: Callable[[Database], Awaitable[Mapping[str, float]]],
    latest: dict[str, float],
) -> None:
    while True:
        try:
            latest.update(await read(db))
        except Exception as error:  # noqa: BLE001  the next reading may succeed
            latest.clear()
            log.warning("backlogs_unread", code=type(error).__name__)
        await asyncio.sleep(EVERY_SECONDS)
