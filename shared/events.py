"""Events: what one service tells the others, declared once, versioned, free of personal data.

A service declares what it publishes in its ``events.py``::

    class ReferralMade(Event):
        type = "outreach.referral.made"
        aggregate = "referral"
        key = "referral_id"

        referral_id: UUID
        unit: Code
        made_on: date

    ROUTES: Routes = {ReferralMade: ("participants",)}

and what it consumes in its ``handlers.py``, with a model of its own that names only what it
needs (`Message`), so that a producer may add fields without asking anybody::

    class ReferralMade(Message):
        type = "outreach.referral.made"
        referral_id: UUID

    HANDLERS = Handlers()

    @HANDLERS.on(ReferralMade)
    async def open_pending_enrolment(
        session: WriteSession, event: Received[ReferralMade]
    ) -> None: ...

On the wire each is a CloudEvents 1.0 JSON object (`Envelope`); events of one aggregate and
one consumer are numbered without gaps.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import ModuleType
from typing import Annotated, Any, ClassVar, Generic, TypeVar
from uuid import UUID

import msgspec
from typing_extensions import override

from shared.db import WriteSession

Code = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_-]*$", max_length=64)]
"""A code of ours: it begins with a letter, so that no identity number can pass for one."""

Instant = Annotated[datetime, msgspec.Meta(tz=True)]
"""An instant with its offset; a plain ``datetime`` would also take one without."""

SPEC_VERSION = "1.0"
CONTENT_TYPE = "application/cloudevents+json"


class Message(msgspec.Struct, rename="camel"):
    """The data of one event as its reader knows it: fields in snake_case, camelCase in JSON.

    Fields not named are ignored. ``type`` and ``version`` say which event it reads.
    """

    type: ClassVar[str]
    version: ClassVar[int] = 1

    @classmethod
    def wire_type(cls) -> str:
        """Return the versioned type, ``participants.enrolment.exited.v1``."""
        return f"{cls.type}.v{cls.version}"


class Event(Message):
    """The data of one event as its publisher declares it: ids, codes, dates, amounts.

    ``aggregate`` names the kind of thing the event is about and ``key`` the field that holds
    its id: events of one such thing reach each consumer in the order they were recorded.
    ``free_text`` lists fields that hold free text, each with the reason why it can hold no
    personal data; a test refuses every other free text field.
    """

    aggregate: ClassVar[str]
    key: ClassVar[str]
    free_text: ClassVar[Mapping[str, str]] = {}

    @property
    def subject(self) -> str:
        """The aggregate this event is about, ``enrolment/0198...``."""
        return f"{self.aggregate}/{getattr(self, self.key)}"


Routes = Mapping[type[Event], tuple[str, ...]]
"""Which services consume an event; an event without consumers is declared, and sent nowhere."""


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """One event for one consumer on its way: a CloudEvents 1.0 object.

    ``aggregatesequence`` is an extension: 1, 2, 3, ... for one subject and one consumer.
    """

    id: UUID
    source: str
    type: str
    subject: str
    aggregatesequence: Annotated[int, msgspec.Meta(ge=1)]
    time: datetime
    data: msgspec.Raw
    traceparent: str | None = None
    specversion: str = SPEC_VERSION
    datacontenttype: str = "application/json"


M = TypeVar("M", bound=Message)


@dataclass(frozen=True, slots=True)
class Received(Generic[M]):
    """One event as a handler gets it.

    ``sequence`` counts from 1 within (``source``, ``subject``) without gaps; ``occurred_at``
    is when the producer's transaction began.
    """

    id: UUID
    source: str
    subject: str
    sequence: int
    occurred_at: datetime
    data: M


Handle = Callable[[WriteSession, Received[M]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Handler:
    """A registered handler: the model that reads the data, and what to do with it."""

    model: type[Message]
    handle: Callable[[WriteSession, Received[Any]], Awaitable[None]]


class AlreadyHandled(Exception):
    """Two handlers were registered for one event type; their order would be left to chance."""


class Handlers(Mapping[str, Handler]):
    """A service's handlers by versioned event type."""

    def __init__(self) -> None:
        self._by_type: dict[str, Handler] = {}

    def on(self, model: type[M]) -> Callable[[Handle[M]], Handle[M]]:
        """Register the decorated coroutine function for the event that ``model`` reads.

        It runs inside the transaction that also marks the event as applied: whatever it
        writes through its session takes effect exactly once. It must do nothing else (no
        HTTP, no queue); what others shall do follows from an event it records.

        Raises:
            AlreadyHandled: the type has a handler.

        """

        def register(handle: Handle[M]) -> Handle[M]:
            wire_type = model.wire_type()
            if wire_type in self._by_type:
                raise AlreadyHandled(wire_type)
            self._by_type[wire_type] = Handler(model, handle)
            return handle

        return register

    @override
    def __getitem__(self, wire_type: str) -> Handler:
        return self._by_type[wire_type]

    @override
    def __iter__(self) -> Iterator[str]:
        return iter(self._by_type)

    @override
    def __len__(self) -> int:
        return len(self._by_type)


def new_id() -> UUID:
    """Return a time-ordered UUID (RFC 9562 version 7), for ids made before the row exists."""
    milliseconds = time.time_ns() // 1_000_000
    return UUID(
        int=milliseconds << 80
        | 0x7 << 76
        | secrets.randbits(12) << 64
        | 0b10 << 62
        | secrets.randbits(62)
    )


def published(module: ModuleType) -> tuple[type[Event], ...]:
    """Return the events a service's ``events`` module declares itself, by type."""
    found = {
        value
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, Event)
        and value.__module__ == module.__name__
    }
    return tuple(sorted(found, key=lambda event: event.wire_type()))
