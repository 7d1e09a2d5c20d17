"""The consumer: its settings, its end, its health, and what it does without Redis."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator

import arq
import pytest
from arq.connections import RedisSettings
from redis.exceptions import RedisError

from shared.queue import Consumer, Job, Queue, QueueUnavailable, Ring, worker_key
from shared.queue.consumer import JOB_SECONDS
from tests.shared.consuming import SERVICE, Recording, consuming, until
from tests.shared.valkeys import PrivateValkey, private_valkey


@pytest.fixture
async def queue(redis_url: str) -> AsyncIterator[Queue]:
    connected = Queue.connect(redis_url)
    yield connected
    await connected.close()


@pytest.fixture
def valkey() -> Iterator[PrivateValkey]:
    with private_valkey() as server:
        yield server


# ------------------------------------------------------------------------- settings and lifetime


async def test_every_setting_is_in_force(queue: Queue) -> None:
    worker = Consumer(queue, SERVICE, Recording().job())._worker()
    assert {
        "keep": (worker.keep_result_s, worker.keep_result_forever),
        "log_results": worker.log_results,
        "locked_for": worker.in_progress_timeout_s,
        "expires_ms": worker.expires_extra_ms,
        "signals": worker._handle_signals,
        "cron": worker.cron_jobs,
    } == {
        "keep": (0, False),
        "log_results": False,
        "locked_for": JOB_SECONDS + 15,
        "expires_ms": 900_000,
        "signals": False,
        "cron": [],
    }


async def test_a_waiting_job_is_forgotten_after_a_quarter_of_an_hour(queue: Queue) -> None:
    await queue.enqueue(SERVICE, "note", {"a": 1}, job_id="one")
    left = await queue.redis.pttl("arq:job:one")
    assert 890_000 < left <= 900_000


async def test_a_killed_workers_job_is_free_again_within_half_a_minute(queue: Queue) -> None:
    started = asyncio.Event()
    leave = asyncio.Event()

    async def wait(_argument: object) -> None:
        started.set()
        await leave.wait()

    async with consuming(queue, {"note": Job(int, wait)}):
        await queue.enqueue(SERVICE, "note", 1, job_id="one")
        await started.wait()
        left = await queue.redis.pttl("arq:in-progress:one")
        leave.set()
    assert 0 < left <= 25_000


async def test_stopping_lets_a_running_job_finish_and_takes_no_other(queue: Queue) -> None:
    started, leave = asyncio.Event(), asyncio.Event()
    done: list[int] = []

    async def wait(argument: int) -> None:
        started.set()
        await leave.wait()
        done.append(argument)

    stop = asyncio.Event()
    consumer = Consumer(queue, SERVICE, {"note": Job(int, wait)}, concurrency=1)
    task = asyncio.create_task(consumer.run(stop))
    await queue.enqueue(SERVICE, "note", 1)
    await started.wait()
    await queue.enqueue(SERVICE, "note", 2)
    stop.set()
    asyncio.get_running_loop().call_later(0.2, leave.set)
    await task
    assert done == [1]
    assert await queue.depth(SERVICE) == 1


async def test_an_idle_worker_that_is_rung_need_not_poll(
    queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.queue.consumer.IDLE_SECONDS", 3600.0)
    noted, wake = Recording(), asyncio.Event()
    async with queue.bell(SERVICE) as rings:
        stop = asyncio.Event()
        consumer = Consumer(queue, SERVICE, noted.job(), wake=wake)
        task = asyncio.create_task(consumer.run(stop))
        await until(lambda: exists(queue, worker_key(SERVICE)))
        await queue.enqueue(SERVICE, "note", {"a": 1})
        async for ring in rings:
            if ring is Ring.JOB:
                break
        wake.set()
        await until(lambda: len(noted.seen) == 1)
        stop.set()
        await task


async def test_each_process_has_a_health_key_while_it_polls(queue: Queue) -> None:
    key = worker_key(SERVICE)
    async with consuming(queue, Recording().job()):
        await until(lambda: exists(queue, key))
        assert 0 < await queue.redis.pttl(key) <= 15_000
    assert not await queue.redis.exists(key)


async def exists(queue: Queue, key: str) -> bool:
    return bool(await queue.redis.exists(key))


# ------------------------------------------------------------------------------- when Redis fails


async def test_a_frozen_redis_is_noticed(valkey: PrivateValkey) -> None:
    queue = Queue.connect(valkey.url, timeout=0.1)
    await queue.enqueue(SERVICE, "note", 1)
    valkey.freeze()
    began = time.monotonic()
    with pytest.raises(QueueUnavailable):
        await queue.enqueue(SERVICE, "note", 2)
    with pytest.raises(QueueUnavailable):
        await queue.depth(SERVICE)
    assert time.monotonic() - began < 5
    valkey.thaw()
    await queue.enqueue(SERVICE, "note", 3)
    await queue.close()


async def test_control_arq_itself_waits_for_a_frozen_redis(valkey: PrivateValkey) -> None:
    pool = await arq.create_pool(RedisSettings.from_dsn(valkey.url))
    valkey.freeze()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(3):
            await pool.zcard("any")
    valkey.thaw()
    await pool.aclose()


async def test_a_consumer_says_when_redis_is_gone_and_works_when_it_is_back(
    valkey: PrivateValkey,
) -> None:
    queue = Queue.connect(valkey.url)
    noted = Recording()
    consumer = Consumer(queue, SERVICE, noted.job())
    stop = asyncio.Event()
    task = asyncio.create_task(consumer.run(stop))
    await until(lambda: exists(queue, worker_key(SERVICE)))
    valkey.kill()
    with pytest.raises(RedisError):
        await task
    valkey.start()
    task = asyncio.create_task(consumer.run(stop))
    await queue.enqueue(SERVICE, "note", {"a": 1})
    await until(lambda: len(noted.seen) == 1)
    stop.set()
    await task
    await queue.close()


async def test_ringing_reaches_a_listener_and_never_waits_for_a_dead_redis(
    valkey: PrivateValkey,
) -> None:
    queue = Queue.connect(valkey.url)
    async with queue.bell(SERVICE) as rings:
        await queue.ring(SERVICE)
        async with asyncio.timeout(2):
            assert Ring.RECORDED in {await anext(rings), await anext(rings)}
    valkey.kill()
    with pytest.raises(QueueUnavailable):
        await queue.ring(SERVICE)
    valkey.start()
    await queue.close()
