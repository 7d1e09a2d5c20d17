"""The queue: each of arq's traps has its guard here, and beside it the trap."""

from __future__ import annotations

import asyncio
import logging
import pickle
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import arq
import msgspec
import pytest
from arq.connections import RedisSettings
from arq.worker import func
from typing_extensions import override

from shared.queue import Job, Queue, QueueUnavailable, queue_name
from tests.shared.consuming import SERVICE, Recording, consuming, nothing_waits, until

CANARY = "20190223-2391"


@pytest.fixture
async def queue(redis_url: str) -> AsyncIterator[Queue]:
    connected = Queue.connect(redis_url)
    yield connected
    await connected.close()


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
