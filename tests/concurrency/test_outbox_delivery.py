"""Every event reaches its consumer's inbox, takes effect once, and in order per aggregate.

Eight writers at once, one of them slow and one that rolls back, write to one service's
database. Its relay and two consumers are processes of their own that are killed with -9 at
random, what is not confirmed is sent again after a second, and with each kill the producer
forgets a tenth of the confirmations: duplicates and reorderings are the rule. The checkers
read the tables only, and the same scenario without the inbox shows that they see what they
are there for.
"""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest
import redis.asyncio as redis
from sqlalchemy import BigInteger, Column, MetaData, Table
from sqlalchemy.dialects.postgresql import UUID as PG_UUID

from shared import outbox
from shared.db import Database, driver
from shared.events import new_id
from tests.conftest import ScratchDatabase
from tests.servers import DatabaseUrls
from tests.shared.messages import ROUTES, TABLES, Counted, effects, tables

ROOT = Path(__file__).parents[2]
SEED = int(os.environ.get("DELIVERY_SEED", "20261122"))
WRITERS, ROUNDS, COUNTERS = 8, 10, 20
KILLS, WIPES = 8, 40


def producer_tables() -> MetaData:
    """Return the tables of events and the producer's own state: a counter's value."""
    metadata = tables()
    Table(
        "counter",
        metadata,
        Column("id", PG_UUID(as_uuid=True), primary_key=True),
        Column("number", BigInteger, nullable=False),
    )
    return metadata


@dataclass
class Scene:
    """Two services' databases and the processes between them."""

    producer: Database
    consumer: Database
    environments: dict[str, dict[str, str]]
    redis_url: str
    seed: random.Random = field(default_factory=lambda: random.Random(SEED))
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    faults: int = 0

    def start(self, name: str, role: str) -> None:
        """Start, or start again, one process."""
        self.processes[name] = subprocess.Popen(
            [sys.executable, "-m", "tests.concurrency.delivery_processes", role],
            cwd=ROOT,
            env=os.environ | self.environments["relay" if role == "relay" else "consumer"],
        )

    def kill(self, name: str) -> None:
        """End a process at once."""
        self.processes[name].kill()
        self.processes[name].wait()

    async def kill_at_random(self, roles: dict[str, str]) -> None:
        """Kill one of the processes after the other and start it again, until cancelled."""
        while True:
            await asyncio.sleep(self.seed.uniform(0.5, 1.4))  # the moment of the fault itself
            name = self.seed.choice(sorted(roles))
            self.kill(name)
            self.faults += 1
            self.start(name, roles[name])
            with suppress(asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError):
                await self.forget_confirmations()

    async def forget_confirmations(self) -> None:
        """Let the producer send a tenth of what was confirmed once more."""
        async with self.producer.begin() as session:
            await (await driver(session)).execute(
                "UPDATE outbox SET confirmed_at = NULL, next_attempt_at = now()"
                " WHERE confirmed_at IS NOT NULL AND position % 10 = $1",
                self.seed.randrange(10),
            )


@pytest.fixture
async def scene(scratch_database: ScratchDatabase, redis_url: str) -> AsyncIterator[Scene]:
    producer, producer_urls = await scratch_database(producer_tables())
    consumer, consumer_urls = await scratch_database(TABLES)

    def environment(urls: DatabaseUrls) -> dict[str, str]:
        return {"TEST_DATABASE_URL": urls.app, "TEST_REDIS_URL": redis_url}

    made = Scene(
        producer,
        consumer,
        {"relay": environment(producer_urls), "consumer": environment(consumer_urls)},
        redis_url,
    )
    yield made
    for name in made.processes:
        made.kill(name)


class Abandoned(Exception):
    """The writer gave up, and its transaction with it."""


async def raise_counters(
    db: Database, counters: list[UUID], *, pause: float = 0.0, abandon: bool = False
) -> None:
    """Raise one to three counters and record the events, in one transaction.

    One that waits too long for another writer's counter is refused, and rolls back as well.
    """
    with suppress(Abandoned, asyncpg.LockNotAvailableError):
        async with db.begin() as session:
            conn = await driver(session)
            rows = await conn.fetch(
                "INSERT INTO counter (id, number) SELECT id, 1 FROM unnest($1::uuid[]) AS id"
                " ORDER BY id ON CONFLICT (id) DO UPDATE SET number = counter.number + 1"
                " RETURNING id, number",
                sorted(counters),
            )
            events = [Counted(counter_id=row["id"], number=row["number"]) for row in rows]
            await outbox.record(conn, events, ROUTES)
            await conn.execute("SELECT pg_sleep($1)", pause)
            if abandon:
                raise Abandoned


