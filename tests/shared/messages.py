"""Events, tables and a handler for tests of outbox, relay and inbox."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import msgspec
from sqlalchemy import BigInteger, Column, Identity, MetaData, Table, Text

from shared import idempotency, inbox, outbox, schedules
from shared.clock import utcnow
from shared.db import Connection, WriteSession, driver
from shared.events import Envelope, Event, Handlers, Message, Received, new_id
from shared.schema import service_metadata

if TYPE_CHECKING:
    from shared.events import Routes


class Counted(Event):
    """A counter was raised; `number` is its new value."""

    type = "alpha.counter.raised"
    aggregate = "counter"
    key = "counter_id"

    counter_id: UUID
    number: int


class CountedRead(Message):
    """What the consumer reads of `Counted`."""

    type = "alpha.counter.raised"

    number: int


class Whispered(Event):
    """An event that nobody consumes."""

    type = "alpha.whisper.heard"
    aggregate = "whisper"
    key = "whisper_id"

    whisper_id: UUID


ROUTES: Routes = {Counted: ("omega",)}
TWO_ROUTES: Routes = {Counted: ("omega", "psi")}


def tables() -> MetaData:
    """Return what a service's database holds for events, and a table for effects.

    ``effect`` has no unique constraint: an event that takes effect twice shows.
    """
    metadata = service_metadata()
    idempotency.define_tables(metadata)
    outbox.define_tables(metadata)
    inbox.define_tables(metadata)
    schedules.define_tables(metadata)
    Table(
        "effect",
        metadata,
        Column("position", BigInteger, Identity(), primary_key=True),
        Column("subject", Text, nullable=False),
        Column("number", BigInteger, nullable=False),
    )
    return metadata


TABLES = tables()
"""For tests that add none."""


async def take_effect(session: WriteSession, event: Received[CountedRead]) -> None:
    """Write one row for one event."""
    conn = await driver(session)
    await conn.execute(
        "INSERT INTO effect (subject, number) VALUES ($1, $2)", event.subject, event.data.number
    )


def handlers() -> Handlers:
    """Return handlers that write one effect for one event."""
    made = Handlers()
    made.on(CountedRead)(take_effect)
    return made


def envelope(counter_id: UUID, number: int, *, event_id: UUID | None = None) -> Envelope:
    """Return the event that raised a counter to ``number``, as a relay would send it."""
    event = Counted(counter_id=counter_id, number=number)
    return Envelope(
        id=event_id or new_id(),
        source="alpha",
        type=event.wire_type(),
        subject=event.subject,
        aggregatesequence=number,
        time=utcnow(),
        data=msgspec.Raw(msgspec.json.encode(event)),
    )


async def effects(conn: Connection) -> dict[str, list[int]]:
    """Return the numbers that took effect, in their order, by subject."""
    found: dict[str, list[int]] = {}
    for row in await conn.fetch("SELECT subject, number FROM effect ORDER BY position"):
        found.setdefault(row["subject"], []).append(row["number"])
    return found
