"""The consumer's end of the queue: store, commit, confirm, and wake whoever applies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from uuid import UUID

import msgspec
import structlog

from shared.db import Database, driver
from shared.events import Envelope
from shared.inbox.receiving import Receipt, receive
from shared.queue import Queue
from shared.relay import CONFIRM, Confirmation

log = structlog.get_logger(__name__)


class _Origin(msgspec.Struct):
    """What an unreadable envelope must still say so that its producer can be told."""

    id: UUID
    source: str


class Reception:
    """Takes the job `shared.relay.RECEIVE` for one service.

    Args:
        db: the service's database.
        queue: where confirmations go.
        service: the consumer.
        arrived: called when events were stored; must not block.

    """

    def __init__(
        self, db: Database, queue: Queue, service: str, *, arrived: Callable[[], None]
    ) -> None:
        self._db = db
        self._queue = queue
        self._service = service
        self._arrived = arrived

    async def take(self, events: Sequence[msgspec.Raw]) -> None:
        """Store envelopes and confirm them to their producers, in this order.

        Raises:
            QueueUnavailable: stored, and not confirmed: the producer will send them again.

        """
        envelopes, unreadable = _read(events)
        if envelopes:
            async with self._db.begin() as session:
                receipt = await receive(await driver(session), envelopes)
            self._arrived()
        else:
            receipt = Receipt([], [])
        source_of = {event.id: event.source for event in envelopes}
        source_of.update((origin.id, origin.source) for origin in unreadable)
        refused = [*receipt.refused, *((origin.id, "unreadable") for origin in unreadable)]
        await self._answer(source_of, receipt.accepted, refused)

    async def _answer(
        self,
        source_of: dict[UUID, str],
        accepted: Sequence[UUID],
        refused: Sequence[tuple[UUID, str]],
    ) -> None:
        answers: dict[str, Confirmation] = defaultdict(
            lambda: Confirmation(consumer=self._service, accepted=[], refused=[])
        )
        for event_id in accepted:
            answers[source_of[event_id]].accepted.append(event_id)
        for event_id, code in refused:
            answers[source_of[event_id]].refused.append((event_id, code))
        for source, answer in answers.items():
            await self._queue.enqueue(source, CONFIRM, answer)


def _read(events: Sequence[msgspec.Raw]) -> tuple[list[Envelope], list[_Origin]]:
    """Decode one by one, so that one unreadable envelope does not take the others along."""
    envelopes: list[Envelope] = []
    unreadable: list[_Origin] = []
    for event in events:
        try:
            envelopes.append(msgspec.json.decode(event, type=Envelope))
        except msgspec.MsgspecError:
            try:
                unreadable.append(msgspec.json.decode(event, type=_Origin))
            except msgspec.MsgspecError:
                log.error("envelope_without_origin")  # noqa: TRY400  a traceback could quote it
    return envelopes, unreadable
