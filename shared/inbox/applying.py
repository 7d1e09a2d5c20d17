"""Applying stored events: in order per aggregate, once, and never stopped by a bad one."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any
from uuid import UUID

import msgspec
import structlog

from shared.backoff import Backoff
from shared.db import Database, WriteSession, driver
from shared.errors import DomainError
from shared.events import Handlers, Received
from shared.trace import leave_trace, resume_trace

log = structlog.get_logger(__name__)

RETRY = Backoff(first=1.0, cap=600.0)
"""With twelve tries an event that keeps failing is a dead letter after about half an hour."""

_IN_A_ROW = 50

_LOCK = """
SELECT applied_sequence FROM inbox_cursor
 WHERE source = $1 AND subject = $2 FOR UPDATE SKIP LOCKED
"""

# A statement of its own: it must see what was committed before the lock was won.
_HEAD = """
SELECT source, event_id, type, subject, sequence, data::text AS data, traceparent, occurred_at,
       attempts, dead_at IS NOT NULL OR coalesce(next_attempt_at > now(), false) AS waiting
  FROM inbox WHERE source = $1 AND subject = $2 AND sequence = $3
"""

_PARK = """
UPDATE inbox SET next_attempt_at = NULL
 WHERE source = $1 AND subject = $2 AND sequence > $3 AND next_attempt_at IS NOT NULL
"""

_FINISH = """
WITH applied AS (
    UPDATE inbox SET applied_at = clock_timestamp(), next_attempt_at = NULL, last_error = NULL,
                     attempts = attempts + 1
     WHERE source = $1 AND event_id = $2
), moved AS (
    UPDATE inbox_cursor SET applied_sequence = $4 WHERE source = $1 AND subject = $3
)
UPDATE inbox SET next_attempt_at = coalesce(next_attempt_at, now())
 WHERE source = $1 AND subject = $3 AND sequence = $4 + 1 AND dead_at IS NULL
RETURNING 1
"""

_FAIL = """
UPDATE inbox
   SET attempts = attempts + 1, last_error = $4,
       dead_at = CASE WHEN $5::interval IS NULL THEN now() END,
       next_attempt_at = now() + $5::interval
 WHERE source = $1 AND event_id = $2 AND applied_at IS NULL AND attempts = $3
"""

_DUE = """
SELECT DISTINCT source, subject FROM (
    SELECT source, subject FROM inbox
     WHERE next_attempt_at <= now() ORDER BY next_attempt_at LIMIT $1) AS due
"""


class Rejected(Exception):
    """Raised by a handler for an event it will never be able to apply: dead at once.

    Refusals of a use case (`DomainError` with a 4xx status) have the same effect.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Outcome(Enum):
    """What became of one look at an aggregate."""

    APPLIED = auto()
    APPLIED_AND_MORE = auto()
    FAILED = auto()
    NOTHING_DUE = auto()
    LOCKED_BY_ANOTHER = auto()


@dataclass(frozen=True, slots=True)
class _Head:
    """The next event of an aggregate, as it lies in the inbox."""

    source: str
    event_id: UUID
    type: str
    subject: str
    sequence: int
    data: str
    traceparent: str | None
    occurred_at: datetime
    attempts: int
    waiting: bool


