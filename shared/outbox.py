"""The outbox: events recorded in the transaction of the change they tell about.

There is one row per event and consumer. `record` writes any number of them in one round trip;
a relay (`shared.relay`) carries them to the consumers' queues until each consumer has
confirmed that the event is in its inbox.

Rows of one subject and one consumer are numbered 1, 2, 3, ... by an upserted counter row. Its
lock is held until the transaction ends, so numbers follow the order of commits and an aborted
transaction leaves no gap. Two transactions that record for the same two subjects in separate
calls, in opposite order, deadlock: record everything of a use case in one call.

A hot path that must be one statement puts the same two CTEs into its own::

    rows = outbox.rows(events, ROUTES)
    await conn.fetchrow(
        f"WITH created AS (INSERT INTO enrolment ... VALUES ($1, ...) RETURNING id),"
        f" outbox_event AS ({outbox.unnested(first=9)}),"
        f" {outbox.CTES}"
        f" SELECT id FROM created",
        *arguments, *rows,
    )

or defines ``outbox_event`` (`COLUMNS`) from ``created`` when the data needs values that the
database makes. The CTEs run although nothing reads them.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    Identity,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import UUID as PG_UUID

from shared.db import Connection
from shared.events import Event, Routes, new_id
from shared.schema import timestamptz
from shared.trace import current_trace

COLUMNS = "ordinal, event_id, consumer, type, subject, data, traceparent"
"""What the CTE ``outbox_event`` has: int, uuid, text, text, text, jsonb, text (may be null)."""

_ARRAYS = ("uuid[]", "text[]", "text[]", "text[]", "text[]", "text[]")

CTES = """
outbox_counted AS (
    INSERT INTO outbox_counter AS counter (consumer, subject, last_sequence)
    SELECT consumer, subject, count(*) FROM outbox_event
     GROUP BY consumer, subject ORDER BY consumer, subject
    ON CONFLICT (consumer, subject)
    DO UPDATE SET last_sequence = counter.last_sequence + excluded.last_sequence
    RETURNING consumer, subject, last_sequence
), outbox_recorded AS (
    INSERT INTO outbox (event_id, consumer, type, subject, sequence, data, traceparent)
    SELECT event_id, consumer, type, subject,
           last_sequence + 1 - row_number() OVER (
               PARTITION BY consumer, subject ORDER BY ordinal DESC),
           data, traceparent
      FROM outbox_event JOIN outbox_counted USING (consumer, subject)
     ORDER BY ordinal
)"""
"""Two CTEs that number the rows of ``outbox_event`` and put them into the outbox."""


def unnested(first: int = 1) -> str:
    """Return the SELECT that turns the arrays of `rows`, bound from ``$first`` on, into rows."""
    arrays = ", ".join(f"${first + at}::{kind}" for at, kind in enumerate(_ARRAYS))
    return (
        "SELECT ordinal, event_id, consumer, type, subject, data::jsonb AS data, traceparent"
        f" FROM unnest({arrays}) WITH ORDINALITY"
        " AS event (event_id, consumer, type, subject, data, traceparent, ordinal)"
    )


_RECORD = f"WITH outbox_event AS ({unnested()}), {CTES} SELECT"

to_send: ContextVar[bool] = ContextVar("to_send", default=False)
"""Whether this task has made rows for the outbox: what need not ring the relay, does not."""

Rows = tuple[list[UUID], list[str], list[str], list[str], list[str], list[str | None]]
"""Event ids, consumers, types, subjects, data as JSON text, traceparents: one entry per row."""


def define_tables(metadata: MetaData) -> None:
    """Add ``outbox`` and ``outbox_counter`` to a service's metadata.

    ``next_attempt_at`` is null when nothing more is to be sent: confirmed, or dead.
    """
    Table(
        "outbox",
        metadata,
        Column("position", BigInteger, Identity(always=True), primary_key=True),
        Column("event_id", PG_UUID(as_uuid=True), nullable=False),
        Column("consumer", Text, nullable=False),
        Column("type", Text, nullable=False),
        Column("subject", Text, nullable=False),
        Column("sequence", BigInteger, nullable=False),
        Column("data", JSONB, nullable=False),
        Column("traceparent", Text),
        timestamptz("occurred_at", default_now=True),
        Column("attempts", Integer, nullable=False, server_default=text("0")),
        Column(
            "next_attempt_at",
            timestamptz("any").type,
            nullable=True,
            server_default=text("now()"),
        ),
        timestamptz("published_at", nullable=True),
        timestamptz("confirmed_at", nullable=True),
        timestamptz("dead_at", nullable=True),
        Column("last_error", Text),
        UniqueConstraint("event_id", "consumer"),
        UniqueConstraint("consumer", "subject", "sequence"),
        Index(
            "outbox_due_idx",
            "next_attempt_at",
            "position",
            postgresql_where=text("next_attempt_at IS NOT NULL"),
        ),
        Index(
            "outbox_confirmed_idx",
            "confirmed_at",
            postgresql_where=text("confirmed_at IS NOT NULL"),
        ),
        Index("outbox_dead_idx", "dead_at", postgresql_where=text("dead_at IS NOT NULL")),
    )
    Table(
        "outbox_counter",
        metadata,
        Column("consumer", Text, primary_key=True),
        Column("subject", Text, primary_key=True),
        Column("last_sequence", BigInteger, nullable=False),
    )


def rows(events: Sequence[Event], routes: Routes) -> Rows:
    """Return one row per event and consumer as the arrays that `unnested` reads.

    An event that is routed to nobody gives no row. The running trace goes along.
    """
    trace = current_trace()
    traceparent = trace.traceparent if trace else None
    routed = [
        (event_id, consumer, event, data)
        for event in events
        for event_id, data in [(new_id(), msgspec.json.encode(event).decode())]
        for consumer in routes.get(type(event), ())
    ]
    if routed:
        to_send.set(True)
    return (
        [event_id for event_id, _, _, _ in routed],
        [consumer for _, consumer, _, _ in routed],
        [event.wire_type() for _, _, event, _ in routed],
        [event.subject for _, _, event, _ in routed],
        [data for _, _, _, data in routed],
        [traceparent] * len(routed),
    )


async def record(conn: Connection, events: Sequence[Event], routes: Routes) -> None:
    """Record events in the transaction that is open on ``conn``, in their order.

    One round trip for any number of events; none when nobody consumes them.
    """
    made = rows(events, routes)
    if made[0]:
        await conn.execute(_RECORD, *made)


async def confirm(conn: Connection, consumer: str, event_ids: Sequence[UUID]) -> None:
    """Note that events are in the consumer's inbox: they are not sent again.

    Rows are locked in one order, so that two confirmations of the same events cannot deadlock.
    """
    await conn.execute(
        """
        WITH confirmed AS (
            SELECT position FROM outbox
             WHERE consumer = $1 AND event_id = ANY($2::uuid[]) AND confirmed_at IS NULL
             ORDER BY position FOR UPDATE)
        UPDATE outbox
           SET confirmed_at = now(), next_attempt_at = NULL, dead_at = NULL, last_error = NULL
          FROM confirmed WHERE outbox.position = confirmed.position
        """,
        consumer,
        event_ids,
    )


async def refuse(conn: Connection, consumer: str, refusals: Sequence[tuple[UUID, str]]) -> None:
    """Note that the consumer cannot take events, with a code each: they become dead letters."""
    await conn.execute(
        """
        UPDATE outbox
           SET dead_at = now(), next_attempt_at = NULL, last_error = refusal.code
          FROM unnest($2::uuid[], $3::text[]) AS refusal (event_id, code)
         WHERE consumer = $1 AND outbox.event_id = refusal.event_id AND confirmed_at IS NULL
        """,
        consumer,
        [event_id for event_id, _ in refusals],
        [code for _, code in refusals],
    )


async def resend(conn: Connection, consumer: str, *, confirmed_since: datetime) -> int:
    """Send a consumer again what it confirmed since an instant; return how many events.

    For a consumer whose database was restored to that instant: it has forgotten what it
    confirmed afterwards and would wait for it for ever. What it still knows has no effect.
    """
    done = await conn.execute(
        """
        UPDATE outbox
           SET confirmed_at = NULL, published_at = NULL, attempts = 0, next_attempt_at = now()
         WHERE consumer = $1 AND confirmed_at >= $2
        """,
        consumer,
        confirmed_since,
    )
    return int(done.removeprefix("UPDATE "))


@dataclass(frozen=True, slots=True)
class Backlog:
    """What has not reached its consumer: rows, dead rows, and the oldest one's age in seconds."""

    unpublished: int
    unconfirmed: int
    dead: int
    oldest_age: float


