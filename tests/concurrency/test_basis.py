"""Readings beside twenty writers, some slow, some aborting: at a settled basis none changes."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from shared.basis import reading_at, settled_basis, wait_until_settled
from shared.db import driver
from shared.figures import Query, compute
from shared.journal import snapshot_if_due
from shared.periods import Period
from tests.shared.counting import FIGURES, JOURNAL, Stay, change, create, metadata, some_stay

if TYPE_CHECKING:
    from shared.db import Connection, Database
    from tests.conftest import ScratchDatabase

WRITERS, SLOW, ABORTING = 20, 5, 4
READINGS = 60
"""Of each kind: enough at any speed of the machine for most to meet a slow writer."""
YEAR = Period.parse("2024")
FIGURES_ASKED = ("entries", "present", "persons-during")


class Aborted(Exception):
    """A writer gives up after it has written."""


@dataclass
class Run:
    """What the readers were told while the writers were at work."""

    settled: list[tuple[datetime, str, int]] = field(default_factory=list)
    naive: list[tuple[datetime, str, int]] = field(default_factory=list)
    written: int = 0


async def test_readings_at_a_settled_basis_are_the_same_for_ever(
    scratch_database: ScratchDatabase,
) -> None:
    db, _ = await scratch_database(metadata)
    run, over = Run(), asyncio.Event()
    tasks = [
        *(asyncio.create_task(_write(db, run, over, number)) for number in range(WRITERS)),
        asyncio.create_task(_keep_snapshots(db, over)),
    ]
    await asyncio.gather(*(_read(db, run, seed) for seed in range(2)))
    over.set()
    await asyncio.gather(*tasks)
    await wait_until_settled(db)
    moved = await _moved(db, run.settled)
    naive = await _moved(db, run.naive)
    assert run.written > 100
    assert moved == 0
    # Negative control: reading everything recorded up to now is not repeatable.
    assert naive > 0, f"none of {len(run.naive)} naive readings changed"


async def _write(db: Database, run: Run, over: asyncio.Event, number: int) -> None:
    dice = random.Random(number)
    held: list[Stay] = []
    while not over.is_set():
        stays = [some_stay(since=date(2024, dice.randint(1, 12), 3)) for _ in range(3)]
        try:
            async with db.begin() as session:
                conn = await driver(session)
                await create(conn, f"writer-{number}", stays)
                if held:
                    await change(conn, [some_stay(id=held.pop().id, days=dice.randint(0, 90))])
                if number < SLOW:
                    await _work(dice.uniform(0.1, 0.7))
                elif number < SLOW + ABORTING:
                    _give_up_at_times(dice)
        except Aborted:
            continue
        held += stays
        run.written += len(stays)
        await _work(dice.uniform(0.0, 0.05))


def _give_up_at_times(dice: random.Random) -> None:
    if dice.random() < 0.5:
        raise Aborted


async def _work(seconds: float) -> None:
    """Stand for what a slow writer does between its statements."""
    await asyncio.sleep(seconds)


async def _read(db: Database, run: Run, seed: int) -> None:
    dice = random.Random(seed)
    while len(run.settled) < READINGS or len(_values(run.settled)) < 10:
        figure = dice.choice(FIGURES_ASKED)
        async with reading_at(db) as (session, basis):
            value = await _total(await driver(session), figure, basis)
            run.settled.append((basis, figure, value))
        async with db.read() as session:
            conn = await driver(session)
            now: datetime = await conn.fetchval("select clock_timestamp()")
            run.naive.append((now, "entries", await _total(conn, "entries", now)))
        await asyncio.sleep(0)


async def _keep_snapshots(db: Database, over: asyncio.Event) -> None:
    while not over.is_set():
        await snapshot_if_due(db, JOURNAL, threshold=50)
        await asyncio.sleep(0.2)


async def _total(conn: Connection, figure: str, basis: datetime) -> int:
    query = Query(figure, YEAR, basis)
    return (await compute(conn, FIGURES.checked(query), query)).total


async def _moved(db: Database, readings: list[tuple[datetime, str, int]]) -> int:
    """Return how many readings give another value now than they gave then."""
    moved = 0
    for basis, figure, value in readings:
        assert await settled_basis(db, basis) == basis
        async with db.read() as session:
            moved += await _total(await driver(session), figure, basis) != value
    return moved


def _values(readings: list[tuple[datetime, str, int]]) -> set[tuple[str, int]]:
    """Return the different values read: a figure that stands still proves nothing."""
    return {(figure, value) for _, figure, value in readings}
