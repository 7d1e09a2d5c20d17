"""Filling the services' databases, all at once, up to a past basis and on to now."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

import asyncpg

from jarva.bench.city import meetings, people, postings
from jarva.bench.city.size import BATCHES, PAST
from services.budget.balance_checks import check_next
from services.budget.figures import SNAPSHOTS as BUDGET
from services.outreach.models import JOURNAL as OUTREACH
from services.participants.figures.facts import JOURNAL as PARTICIPANTS
from shared.basis import wait_until_settled
from shared.db import Database, driver
from shared.journal.snapshots import THRESHOLD, snapshot_if_due

if TYPE_CHECKING:
    from jarva.bench.city.size import Size
    from shared.db import Connection
    from shared.journal import Journal

JOURNALS: Mapping[str, tuple[Journal, ...]] = {
    "participants": (PARTICIPANTS,),
    "outreach": (OUTREACH,),
    "budget": BUDGET,
}
_PEOPLE, _CONTACTS, _VISITS, _REFERRALS, _VOUCHERS = 5_000, 25_000, 10_000, 10_000, 10_000
_WITHIN = 600.0

Work: TypeAlias = "Callable[[Connection], Awaitable[None]]"
Told: TypeAlias = Callable[[str], None]


@dataclass(frozen=True)
class Filled:
    """The databases of a city, and two instants to ask about.

    Attributes:
        past: settled when six sevenths had been recorded.
        now: settled when everything had.
        seconds: how long it took to fill them.

    """

    databases: Mapping[str, Database]
    past: datetime
    now: datetime
    seconds: float

    @property
    def bases(self) -> Mapping[str, datetime]:
        """The instants by what a reader calls them."""
        return {"past basis": self.past, "now": self.now}


@asynccontextmanager
async def filled(
    urls: Mapping[str, str],
    owner_urls: Mapping[str, str],
    size: Size,
    told: Told,
    *,
    threshold: int = THRESHOLD,
) -> AsyncIterator[Filled]:
    """Fill the three databases.

    Args:
        urls: of each service, as its own role.
        owner_urls: as the owner, who vacuums.
        size: how large the city is.
        told: told what is going on.
        threshold: facts between snapshots.

    """
    databases = {
        name: Database(urls[name], application_name="bench", statement_timeout=_WITHIN)
        for name in JOURNALS
    }
    began = time.perf_counter()
    try:
        works = {
            "participants": _people(size),
            "outreach": _meetings(size),
            "budget": _postings(size),
        }
        instants: list[datetime] = []
        for first, last in ((0, PAST), (PAST, BATCHES)):
            await asyncio.gather(
                *(
                    _worked(
                        databases[name],
                        name,
                        work,
                        range(first, last),
                        told=told,
                        threshold=threshold,
                    )
                    for name, work in works.items()
                )
            )
            instants.append(min([await wait_until_settled(databases[name]) for name in JOURNALS]))
        told("budget: balance")
        # At once, what the worker does within a quarter of an hour.
        while await check_next(databases["budget"], vouchers=1):
            pass
        for name in JOURNALS:
            told(f"{name}: vacuum")
            await _vacuum(owner_urls[name])
        past, now = instants
        yield Filled(databases, past, now, time.perf_counter() - began)
    finally:
        for database in databases.values():
            await database.close()


async def _worked(
    database: Database,
    name: str,
    work: list[tuple[int, Work]],
    batches: range,
    *,
    told: Told,
    threshold: int,
) -> None:
    for batch, each in work:
        if batch not in batches:
            continue
        told(f"{name}: batch {batch + 1} of {BATCHES}")
        async with database.begin() as session:
            conn = await driver(session)
            await conn.execute("select set_config('plan_cache_mode', 'force_custom_plan', true)")
            await each(conn)
        for journal in JOURNALS[name]:
            await snapshot_if_due(database, journal, threshold=threshold)
    for journal in JOURNALS[name]:
        while await snapshot_if_due(database, journal, threshold=threshold) is not None:
            pass


def _people(size: Size) -> list[tuple[int, Work]]:
    return [
        (batch, partial(people.fill, size=size, first=first, last=last))
        for batch, first, last in size.parts(size.participants, _PEOPLE)
    ]


def _meetings(size: Size) -> list[tuple[int, Work]]:
    kinds = (
        (size.contacts, _CONTACTS, meetings.fill),
        (size.tallies, _VISITS, meetings.fill_visits),
        (size.referrals, _REFERRALS, meetings.fill_referrals),
    )
    made: list[tuple[int, Work]] = [
        (batch, partial(fill, size=size, first=first, last=last))
        for many, most, fill in kinds
        for batch, first, last in size.parts(many, most)
    ]
    many = size.contacts // 50 // BATCHES
    made += [(batch, partial(meetings.correct, many=many)) for batch in range(1, BATCHES)]
    return sorted(made, key=lambda each: each[0])


def _postings(size: Size) -> list[tuple[int, Work]]:
    return [
        (batch, partial(postings.fill, year=year, many=many, yearly=yearly))
        for batch, year, many, yearly in postings.parts(size, _VOUCHERS)
    ]


async def _vacuum(owner_url: str) -> None:
    """Do at once what PostgreSQL's own vacuum does within minutes: statistics, BRIN summaries."""
    conn = await asyncpg.connect(owner_url)
    try:
        await conn.execute("vacuum analyze")
    finally:
        await conn.close()
