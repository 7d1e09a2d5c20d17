"""The relay: carries events from the outbox to the queues of their consumers.

It marks due rows as published and sends them as jobs of up to 200 events, in one short
transaction: two relays never claim the same row, and the rows of a relay that is killed are
free at once. Killed between sending and committing, the events are sent twice; the inboxes
see to that. Published is not delivered: until the consumer confirms, an event is sent again after
a pause, so Redis may lose everything it holds.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from itertools import islice
from operator import itemgetter
from uuid import UUID

import asyncpg
import msgspec

from shared import outbox
from shared.cancellation import cancel
from shared.context import ServiceContext
from shared.db import Database, driver
from shared.events import Envelope
from shared.queue import Queue, QueueUnavailable

RECEIVE = "receive"
"""The job by which a consumer gets events: its argument is a list of `Envelope`."""

CONFIRM = "confirm"
"""The job by which a consumer answers the producer: its argument is a `Confirmation`."""

EVENTS_PER_JOB = 200
_QUIET_SECONDS = 1.0

_SENDING_SECONDS = 5.0
"""The claiming transaction is open meanwhile, and the basis of figures waits for it."""

_BACKLOGGED = 500
"""Jobs waiting for one consumer above which it is sent no more: its events keep in PostgreSQL."""

_CLAIM = """
UPDATE outbox
   SET published_at = now(), attempts = attempts + 1,
       next_attempt_at = now() + least($4::float8, $3::float8 * 2 ^ least(attempts, 20))
                                 * interval '1 second'
  FROM (SELECT position FROM outbox
         WHERE next_attempt_at <= now() AND consumer <> ALL ($2::text[])
         ORDER BY next_attempt_at, position
         LIMIT $1 FOR UPDATE SKIP LOCKED) AS due
 WHERE outbox.position = due.position
RETURNING outbox.position, event_id, consumer, type, subject, sequence, occurred_at,
          data::text AS data, traceparent
"""


class Confirmation(msgspec.Struct, frozen=True):
    """Which events are in a consumer's inbox, and which it refuses, with a code each."""

    consumer: str
    accepted: list[UUID]
    refused: list[tuple[UUID, str]]


class Relay:
    """One service's relay.

    Args:
        db: the service's database.
        queue: the queue of every service.
        service: the source its events name.
        batch: rows claimed in one transaction.
        resend: seconds after which an unconfirmed event is sent again; doubled each time.
        resend_cap: the longest such pause, in seconds.

    """

    def __init__(
        self,
        db: Database,
        queue: Queue,
        service: str,
        *,
        batch: int = 500,
        resend: float = 60.0,
        resend_cap: float = 600.0,
    ) -> None:
        self._db = db
        self._queue = queue
        self._service = service
        self._batch = batch
        self._resend = resend
        self._resend_cap = resend_cap
        self._consumers: set[str] = set()

    async def send_due(self) -> bool:
        """Send one batch; return whether there was one.

        Raises:
            QueueUnavailable: nothing was marked; what was sent will be sent again.

        """
        # Asked before the transaction: a dead Redis must not hold a transaction open.
        full = await self._backlogged()
        async with self._db.begin() as session:
            conn = await driver(session)
            claimed = await conn.fetch(_CLAIM, self._batch, full, self._resend, self._resend_cap)
            # Committed, and so marked as published, only when everything is sent.
            await self._send(sorted(claimed, key=itemgetter("position")))
        return bool(claimed)

    async def _backlogged(self) -> list[str]:
        known = sorted(self._consumers) or [self._service]
        depths = await asyncio.gather(*(self._queue.depth(service) for service in known))
        return [
            service for service, depth in zip(known, depths, strict=True) if depth >= _BACKLOGGED
        ]

    async def _send(self, claimed: Sequence[asyncpg.Record]) -> None:
        by_consumer: dict[str, list[Envelope]] = defaultdict(list)
        for row in claimed:
            by_consumer[row["consumer"]].append(self._envelope(row))
        self._consumers.update(by_consumer)
        try:
            async with asyncio.timeout(_SENDING_SECONDS):
                for consumer, envelopes in by_consumer.items():
                    for chunk in _chunks(envelopes):
                        await self._queue.enqueue(consumer, RECEIVE, chunk)
        except TimeoutError:
            raise QueueUnavailable("timeout") from None

    def _envelope(self, row: asyncpg.Record) -> Envelope:
        return Envelope(
            id=row["event_id"],
            source=self._service,
            type=row["type"],
            subject=row["subject"],
            aggregatesequence=row["sequence"],
            time=row["occurred_at"],
            data=msgspec.Raw(row["data"].encode()),
            traceparent=row["traceparent"],
        )

    async def take_confirmation(self, confirmation: Confirmation) -> None:
        """Note what a consumer has stored or refused (the job `CONFIRM`)."""
        async with self._db.begin() as session:
            conn = await driver(session)
            if confirmation.accepted:
                await outbox.confirm(conn, confirmation.consumer, confirmation.accepted)
            if confirmation.refused:
                await outbox.refuse(conn, confirmation.consumer, confirmation.refused)


class Bell:
    """Rings a service's relay after a commit, without anybody waiting for Redis.

    Called from the request path: it starts a task, or notes that the running one shall ring
    once more. While Redis does not answer it rings at most once a second; the relay's own
    poll finds what was recorded.
    """

    def __init__(self, queue: Queue, service: str) -> None:
        self._queue = queue
        self._service = service
        self._task: asyncio.Task[None] | None = None
        self._again = False

    def __call__(self) -> None:
        """Ring; never waits and never raises."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._ring())
        else:
            self._again = True

    async def _ring(self) -> None:
        while True:
            self._again = False
            try:
                await self._queue.ring(self._service)
            except QueueUnavailable:
                await asyncio.sleep(_QUIET_SECONDS)
            if not self._again:
                return

    async def close(self) -> None:
        """Stop ringing."""
        if self._task is not None:
            await cancel(self._task)


@asynccontextmanager
async def ring_after_commits(context: ServiceContext) -> AsyncIterator[None]:
    """Give an API process its bell: a hook for the start of the application."""
    queue = Queue.connect(context.settings.redis_url.get_secret_value())
    bell = Bell(queue, context.service)
    context.committed = bell
    try:
        yield
    finally:
        await bell.close()
        await queue.close()


def _chunks(envelopes: Iterable[Envelope]) -> Iterator[list[Envelope]]:
    rest = iter(envelopes)
    while chunk := list(islice(rest, EVENTS_PER_JOB)):
        yield chunk
