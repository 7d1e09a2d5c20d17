"""The worker process of a service: its relay, its inbox, its scheduled and long work.

A service's ``worker.py`` says what is its own::

    def create_worker(settings: BudgetSettings | None = None) -> WorkerSpec:
        return WorkerSpec(
            settings=settings or BudgetSettings(),
            handlers=HANDLERS,
            loops=(Loop("deliveries", apply_next_delivery, every=1.0),),
            schedules=(Schedule("close_stale_drafts", Daily(time(3, 0)), close_stale_drafts),),
        )

    def main() -> None:
        sys.exit(run(create_worker()))

Everything a worker does is a loop of short steps, each with its own transactions. A loop that
raises is started again after a pause, the others go on: PostgreSQL or Redis may go away and
come back. SIGTERM lets the running steps finish, for at most twenty seconds.
"""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

import msgspec
import structlog
import uvloop

from shared import idempotency, inbox, logs, outbox, schedules
from shared.backoff import Backoff
from shared.cancellation import cancel
from shared.db import Database, driver
from shared.events import Handlers
from shared.inbox import Inbox
from shared.inbox.reception import Reception
from shared.queue import Consumer, Job, Queue, Ring
from shared.relay import CONFIRM, RECEIVE, Confirmation, Relay
from shared.schedules import Schedule
from shared.settings import ServiceSettings

log = structlog.get_logger(__name__)

GRACE_SECONDS = 20.0
_PAUSE = Backoff(first=0.25, cap=15.0)
_STEADY_SECONDS = 60.0
"""A loop that ran this long before it failed begins again with the shortest pause."""

_KEEP_CONFIRMED = timedelta(days=7)
_KEEP_APPLIED = timedelta(days=30)
_PRUNED_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class WorkerContext:
    """What a worker's loops work with.

    Attributes:
        committed: called after a commit that recorded events: the relay looks at once.
        delivered: called when a delivery has been worked on: loops that follow one look at once.

    """

    service: str
    settings: ServiceSettings
    db: Database
    queue: Queue
    committed: Callable[[], None]
    delivered: Callable[[], None]


Step = Callable[[WorkerContext], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Loop:
    """Work that is done in steps for as long as the process lives.

    Attributes:
        name: seen in logs and metrics.
        step: does one bounded piece of work and returns whether there was any: then it is
            called again at once, otherwise after ``every`` seconds.
        follows_deliveries: it is called as well whenever this worker has worked on a delivery.

    """

    name: str
    step: Step
    every: float = 1.0
    follows_deliveries: bool = False


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a worker looks and tries again; tests use smaller numbers.

    Attributes:
        poll: seconds between two looks at outbox and inbox when nobody rings.
        resend: seconds until an unconfirmed event is sent again the first time.
        resend_cap: the longest such pause, in seconds.
        retry: pauses between the tries of an event whose handler fails.
        tries: failures after which an event is a dead letter.

    """

    poll: float = 0.2
    resend: float = 60.0
    resend_cap: float = 600.0
    retry: Backoff = inbox.RETRY
    tries: int = 12


@dataclass(frozen=True, slots=True)
class WorkerSpec:
    """Everything about one service's worker that is its own."""

    settings: ServiceSettings
    handlers: Handlers = field(default_factory=Handlers)
    loops: tuple[Loop, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    pace: Pace = Pace()

    @property
    def service(self) -> str:
        """The service's name: its queue, the source of its events."""
        return self.settings.service


def run(spec: WorkerSpec) -> int:
    """Run a worker until SIGTERM or SIGINT; return the exit code, 0 after an orderly stop."""
    logs.configure(spec.service, spec.settings.log_level)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_until_signalled(spec))


async def _until_signalled(spec: WorkerSpec) -> int:
    stop = asyncio.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signum, stop.set)
    return await work(spec, stop)


async def work(spec: WorkerSpec, stop: asyncio.Event) -> int:
    """Run a worker's loops until ``stop`` is set.

    Returns:
        0; or 1 when a step had to be cut off, or a loop ended that should not have.

    """
    db = Database(
        spec.settings.database_url.get_secret_value(),
        application_name=f"{spec.service}-worker",
        pool_size=spec.settings.pool_size,
    )
    queue = Queue.connect(spec.settings.redis_url.get_secret_value())
    try:
        log.info("worker_started", handlers=sorted(spec.handlers))
        return await _supervise(_Process(spec, db, queue, stop).tasks(), stop)
    finally:
        await queue.close()
        await db.close()
        log.info("worker_stopped")


async def _supervise(loops: Iterable[Awaitable[None]], stop: asyncio.Event) -> int:
    tasks = [asyncio.ensure_future(loop) for loop in loops]
    stopped = asyncio.ensure_future(stop.wait())
    await asyncio.wait((stopped, *tasks), return_when=asyncio.FIRST_COMPLETED)
    # A loop never ends by itself. If one does, a fresh process is better than a silent part.
    ended = not stop.is_set()
    if ended:
        log.error("loop_ended")
        stop.set()
    _, late = await asyncio.wait(tasks, timeout=GRACE_SECONDS)
    await cancel(stopped, *late)
    return 1 if late or ended else 0