class Inbox:
    """Applies what is due in one service's inbox.

    Args:
        db: the service's database.
        handlers: what to do with each event type; an event without a handler is dead at once.
        backoff: seconds between the tries of an event that fails.
        tries: failures after which an event is a dead letter.
        concurrency: aggregates worked on at the same time, each on its own connection.
        handler_timeout: seconds after which a handler counts as failed.

    """

    def __init__(
        self,
        db: Database,
        handlers: Handlers,
        *,
        backoff: Backoff = RETRY,
        tries: int = 12,
        concurrency: int = 4,
        handler_timeout: float = 15.0,
    ) -> None:
        self._db = db
        self._handlers = handlers
        self._backoff = backoff
        self._tries = tries
        self._concurrency = asyncio.Semaphore(concurrency)
        self._handler_timeout = handler_timeout

    async def apply_due(self, *, limit: int = 200) -> bool:
        """Look once at each aggregate with something due; return whether anything was done.

        Raises:
            asyncpg.PostgresError, OSError: the database itself is in trouble.

        """
        async with self._db.read() as session:
            due = await (await driver(session)).fetch(_DUE, limit)
        # Several workers see the same list: in an order of their own they meet less often.
        random.shuffle(due)
        outcomes = await asyncio.gather(
            *(self._apply_all(row["source"], row["subject"]) for row in due)
        )
        return any(outcome is not Outcome.LOCKED_BY_ANOTHER for outcome in outcomes)

    async def _apply_all(self, source: str, subject: str) -> Outcome:
        """Apply an aggregate's events while the next one is there; the rest waits its turn."""
        async with self._concurrency:
            first = outcome = await self.apply_next(source, subject)
            for _ in range(_IN_A_ROW):
                if outcome is not Outcome.APPLIED_AND_MORE:
                    break
                outcome = await self.apply_next(source, subject)
        return first

    async def apply_next(self, source: str, subject: str) -> Outcome:
        """Apply the next event of one aggregate, if it is there and due."""
        head: _Head | None = None
        try:
            async with self._db.begin() as session:
                conn = await driver(session)
                applied = await conn.fetchval(_LOCK, source, subject)
                if applied is None:
                    return Outcome.LOCKED_BY_ANOTHER
                row = await conn.fetchrow(_HEAD, source, subject, applied + 1)
                head = _Head(**dict(row)) if row else None
                if head is None or head.waiting:
                    await conn.execute(_PARK, source, subject, applied + 1)
                    return Outcome.NOTHING_DUE
                await self._handle(session, head)
                more = await conn.fetchval(_FINISH, source, head.event_id, subject, head.sequence)
        except Exception as error:
            if head is None:
                raise
            await self._fail(head, error)
            return Outcome.FAILED
        return Outcome.APPLIED_AND_MORE if more else Outcome.APPLIED

    async def _handle(self, session: WriteSession, head: _Head) -> None:
        handler = self._handlers.get(head.type)
        if handler is None:
            raise Rejected("unknown_event_type")
        try:
            data = msgspec.json.decode(head.data, type=handler.model)
        except msgspec.ValidationError:
            raise Rejected("invalid_event_data") from None
        received: Received[Any] = Received(
            id=head.event_id,
            source=head.source,
            subject=head.subject,
            sequence=head.sequence,
            occurred_at=head.occurred_at,
            data=data,
        )
        _, token = resume_trace(head.traceparent)
        try:
            async with asyncio.timeout(self._handler_timeout):
                await handler.handle(session, received)
        finally:
            leave_trace(token)
        await session.flush()

    async def _fail(self, head: _Head, error: Exception) -> None:
        """Count the failure in a transaction of its own: the handler's was rolled back."""
        code, permanent = _judged(error)
        failures = head.attempts + 1
        dead = permanent or failures >= self._tries
        delay = None if dead else timedelta(seconds=self._backoff.delay(failures))
        async with self._db.begin() as session:
            conn = await driver(session)
            await conn.execute(_FAIL, head.source, head.event_id, head.attempts, code, delay)
        log.warning(
            "event_dead" if dead else "event_failed",
            event_id=str(head.event_id),
            event_type=head.type,
            failures=failures,
            code=code,
        )


def _judged(error: Exception) -> tuple[str, bool]:
    """Return an error's code, which holds no message text, and whether trying again is useless."""
    match error:
        case Rejected():
            return error.code, True
        case DomainError():
            return error.code, 400 <= error.status < 500 and error.status != 429  # noqa: PLR2004
        case _:
            return type(error).__name__, False
