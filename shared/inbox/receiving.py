"""Storing what arrives, once, and saying which of it the producer may forget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from shared.db import Connection
from shared.events import Envelope

_STORE = """
WITH incoming AS (
    SELECT * FROM unnest($1::text[], $2::uuid[], $3::text[], $4::text[], $5::bigint[],
                         $6::text[], $7::text[], $8::timestamptz[])
        AS event (source, event_id, type, subject, sequence, data, traceparent, occurred_at)
), introduced AS (
    INSERT INTO inbox_cursor (source, subject)
    SELECT DISTINCT source, subject FROM incoming ORDER BY source, subject
    ON CONFLICT DO NOTHING
)
INSERT INTO inbox (source, event_id, type, subject, sequence, data, traceparent, occurred_at)
SELECT source, event_id, type, subject, sequence, data::jsonb, traceparent, occurred_at
  FROM incoming LEFT JOIN inbox_cursor USING (source, subject)
 WHERE sequence > coalesce(applied_sequence, 0)
 ORDER BY source, subject, sequence
ON CONFLICT DO NOTHING
RETURNING event_id
"""

# An event that was not stored is known already, or was applied so long ago that it is pruned,
# or claims the number of another event: then the producer's numbering is broken.
_TAKEN = """
SELECT event.event_id
  FROM unnest($1::text[], $2::uuid[], $3::text[], $4::bigint[])
       AS event (source, event_id, subject, sequence)
  JOIN inbox USING (source, subject, sequence)
 WHERE inbox.event_id <> event.event_id
"""


@dataclass(frozen=True, slots=True)
class Receipt:
    """Which events are safely ours, and which we refuse, with a code each."""

    accepted: list[UUID]
    refused: list[tuple[UUID, str]]


async def receive(conn: Connection, envelopes: Sequence[Envelope]) -> Receipt:
    """Store events that are not stored yet, in one round trip when all of them are new.

    The receipt is true once the transaction on ``conn`` has committed.
    """
    stored = await conn.fetch(
        _STORE,
        [event.source for event in envelopes],
        [event.id for event in envelopes],
        [event.type for event in envelopes],
        [event.subject for event in envelopes],
        [event.aggregatesequence for event in envelopes],
        [bytes(event.data).decode() for event in envelopes],
        [event.traceparent for event in envelopes],
        [event.time for event in envelopes],
    )
    known = {row["event_id"] for row in stored}
    others = [event for event in envelopes if event.id not in known]
    taken = await _sequence_taken(conn, others) if others else set()
    return Receipt(
        accepted=list({event.id for event in envelopes if event.id not in taken}),
        refused=[(event_id, "sequence_taken") for event_id in taken],
    )


async def _sequence_taken(conn: Connection, envelopes: Sequence[Envelope]) -> set[UUID]:
    found = await conn.fetch(
        _TAKEN,
        [event.source for event in envelopes],
        [event.id for event in envelopes],
        [event.subject for event in envelopes],
        [event.aggregatesequence for event in envelopes],
    )
    return {row["event_id"] for row in found}
