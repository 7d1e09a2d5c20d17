"""The worker: its parts together, and what it survives."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import ClassVar

import pytest
from pydantic import SecretStr

from shared import inbox, outbox
from shared.backoff import Backoff
from shared.cancellation import cancel
from shared.db import Database, WriteSession, driver
from shared.events import Routes, new_id
from shared.queue import Queue, worker_key
from shared.relay import Bell
from shared.schedules import Every, Schedule
from shared.settings import ServiceSettings
from shared.worker import Loop, Pace, WorkerContext, WorkerSpec, work
from tests.conftest import ScratchDatabase
from tests.servers import DatabaseUrls
from tests.shared.consuming import until
from tests.shared.messages import ROUTES, TABLES, Counted, effects, handlers
from tests.shared.valkeys import private_valkey

ROOT = Path(__file__).parents[2]
QUICK = Pace(poll=0.05, resend=0.5, resend_cap=1.0, retry=Backoff(first=0.05, cap=0.2))
ROUTES_HOME: Routes = {Counted: ("alpha",)}


class AlphaSettings(ServiceSettings):
    """A service that consumes its own events."""

    service: ClassVar[str] = "alpha"


@pytest.fixture
async def databases(scratch_database: ScratchDatabase) -> tuple[Database, DatabaseUrls]:
    return await scratch_database(TABLES)


def settings(urls: DatabaseUrls, redis_url: str) -> AlphaSettings:
    return AlphaSettings(
        database_url=SecretStr(urls.app),
        redis_url=SecretStr(redis_url),
        auth_issuer="none",
        auth_jwks_url="file:///none",
        pool_size=8,
    )


@pytest.fixture
def spec(databases: tuple[Database, DatabaseUrls], redis_url: str) -> WorkerSpec:
    return WorkerSpec(settings=settings(databases[1], redis_url), handlers=handlers(), pace=QUICK)


@asynccontextmanager
async def working(spec: WorkerSpec) -> AsyncIterator[None]:
    """Run a worker in this process; it must stop in good order."""
    stop = asyncio.Event()
    task = asyncio.create_task(work(spec, stop))
    try:
        yield
        stop.set()
        assert await task == 0
    finally:
        await cancel(task)


async def record(db: Database, count: int = 1) -> None:
    """Record events of as many aggregates that this service consumes itself."""
    events = [Counted(counter_id=new_id(), number=1) for _ in range(count)]
    async with db.begin() as session:
        await outbox.record(await driver(session), events, ROUTES_HOME)


def applied(db: Database, count: int) -> Callable[[], Awaitable[bool]]:
    async def check() -> bool:
        async with db.read() as session:
            return len(await effects(await driver(session))) == count

    return check


async def confirmed(db: Database) -> bool:
    async with db.read() as session:
        waiting = await outbox.backlog(await driver(session))
    return (waiting.unpublished, waiting.unconfirmed, waiting.dead) == (0, 0, 0)


async def test_an_event_goes_from_outbox_to_effect_and_is_confirmed(
    databases: tuple[Database, DatabaseUrls], spec: WorkerSpec
) -> None:
    db, _ = databases
    async with working(spec):
        await record(db, 20)
        await until(applied(db, 20))
        await until(lambda: confirmed(db))
    async with db.read() as session:
        assert (await inbox.backlog(await driver(session))).oldest_age == 0


async def test_ringing_spares_the_wait_for_the_next_poll(
    databases: tuple[Database, DatabaseUrls], spec: WorkerSpec
) -> None:
    db, _ = databases
    never = replace(spec, pace=replace(QUICK, poll=3600.0))
    queue = Queue.connect(spec.settings.redis_url.get_secret_value())
    bell = Bell(queue, "alpha")

    async def ringing() -> bool:
        bell()
        return await applied(db, 1)()

    async with working(never):
        await until(lambda: exists(queue))
        await record(db)
        await until(ringing)
    await bell.close()
    await queue.close()


async def exists(queue: Queue) -> bool:
    return bool(await queue.redis.exists(worker_key("alpha")))


async def test_a_failing_loop_is_tried_again_and_stops_no_other(
    databases: tuple[Database, DatabaseUrls], spec: WorkerSpec
) -> None:
    db, _ = databases
    tries: list[float] = []

    async def fail(_context: WorkerContext) -> bool:
        tries.append(time.monotonic())
        raise RuntimeError

    async with working(replace(spec, loops=(Loop("failing", fail, every=0.01),))):
        await record(db)
        await until(applied(db, 1))
        await until(lambda: len(tries) == 4)
    pauses = [later - earlier for earlier, later in pairwise(tries)]
    assert all(pause > least for pause, least in zip(pauses, (0.12, 0.24, 0.49), strict=True))


async def test_a_loop_with_work_left_is_called_again_at_once(spec: WorkerSpec) -> None:
    steps = 0

    async def count(_context: WorkerContext) -> bool:
        nonlocal steps
        steps += 1
        return steps < 50

    async with working(replace(spec, loops=(Loop("counting", count, every=3600.0),))):
        await until(lambda: steps == 50, seconds=5)


async def test_a_loop_that_follows_deliveries_is_called_after_each(spec: WorkerSpec) -> None:
    looks: Counter[str] = Counter()

    async def look(name: str, _context: WorkerContext) -> bool:
        looks[name] += 1
        return False

    async def deliver(context: WorkerContext) -> bool:
        following = looks["following"]
        if following == 0 or following > 3:
            return False
        context.delivered()
        await until(lambda: looks["following"] > following)
        return True

    loops = (
        Loop("following", partial(look, "following"), every=3600.0, follows_deliveries=True),
        Loop("other", partial(look, "other"), every=3600.0),
        Loop("deliveries", deliver, every=0.01),
    )
    async with working(replace(spec, loops=loops)):
        await until(lambda: looks["following"] == 4, seconds=5)
    assert looks["other"] == 1


async def test_a_schedule_runs_and_what_it_records_is_sent(
    databases: tuple[Database, DatabaseUrls], spec: WorkerSpec
) -> None:
    db, _ = databases

    async def tell(session: WriteSession, _slot: datetime) -> None:
        event = Counted(counter_id=new_id(), number=1)
        await outbox.record(await driver(session), [event], ROUTES_HOME)

    schedule = Schedule("tell", Every(timedelta(days=365)), tell)
    async with working(replace(spec, schedules=(schedule,))):
        await until(applied(db, 1))


async def test_stopping_lets_a_step_finish(spec: WorkerSpec) -> None:
    entered, leave = asyncio.Event(), asyncio.Event()
    finished = False

    async def step(_context: WorkerContext) -> bool:
        nonlocal finished
        entered.set()
        await leave.wait()
        finished = True
        return True

    stop = asyncio.Event()
    task = asyncio.create_task(work(replace(spec, loops=(Loop("slow", step),)), stop))
    await entered.wait()
    stop.set()
    asyncio.get_running_loop().call_later(0.3, leave.set)
    assert await task == 0
    assert finished


async def test_a_step_that_does_not_end_is_cut_off_and_told(
    spec: WorkerSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.worker.GRACE_SECONDS", 0.3)
    entered = asyncio.Event()

    async def hang(_context: WorkerContext) -> bool:
        entered.set()
        await asyncio.Event().wait()
        return True

    stop = asyncio.Event()
    task = asyncio.create_task(work(replace(spec, loops=(Loop("hanging", hang),)), stop))
    await entered.wait()
    stop.set()
    assert await task == 1


async def test_a_loop_that_ends_by_itself_ends_the_process_for_its_supervisor(
    spec: WorkerSpec,
) -> None:
    async def vanish(_context: WorkerContext) -> bool:
        raise asyncio.CancelledError

    assert await work(replace(spec, loops=(Loop("vanishing", vanish),)), asyncio.Event()) == 1


async def test_a_worker_survives_the_loss_of_redis_and_of_all_it_held(
    databases: tuple[Database, DatabaseUrls], spec: WorkerSpec
) -> None:
    db, urls = databases
    with private_valkey() as server:
        own = replace(spec, settings=settings(urls, server.url))
        async with working(own):
            await record(db)
            await until(applied(db, 1))
            server.kill()
            await record(db, 2)
            server.start()
            await until(applied(db, 3), seconds=40)
            await until(lambda: confirmed(db))


async def test_a_worker_starts_without_redis_and_works_when_it_comes(
    databases: tuple[Database, DatabaseUrls], spec: WorkerSpec
) -> None:
    db, urls = databases
    with private_valkey() as server:
        server.kill()
        async with working(replace(spec, settings=settings(urls, server.url))):
            await record(db)
            await asyncio.sleep(0)
            server.start()
            await until(applied(db, 1), seconds=40)


async def test_a_worker_survives_the_loss_of_its_database_connections(
    databases: tuple[Database, DatabaseUrls], spec: WorkerSpec
) -> None:
    db, _ = databases
    async with working(spec):
        for round_ in range(1, 4):
            await record(db)
            await until(applied(db, round_))
            killer = await db.connect()
            await killer.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'alpha-worker' AND datname = current_database()"
            )
            await killer.close()


def start_process(urls: DatabaseUrls, redis_url: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.concurrency.delivery_processes", "relay"],
        cwd=ROOT,
        env={"TEST_DATABASE_URL": urls.app, "TEST_REDIS_URL": redis_url},
    )


async def test_a_process_ends_with_zero_when_told_to(
    databases: tuple[Database, DatabaseUrls], redis_url: str
) -> None:
    db, urls = databases
    process = start_process(urls, redis_url)
    queue = Queue.connect(redis_url)
    try:
        async with db.begin() as session:
            await outbox.record(
                await driver(session), [Counted(counter_id=new_id(), number=1)], ROUTES
            )
        await until(lambda: jobs_for(queue, "omega"))
        process.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(process.wait, 15) == 0
    finally:
        process.kill()
        process.wait()
        await queue.close()


async def jobs_for(queue: Queue, service: str) -> bool:
    return await queue.depth(service) > 0