class _Process:
    """Wires one worker's parts together."""

    def __init__(self, spec: WorkerSpec, db: Database, queue: Queue, stop: asyncio.Event) -> None:
        pace = spec.pace
        self._spec = spec
        self._db = db
        self._queue = queue
        self._stop = stop
        self._recorded = asyncio.Event()
        self._arrived = asyncio.Event()
        self._sent = asyncio.Event()
        self._relay = Relay(db, queue, spec.service, resend=pace.resend, resend_cap=pace.resend_cap)
        self._inbox = Inbox(db, spec.handlers, backoff=pace.retry, tries=pace.tries)
        self._reception = Reception(db, queue, spec.service, arrived=self._arrived.set)
        self._following = [asyncio.Event() for loop in spec.loops if loop.follows_deliveries]
        self._context = WorkerContext(
            spec.service,
            spec.settings,
            db,
            queue,
            committed=self._recorded.set,
            delivered=self._wake_followers,
        )

    def tasks(self) -> list[Awaitable[None]]:
        """Return every loop of this worker, ready to be awaited."""
        poll = self._spec.pace.poll
        following = iter(self._following)
        own = [
            self._loop(
                loop.name,
                partial(loop.step, self._context),
                loop.every,
                next(following) if loop.follows_deliveries else None,
            )
            for loop in self._spec.loops
        ]
        scheduled = [
            self._loop(
                f"schedule:{schedule.name}",
                partial(self._announcing, partial(schedules.run_next, self._db, schedule)),
                5.0,
            )
            for schedule in self._spec.schedules
        ]
        return [
            self._loop("jobs", self._consume, 0.1),
            self._loop("bell", self._listen, 0.1),
            self._loop("relay", self._relay.send_due, poll, self._recorded),
            self._loop(
                "inbox", partial(self._announcing, self._inbox.apply_due), poll, self._arrived
            ),
            self._loop("housekeeping", self._tidy, 60.0),
            *own,
            *scheduled,
        ]

    async def _loop(
        self,
        name: str,
        step: Callable[[], Awaitable[bool]],
        every: float,
        wake: asyncio.Event | None = None,
    ) -> None:
        """Repeat a step until told to stop; a step that raises is called again after a pause."""
        failures = 0
        while not self._stop.is_set():
            began = time.monotonic()
            if wake is not None:
                # Cleared before the look: what is recorded during it rings again.
                wake.clear()
            try:
                pause = 0.0 if await step() else every
                failures = 0
            except Exception as error:  # noqa: BLE001  nothing may end the worker
                failures = 1 if time.monotonic() - began > _STEADY_SECONDS else failures + 1
                pause = _PAUSE.delay(failures)
                log.warning("loop_failed", loop=name, failures=failures, code=type(error).__name__)
                await _first_of(pause, self._stop)
                continue
            await _first_of(pause, self._stop, wake)

    def _wake_followers(self) -> None:
        for event in self._following:
            event.set()

    async def _announcing(self, step: Callable[[], Awaitable[bool]]) -> bool:
        """Do a step and let the relay look for what it recorded."""
        busy = await step()
        if busy:
            self._recorded.set()
        return busy

    async def _consume(self) -> bool:
        jobs = {
            RECEIVE: Job(list[msgspec.Raw], self._reception.take),
            CONFIRM: Job(Confirmation, self._relay.take_confirmation),
        }
        consumer = Consumer(self._queue, self._spec.service, jobs, wake=self._sent)
        await consumer.run(self._stop)
        return False

    async def _listen(self) -> bool:
        """Wake the relay when something was recorded, and the consumer when a job was sent."""
        hearing = asyncio.ensure_future(self._hear())
        stopped = asyncio.ensure_future(self._stop.wait())
        try:
            await asyncio.wait((hearing, stopped), return_when=asyncio.FIRST_COMPLETED)
            if hearing.done():
                await hearing
        finally:
            await cancel(stopped, hearing)
        return False

    async def _hear(self) -> None:
        async with self._queue.bell(self._spec.service) as rings:
            async for ring in rings:
                if ring is not Ring.JOB:
                    self._recorded.set()
                if ring is not Ring.RECORDED:
                    self._sent.set()

    async def _tidy(self) -> bool:
        async with self._db.begin() as session:
            conn = await driver(session)
            confirmed = await outbox.prune(conn, older_than=_KEEP_CONFIRMED, limit=_PRUNED_AT_ONCE)
            applied = await inbox.prune(conn, older_than=_KEEP_APPLIED, limit=_PRUNED_AT_ONCE)
            expired = await idempotency.purge(conn, limit=_PRUNED_AT_ONCE)
        return max(confirmed, applied, expired) == _PRUNED_AT_ONCE


async def _first_of(seconds: float, *events: asyncio.Event | None) -> None:
    """Wait until one of the events is set, or the time is over."""
    if seconds <= 0:
        return
    waits = [asyncio.ensure_future(event.wait()) for event in events if event is not None]
    try:
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