async def write_until(scene: Scene, faults: int) -> None:
    """Let eight writers work at once, the first slow, the second giving up each time.

    They go on until enough has been killed around them, however fast the machine is.
    """
    counters = [new_id() for _ in range(COUNTERS)]
    seeds = [random.Random(SEED + number) for number in range(WRITERS)]

    async def writer(number: int) -> None:
        for _ in range(ROUNDS):
            await raise_counters(
                scene.producer,
                seeds[number].sample(counters, seeds[number].randint(1, 3)),
                pause=0.15 if number == 0 else 0.01,
                abandon=number == 1,
            )

    while scene.faults < faults:
        await asyncio.gather(*(writer(number) for number in range(WRITERS)))


# -------------------------------------------------------------------------------------- checkers


async def recorded(db: Database) -> dict[str, int]:
    """Return how far each counter really came."""
    async with db.read() as session:
        rows = await (await driver(session)).fetch("SELECT id, number FROM counter")
    return {f"counter/{row['id']}": row["number"] for row in rows}


async def violations(scene: Scene) -> dict[str, list[str]]:
    """Compare what took effect with what was recorded; return the subjects per kind of fault."""
    expected = await recorded(scene.producer)
    async with scene.consumer.read() as session:
        found = await effects(await driver(session))
    faults: dict[str, list[str]] = {"missing": [], "repeated": [], "disordered": [], "extra": []}
    for subject, last in expected.items():
        numbers = found.pop(subject, [])
        once = list(dict.fromkeys(numbers))
        if len(once) != len(numbers):
            faults["repeated"].append(subject)
        if once != sorted(once):
            faults["disordered"].append(subject)
        if set(range(1, last + 1)) - set(once):
            faults["missing"].append(subject)
        if set(once) - set(range(1, last + 1)):
            faults["extra"].append(subject)
    faults["extra"].extend(found)
    return {kind: subjects for kind, subjects in faults.items() if subjects}


async def everything_confirmed(scene: Scene) -> bool:
    async with scene.producer.read() as session:
        waiting = await outbox.backlog(await driver(session))
    return waiting.unpublished == waiting.unconfirmed == waiting.dead == 0


async def everything_applied(scene: Scene) -> bool:
    async with scene.consumer.read() as session:
        applied = await (await driver(session)).fetchval(
            "SELECT count(*) FROM inbox WHERE applied_at IS NOT NULL"
        )
    return bool(applied == sum((await recorded(scene.producer)).values()))


async def effects_repeated_and_disordered(scene: Scene) -> bool:
    return {"repeated", "disordered"} <= (await violations(scene)).keys()


async def until(condition: Callable[[Scene], Awaitable[bool]], scene: Scene) -> None:
    deadline = time.monotonic() + 40
    while not await condition(scene):
        assert time.monotonic() < deadline, await violations(scene)
        await asyncio.sleep(0.05)


@asynccontextmanager
async def chaos(scene: Scene, roles: dict[str, str]) -> AsyncIterator[None]:
    """Run processes and kill them at random; afterwards all of them are up."""
    for name, role in roles.items():
        scene.start(name, role)
    killing = asyncio.create_task(scene.kill_at_random(roles))
    try:
        yield
    finally:
        killing.cancel()
        await asyncio.gather(killing, return_exceptions=True)


# ----------------------------------------------------------------------------------------- tests


async def test_every_event_takes_effect_once_and_in_order(scene: Scene) -> None:
    roles = {"relay": "relay", "first": "inbox", "second": "inbox"}
    async with chaos(scene, roles):
        await write_until(scene, KILLS)
    await until(everything_confirmed, scene)
    await scene.forget_confirmations()
    await until(everything_confirmed, scene)
    await until(everything_applied, scene)
    assert await violations(scene) == {}
    assert await sequences_without_gaps(scene)


async def sequences_without_gaps(scene: Scene) -> bool:
    async with scene.producer.read() as session:
        return bool(
            await (await driver(session)).fetchval(
                "SELECT bool_and(numbers = (SELECT array_agg(n) FROM generate_series(1, last) n))"
                " FROM (SELECT array_agg(sequence ORDER BY sequence) AS numbers,"
                " max(sequence) AS last FROM outbox GROUP BY consumer, subject) AS by_subject"
            )
        )


async def test_control_without_the_inbox_events_repeat_and_change_places(scene: Scene) -> None:
    roles = {"relay": "relay", "first": "bypass", "second": "bypass"}
    async with chaos(scene, roles):
        await write_until(scene, KILLS)
    await until(everything_confirmed, scene)
    await scene.forget_confirmations()
    await until(effects_repeated_and_disordered, scene)


async def test_emptying_redis_in_the_middle_loses_nothing(scene: Scene) -> None:
    roles = {"relay": "relay", "first": "inbox"}
    for name, role in roles.items():
        scene.start(name, role)

    async def wipe() -> None:
        async with redis.Redis.from_url(scene.redis_url) as client:
            while True:
                await client.flushdb()
                scene.faults += 1
                await asyncio.sleep(0.05)

    wiping = asyncio.create_task(wipe())
    await write_until(scene, WIPES)
    wiping.cancel()
    await asyncio.gather(wiping, return_exceptions=True)
    await until(everything_confirmed, scene)
    await until(everything_applied, scene)
    assert await violations(scene) == {}
