"""The queue: each of arq's traps has its guard here, and where it can be shown, the trap."""

from __future__ import annotations

import asyncio
import logging
import pickle
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import arq
import msgspec
import pytest
from arq.connections import RedisSettings
from arq.worker import func
from redis.exceptions import RedisError
from typing_extensions import override

from shared.queue import Consumer, Job, Queue, QueueUnavailable, Ring, queue_name, worker_key
from shared.queue.consumer import JOB_SECONDS
from tests.shared.valkeys import PrivateValkey, private_valkey

SERVICE = "omega"
CANARY = "20190223-2391"


@pytest.fixture
async def queue(redis_url: str) -> AsyncIterator[Queue]:
    connected = Queue.connect(redis_url)
    yield connected
    await connected.close()


@pytest.fixture
def valkey() -> Iterator[PrivateValkey]:
    with private_valkey() as server:
        yield server


async def until(condition: Callable[[], Awaitable[bool] | bool], seconds: float = 10) -> None:
    """Wait for a condition, or fail."""
    deadline = time.monotonic() + seconds
    while True:
        holds = condition()
        if holds is True or (not isinstance(holds, bool) and await holds):
            return
        assert time.monotonic() < deadline, "it never came true"
        await asyncio.sleep(0.01)


@asynccontextmanager
async def consuming(queue: Queue, jobs: dict[str, Job], **options: Any) -> AsyncIterator[None]:  # noqa: ANN401
    """Consume in the background; errors of the consumer are the test's."""
    stop = asyncio.Event()
    task = asyncio.create_task(Consumer(queue, SERVICE, jobs, **options).run(stop))
    try:
        yield
    finally:
        stop.set()
        await task


class Recording:
    """A job that records its arguments and raises the given errors first."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.seen: list[Any] = []

    async def __call__(self, argument: object) -> None:
        self.seen.append(argument)
        if self.errors:
            raise self.errors.pop(0)

    def job(self) -> dict[str, Job]:
        return {"note": Job(dict[str, int], self)}


async def work_as_arq_does(redis_url: str, job: Callable[..., Any]) -> None:
    """Empty the queue with arq's own defaults: the negative control of several tests."""
    worker = arq.Worker(
        [func(job, name="note")],
        queue_name=queue_name(SERVICE),
        redis_settings=RedisSettings.from_dsn(redis_url),
        handle_signals=False,
        burst=True,
        poll_delay=0.01,
    )
    await worker.main()
    await worker.pool.aclose()


# ------------------------------------------------------------------------------------- arguments


async def test_a_job_arrives_with_its_argument_decoded_to_its_type(queue: Queue) -> None:
    noted = Recording()
    async with consuming(queue, noted.job()):
        await queue.enqueue(SERVICE, "note", {"a": 1})
        await until(lambda: noted.seen == [{"a": 1}])


async def test_jobs_lie_in_redis_as_json(queue: Queue) -> None:
    await queue.enqueue(SERVICE, "note", {"a": 1}, job_id="one")
    stored = await queue.redis.get("arq:job:one")
    assert msgspec.json.decode(stored)["a"] == [{"a": 1}]


class Exploding:
    """An object whose unpickling leaves a trace."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @override
    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.path,)


@pytest.mark.parametrize("guarded", [True, False])
async def test_pickled_jobs_run_no_code(
    queue: Queue, redis_url: str, tmp_path: Path, *, guarded: bool
) -> None:
    """With arq's default, whoever can write to Redis runs code in the worker."""
    trace = tmp_path / "trace"
    poison: dict[str, object] = {"t": None, "f": "note", "a": (Exploding(trace),), "k": {}, "et": 1}
    await queue.redis.set("arq:job:bad", pickle.dumps(poison))
    await queue.redis.zadd(queue_name(SERVICE), {"bad": 1})
    if guarded:
        async with consuming(queue, Recording().job()):
            await until(lambda: nothing_waits(queue))
    else:

        async def note(_ctx: object, _argument: object) -> None: ...

        await work_as_arq_does(redis_url, note)
    assert trace.exists() is not guarded


