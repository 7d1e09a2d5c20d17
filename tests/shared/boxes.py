"""What tests of the inbox do to it, and how they look into it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from shared import inbox
from shared.db import Database, driver
from shared.events import Envelope, new_id
from shared.inbox import Inbox, Receipt
from tests.shared.messages import effects, envelope


async def deliver(db: Database, events: Sequence[Envelope]) -> Receipt:
    async with db.begin() as session:
        return await inbox.receive(await driver(session), events)


async def found(db: Database) -> dict[str, list[int]]:
    async with db.read() as session:
        return await effects(await driver(session))


async def row(db: Database, event_id: UUID) -> Any:  # noqa: ANN401  a record of any columns
    async with db.read() as session:
        conn = await driver(session)
        (one,) = await conn.fetch("SELECT * FROM inbox WHERE event_id = $1", event_id)
    return one


async def apply_everything(box: Inbox) -> None:
    """Apply until nothing is due; events that wait for another try are waited for."""
    while await box.apply_due():
        pass


def series(count: int, counter: UUID | None = None) -> list[Envelope]:
    """Return the first ``count`` events of one aggregate."""
    counter = counter or new_id()
    return [envelope(counter, number) for number in range(1, count + 1)]
