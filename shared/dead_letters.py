"""Dead letters: events that will not be tried again until somebody has looked at them.

An incoming one is in this service's inbox: its handler refused it, or failed twelve times. An
outgoing one is in its outbox: a consumer refused to take it. Either blocks only the later
events of its own aggregate. A replay tries the same event again, under the same id; whatever
it did before took no effect, so it can do no harm twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Annotated
from uuid import UUID

from fastapi import Path
from pydantic import Field
from starlette.responses import Response

from shared import outbox
from shared.db import Connection, driver
from shared.dependencies import Reading, Transaction
from shared.errors import NotFound
from shared.models import ApiModel, Instant
from shared.paging import Page, Paging
from shared.responses import accepted
from shared.routing import ServiceRouter


class Direction(StrEnum):
    """Where a dead letter lies."""

    INCOMING = "incoming"
    OUTGOING = "outgoing"


class DeadLetterNotFound(NotFound):
    """No dead event has this id: never, or no more."""

    code = "dead_letter_not_found"
    title = "There is no such dead letter"


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One dead event; ``peer`` is its producer when incoming, its consumer when outgoing."""

    event_id: UUID
    direction: Direction
    peer: str
    type: str
    subject: str
    sequence: int
    attempts: int
    error: str
    occurred_at: datetime
    dead_at: datetime
    blocked: int


_ALL = """
SELECT event_id, 'incoming' AS direction, source AS peer, type, subject, sequence, attempts,
       coalesce(last_error, 'unknown') AS error, occurred_at, dead_at,
       (SELECT count(*) FROM inbox AS later
         WHERE later.source = inbox.source AND later.subject = inbox.subject
           AND later.sequence > inbox.sequence AND later.applied_at IS NULL) AS blocked
  FROM inbox WHERE dead_at IS NOT NULL
UNION ALL
SELECT event_id, 'outgoing', consumer, type, subject, sequence, attempts,
       coalesce(last_error, 'unknown'), occurred_at, dead_at,
       (SELECT count(*) FROM outbox AS later
         WHERE later.consumer = outbox.consumer AND later.subject = outbox.subject
           AND later.sequence > outbox.sequence)
  FROM outbox WHERE dead_at IS NOT NULL
"""

_REPLAY = """
WITH incoming AS (
    UPDATE inbox SET dead_at = NULL, attempts = 0, next_attempt_at = now()
     WHERE event_id = $1 AND dead_at IS NOT NULL
), outgoing AS (
    UPDATE outbox SET dead_at = NULL, attempts = 0, next_attempt_at = now()
     WHERE event_id = $1 AND dead_at IS NOT NULL
)
SELECT 1
"""


async def listed(conn: Connection, *, limit: int, offset: int) -> tuple[list[DeadLetter], int]:
    """Return dead letters, the newest first, and how many there are."""
    total = await conn.fetchval(f"SELECT count(*) FROM ({_ALL}) AS dead")
    rows = await conn.fetch(
        f"{_ALL} ORDER BY dead_at DESC, event_id LIMIT $1 OFFSET $2", limit, offset
    )
    return [_letter(dict(row)) for row in rows], int(total)


async def replay(conn: Connection, event_id: UUID) -> list[DeadLetter]:
    """Let a dead event be tried again, wherever it lies; return what was dead.

    Raises:
        DeadLetterNotFound: no dead event has this id.

    """
    rows = await conn.fetch(f"SELECT * FROM ({_ALL}) AS dead WHERE event_id = $1", event_id)
    if not rows:
        raise DeadLetterNotFound
    await conn.execute(_REPLAY, event_id)
    outbox.to_send.set(True)
    return [_letter(dict(row)) for row in rows]


def _letter(row: dict[str, object]) -> DeadLetter:
    return DeadLetter(**{**row, "direction": Direction(row["direction"])})  # type: ignore[arg-type]  # columns are the fields


class DeadLetterOut(ApiModel):
    event_id: UUID
    direction: Direction = Field(
        description="incoming: this service could not apply it; outgoing: the consumer refused it"
    )
    peer: str = Field(
        description="The service it came from, or is meant for", examples=["outreach"]
    )
    type: str = Field(examples=["outreach.referral.made.v1"])
    subject: str = Field(
        description="The aggregate it is about",
        examples=["referral/0190a1b2-7c3d-7e4f-8a9b-0c1d2e3f4a5b"],
    )
    sequence: int = Field(description="Its number within the aggregate", examples=[3])
    attempts: int = Field(examples=[12])
    error: str = Field(description="A code; never a message", examples=["no_such_unit"])
    occurred_at: Instant
    dead_at: Instant
    blocked: int = Field(
        description="Later events of the same aggregate that wait for it", examples=[2]
    )

    @classmethod
    def of(cls, letter: DeadLetter) -> DeadLetterOut:
        """Return a dead letter as it is shown."""
        return cls.model_validate(letter, from_attributes=True)


class ReplayOut(ApiModel):
    event_id: UUID
    dead_letters: list[DeadLetterOut]


EventPath = Annotated[UUID, Path(alias="eventId", description="The event's id")]


@cache
def dead_letters_router() -> ServiceRouter:
    """Return the routes by which operators see and replay dead letters."""
    router = ServiceRouter(prefix="/dead-letters", tag="dead-letters")

    @router.get("", scope="operations:read")
    async def list_dead_letters(session: Reading, paging: Paging) -> Page[DeadLetterOut]:
        """List dead letters.

        Events that are not tried any more, the newest first. They hold ids and codes only.
        """
        found, total = await listed(await driver(session), limit=paging.limit, offset=paging.offset)
        return Page.of([DeadLetterOut.of(one) for one in found], total=total, paging=paging)

    @router.post("/{eventId}/replays", scope="operations:write", status_code=202, answers=ReplayOut)
    async def replay_dead_letter(event_id: EventPath, session: Transaction) -> Response:
        """Replay a dead letter.

        The event is tried again from the beginning; a second replay of one that is no longer
        dead answers 404.
        """
        found = await replay(await driver(session), event_id)
        body = ReplayOut(event_id=event_id, dead_letters=[DeadLetterOut.of(one) for one in found])
        return accepted(body, location="/dead-letters")

    return router
