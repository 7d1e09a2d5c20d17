"""Running the jobs that others sent to a service."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import msgspec
import structlog
from arq.typing import WorkerCoroutine
from arq.worker import Retry, Worker, func
from redis.exceptions import RedisError
from typing_extensions import override

from shared.backoff import Backoff
from shared.cancellation import cancel
from shared.queue.client import EXPIRES_MS, Queue, deserialize, queue_name, serialize, worker_key

log = structlog.get_logger(__name__)

POLL_SECONDS = 0.01
"""While jobs run, or when nobody rings; arq's own half second would be most of an event's way."""

IDLE_SECONDS = 0.1
"""Between two looks of an idle worker that is rung for each job."""

JOB_SECONDS = 10.0
"""Jobs are short (store and ring); the time a killed worker's job stays locked follows from it."""

_TRIES = 8
_PAUSE = Backoff(first=0.5, cap=60.0)
_HEALTH_EVERY, _HEALTH_TTL_MS = 5.0, 15_000


@dataclass(frozen=True, slots=True)
class Job:
    """What to do with a job: the type its argument is decoded to, and the function it is for."""

    argument: Any
    run: Callable[[Any], Awaitable[None]]


class _Quiet(logging.Filter):
    """Let only arq's warnings through, without tracebacks: both can quote arguments."""

    @override
    def filter(self, record: logging.LogRecord) -> bool:
        record.exc_info = record.exc_text = None
        return record.levelno >= logging.WARNING


for _name in ("arq.worker", "arq.jobs", "arq.connections"):
    logging.getLogger(_name).addFilter(_Quiet())


class _Finished(Exception):
    """The worker has been asked to end and has nothing left to do."""


class _Worker(Worker):
    """arq's worker, with a health key that tells something and an end without cancellation.

    Before Python 3.12 `asyncio.wait_for`, which redis-py uses on sockets with a timeout, can
    swallow a cancellation: a worker that is only cancelled may poll for ever.
    """

    stopping = False
    wake: asyncio.Event | None = None
    _written = 0.0

    @override
    async def _poll_iteration(self) -> None:
        if self.stopping:
            self.allow_pick_jobs = False
            if all(task.done() for task in self.tasks.values()):
                raise _Finished
        if self.wake is not None:
            # Cleared before the look: a job that is sent during it rings again.
            self.wake.clear()
        await super()._poll_iteration()
        await self._pause()

    async def _pause(self) -> None:
        """Wait until the next look; arq's own pause is none (it cannot be woken)."""
        if self.wake is None:
            await asyncio.sleep(POLL_SECONDS)
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(POLL_SECONDS if self.tasks else IDLE_SECONDS):
                await self.wake.wait()

    @override
    async def record_health(self) -> None:
        """Write the key of this process from the loop that polls: it lives while that turns."""
        if time.monotonic() - self._written < _HEALTH_EVERY:
            return
        self._written = time.monotonic()
        await self.pool.set(self.health_check_key, str(self.jobs_complete), px=_HEALTH_TTL_MS)


class Consumer:
    """Runs one service's jobs until told to stop.

    Args:
        queue: where they come from.
        service: whose they are.
        jobs: what to do, by job name; other names are refused with a warning.
        concurrency: jobs at the same time.
        job_seconds: after which a job counts as failed and is tried again.
        wake: set by whoever hears the bell (`Ring.JOB`).

    """

    def __init__(
        self,
        queue: Queue,
        service: str,
        jobs: Mapping[str, Job],
        *,
        concurrency: int = 8,
        job_seconds: float = JOB_SECONDS,
        wake: asyncio.Event | None = None,
    ) -> None:
        self._queue = queue
        self._service = service
        self._jobs = jobs
        self._concurrency = concurrency
        self._job_seconds = job_seconds
        self._wake = wake

    async def run(self, stop: asyncio.Event) -> None:
        """Consume until ``stop`` is set; then take nothing new and let running jobs finish.

        Raises:
            RedisError, OSError: Redis is away; call again after a pause.

        """
        worker = self._worker()
        worker.wake = self._wake
        polling = asyncio.create_task(worker.async_run())
        stopped = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({polling, stopped}, return_when=asyncio.FIRST_COMPLETED)
            worker.stopping = True
            if self._wake is not None:
                self._wake.set()
            await polling
        except _Finished:
            with suppress(RedisError, OSError):
                await self._queue.redis.delete(worker.health_check_key)
        finally:
            await cancel(stopped, polling, *worker.tasks.values())

    def _worker(self) -> _Worker:
        # arq reads settings from a class's own __dict__ and ignores inherited ones; passed as
        # arguments, each is in force.
        return _Worker(
            [
                func(_guarded(name, job, self._job_seconds), name=name)
                for name, job in self._jobs.items()
            ],
            queue_name=queue_name(self._service),
            redis_pool=self._queue.redis,
            handle_signals=False,
            max_jobs=self._concurrency,
            job_timeout=self._job_seconds + 5,
            keep_result=0,
            poll_delay=0,
            max_tries=_TRIES,
            health_check_key=worker_key(self._service),
            job_serializer=serialize,
            job_deserializer=deserialize,
            expires_extra_ms=EXPIRES_MS,
            log_results=False,
        )


def _guarded(name: str, job: Job, seconds: float) -> WorkerCoroutine:
    """Wrap a job so that arq sees only success or an ordered retry."""

    async def run(ctx: dict[str, Any], argument: msgspec.Raw) -> None:
        tries = int(ctx["job_try"])
        try:
            # Our own timeout: arq's would end the job for good.
            async with asyncio.timeout(seconds):
                await job.run(msgspec.json.decode(argument, type=job.argument))
        except Exception as error:  # noqa: BLE001  whatever it was, the job is tried again
            log.warning("job_failed", job=name, tries=tries, code=type(error).__name__)
            raise Retry(defer=_PAUSE.delay(tries)) from None

    return run
