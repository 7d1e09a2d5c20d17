"""Merging people and telling of them, as tests say it."""

from __future__ import annotations

import random
from typing import Any

import msgspec

from services.outreach.handlers import HANDLERS
from services.participants.told_people import tell_changed
from shared import inbox
from shared.db import Database, driver
from shared.events import Envelope
from tests.participants.city import City

SENT = """
    select event_id as id, type, subject, sequence as aggregatesequence, data::text as data,
           occurred_at as time
    from outbox where consumer = 'outreach' order by position
"""


async def tell(city: City, *, batch: int = 500) -> None:
    while await tell_changed(city.db, batch=batch):
        pass


async def merged(city: City, absorbed: dict[str, Any], survivor: dict[str, Any]) -> dict[str, Any]:
    ids = {"absorbedId": absorbed["id"], "survivorId": survivor["id"]}
    return await city.made("/person-merges", {**ids, "reason": "Samma person"})


async def apart(city: City, merge: dict[str, Any]) -> None:
    await city.made(f"/person-merges/{merge['id']}/reversals", {"reason": "Det var två"})


async def deliver(city: City, outreach: Database, rng: random.Random) -> None:
    """Deliver everything recorded for outreach twice, in any order, and apply it."""
    async with city.db.read() as session:
        rows = await (await driver(session)).fetch(SENT)
    sent = [
        Envelope(source="participants", **{**row, "data": msgspec.Raw(row["data"].encode())})
        for row in rows
    ]
    twice = sent + sent
    rng.shuffle(twice)
    for start in range(0, len(twice), 7):
        async with outreach.begin() as session:
            await inbox.receive(await driver(session), twice[start : start + 7])
        await inbox.Inbox(outreach, HANDLERS).apply_due()
    while await inbox.Inbox(outreach, HANDLERS).apply_due():
        pass


async def fetched(db: Database, sql: str) -> list[tuple[Any, ...]]:
    async with db.read() as session:
        return [tuple(row) for row in await (await driver(session)).fetch(sql)]