async def backlog(conn: Connection) -> Backlog:
    """Count what waits; the cost grows with what waits, not with the outbox."""
    row = await conn.fetchrow(
        """
        SELECT count(*) FILTER (WHERE published_at IS NULL) AS unpublished,
               count(*) FILTER (WHERE published_at IS NOT NULL) AS unconfirmed,
               (SELECT count(*) FROM outbox WHERE dead_at IS NOT NULL) AS dead,
               coalesce(extract(epoch FROM clock_timestamp() - min(occurred_at)), 0)::float8
                   AS oldest_age
          FROM outbox WHERE next_attempt_at IS NOT NULL
        """
    )
    assert row is not None  # noqa: S101  an aggregate without GROUP BY gives one row
    return Backlog(**dict(row))


async def prune(conn: Connection, *, older_than: timedelta, limit: int) -> int:
    """Delete at most ``limit`` events confirmed longer ago than that; return how many."""
    done = await conn.execute(
        """
        DELETE FROM outbox WHERE position IN (
            SELECT position FROM outbox
             WHERE confirmed_at IS NOT NULL AND confirmed_at < now() - $1::interval
             ORDER BY confirmed_at LIMIT $2)
        """,
        older_than,
        limit,
    )
    return int(done.removeprefix("DELETE "))