async def nothing_waits(queue: Queue) -> bool:
    return await queue.depth(SERVICE) == 0


async def test_arguments_and_errors_are_never_logged(
    queue: Queue, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    noted = Recording(ValueError(CANARY))
    jobs = {"note": Job(dict[str, str], noted), "read": Job(dict[str, int], noted)}
    async with consuming(queue, jobs):
        await queue.enqueue(SERVICE, "note", {"a": CANARY})
        await until(lambda: len(noted.seen) == 2)
        await queue.enqueue(SERVICE, "read", {"a": CANARY})
        await queue.enqueue(SERVICE, "unknown", {"a": CANARY})
        await until(lambda: "not found" in caplog.text)
        await until(lambda: "ValidationError" in capsys.readouterr().out)
    assert CANARY not in caplog.text
    assert CANARY not in capsys.readouterr().out


async def test_control_arq_itself_logs_arguments(
    redis_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def note(_ctx: object, _argument: object) -> None: ...

    logger = logging.getLogger("arq.worker")
    ours, logger.filters = logger.filters, []
    caplog.set_level(logging.INFO)
    try:
        pool = await arq.create_pool(RedisSettings.from_dsn(redis_url))
        await pool.enqueue_job("note", CANARY, _queue_name=queue_name(SERVICE))
        await work_as_arq_does(redis_url, note)
        await pool.aclose()
    finally:
        logger.filters = ours
    assert CANARY in caplog.text


# --------------------------------------------------------------------------------------- retries


@pytest.mark.parametrize("error", [ConnectionError(), TimeoutError(), ValueError(), OSError()])
async def test_any_exception_means_another_try(queue: Queue, error: Exception) -> None:
    noted = Recording(error)
    async with consuming(queue, noted.job()):
        await queue.enqueue(SERVICE, "note", {"a": 1})
        await until(lambda: len(noted.seen) == 2)
        await until(lambda: nothing_waits(queue))


async def test_control_arq_itself_tries_an_exception_once(redis_url: str) -> None:
    tries: list[int] = []

    async def note(ctx: dict[str, Any]) -> None:
        tries.append(ctx["job_try"])
        raise ConnectionError

    pool = await arq.create_pool(RedisSettings.from_dsn(redis_url))
    await pool.enqueue_job("note", _queue_name=queue_name(SERVICE))
    await work_as_arq_does(redis_url, note)
    assert tries == [1]
    assert await pool.zcard(queue_name(SERVICE)) == 0
    await pool.aclose()


async def test_a_job_that_hangs_is_tried_again(queue: Queue) -> None:
    tries = 0

    async def hang_once(_argument: object) -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            await asyncio.Event().wait()

    async with consuming(queue, {"note": Job(int, hang_once)}, job_seconds=0.05):
        await queue.enqueue(SERVICE, "note", 1)
        await until(lambda: tries == 2)
        await until(lambda: nothing_waits(queue))


async def test_a_job_sent_again_under_its_id_runs_again(queue: Queue) -> None:
    noted = Recording()
    async with consuming(queue, noted.job()):
        for times in (1, 2):
            await queue.enqueue(SERVICE, "note", {"a": 1}, job_id="same")
            await until(lambda times=times: len(noted.seen) == times)  # type: ignore[misc]
            await until(lambda: nothing_waits(queue))


async def test_control_arq_itself_drops_a_job_sent_again(redis_url: str) -> None:
    async def note(_ctx: object) -> None:
        raise ConnectionError

    pool = await arq.create_pool(RedisSettings.from_dsn(redis_url))
    await pool.enqueue_job("note", _queue_name=queue_name(SERVICE), _job_id="same")
    await work_as_arq_does(redis_url, note)
    again = await pool.enqueue_job("note", _queue_name=queue_name(SERVICE), _job_id="same")
    assert again is None
    await pool.aclose()


async def test_a_job_not_taken_is_said_so(queue: Queue) -> None:
    await queue.enqueue(SERVICE, "note", {"a": 1}, job_id="same")
    with pytest.raises(QueueUnavailable, match="not_taken"):
        await queue.enqueue(SERVICE, "note", {"a": 1}, job_id="same")


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
