"""Dead letters: seen, replayed, and then applied as if nothing had been wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpx2
import pytest
import redis.asyncio as redis
from redis.asyncio.client import PubSub
from sqlalchemy import MetaData

from shared import access_log, inbox, outbox
from shared.app import build_app
from shared.db import Database, driver
from shared.events import Handlers, new_id
from shared.inbox import Inbox
from tests.conftest import Calling, ScratchDatabase
from tests.servers import DatabaseUrls
from tests.shared.messages import ROUTES, Counted, effects, envelope, handlers, tables
from tests.shared.sample import SPEC, sample_settings
from tests.tokens import Issuer

LETTERS = "/sample/v1/dead-letters"


@dataclass
class Office:
    """A service with dead letters, and an operator's client of it."""

    db: Database
    urls: DatabaseUrls
    issuer: Issuer
    calling: Calling

    @asynccontextmanager
    async def calls(self, *scopes: str, **settings: str) -> AsyncIterator[httpx2.AsyncClient]:
        """Open a client with the given scopes."""
        own = sample_settings(self.urls, self.issuer, **settings)
        app = build_app(SPEC, own, [], schema_head=None)
        headers = self.issuer.headers(*scopes, audience=("sample",))
        async with self.calling(app, headers=headers) as client:
            yield client

    async def found(self) -> list[dict[str, Any]]:
        """Return the dead letters as an operator sees them."""
        async with self.calls("operations:read") as client:
            answer = await client.get(LETTERS)
        assert answer.status_code == 200
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def replay(self, event_id: object, *scopes: str) -> httpx2.Response:
        """Ask for a replay."""
        async with self.calls(*(scopes or ("operations:write",))) as client:
            return await client.post(f"{LETTERS}/{event_id}/replays")

    async def apply(self, with_handlers: Handlers) -> None:
        """Apply everything that is due."""
        box = Inbox(self.db, with_handlers)
        while await box.apply_due():
            pass

    async def effects(self) -> dict[str, list[int]]:
        """Return what took effect."""
        async with self.db.read() as session:
            return await effects(await driver(session))


@cache
def logged_tables() -> MetaData:
    metadata = tables()
    access_log.define_tables(metadata)
    return metadata


@pytest.fixture
async def office(scratch_database: ScratchDatabase, issuer: Issuer, calling: Calling) -> Office:
    db, urls = await scratch_database(logged_tables())
    return Office(db, urls, issuer, calling)


async def test_an_incoming_dead_letter_is_seen_and_applied_after_its_replay(
    office: Office,
) -> None:
    counter = new_id()
    events = [envelope(counter, number) for number in (1, 2, 3)]
    async with office.db.begin() as session:
        await inbox.receive(await driver(session), events)
    await office.apply(Handlers())
    (letter,) = await office.found()
    assert {key: letter[key] for key in letter if key not in {"occurredAt", "deadAt"}} == {
        "eventId": str(events[0].id),
        "direction": "incoming",
        "peer": "alpha",
        "type": "alpha.counter.raised.v1",
        "subject": f"counter/{counter}",
        "sequence": 1,
        "attempts": 1,
        "error": "unknown_event_type",
        "blocked": 2,
    }
    answer = await office.replay(events[0].id)
    assert answer.status_code == 202
    await office.apply(handlers())
    assert await office.effects() == {f"counter/{counter}": [1, 2, 3]}
    assert await office.found() == []


async def test_without_a_replay_a_dead_letter_stays_dead(office: Office) -> None:
    """The control of the test above: a handler that would work now is not enough."""
    async with office.db.begin() as session:
        await inbox.receive(await driver(session), [envelope(new_id(), 1)])
    await office.apply(Handlers())
    await office.apply(handlers())
    assert await office.effects() == {}


async def test_an_outgoing_dead_letter_is_seen_and_due_after_its_replay(office: Office) -> None:
    async with office.db.begin() as session:
        conn = await driver(session)
        await outbox.record(conn, [Counted(counter_id=new_id(), number=1)], ROUTES)
        event_id = await conn.fetchval("SELECT event_id FROM outbox")
        await outbox.refuse(conn, "omega", [(event_id, "sequence_taken")])
        assert (await outbox.backlog(conn)).dead == 1
    (letter,) = await office.found()
    assert (letter["direction"], letter["peer"], letter["error"]) == (
        "outgoing",
        "omega",
        "sequence_taken",
    )
    assert (await office.replay(event_id)).status_code == 202
    async with office.db.begin() as session:
        waiting = await outbox.backlog(await driver(session))
    assert (waiting.unpublished, waiting.dead) == (1, 0)


async def test_a_second_replay_finds_nothing(office: Office) -> None:
    event = envelope(new_id(), 1)
    async with office.db.begin() as session:
        await inbox.receive(await driver(session), [event])
    await office.apply(Handlers())
    assert (await office.replay(event.id)).status_code == 202
    again = await office.replay(event.id)
    assert (again.status_code, again.json()["code"]) == (404, "dead_letter_not_found")


async def test_replaying_needs_the_writing_scope(office: Office) -> None:
    assert (await office.replay(new_id(), "operations:read")).status_code == 403


async def test_a_committed_write_rings_the_relay_and_a_refused_one_does_not(
    office: Office, redis_url: str
) -> None:
    event = envelope(new_id(), 1)
    async with office.db.begin() as session:
        await inbox.receive(await driver(session), [event])
    await office.apply(Handlers())
    async with (
        redis.Redis.from_url(redis_url) as listening,
        listening.pubsub(ignore_subscribe_messages=True) as heard,
        office.calls("operations:write", redis_url=redis_url) as client,
    ):
        await heard.subscribe("jarva:sample:bell")
        assert (await client.post(f"{LETTERS}/{new_id()}/replays")).status_code == 404
        assert (await client.post(f"{LETTERS}/{event.id}/replays")).status_code == 202
        assert await next_ring(heard) == b"recorded"
        # Whatever else was rung would come before this.
        await listening.publish("jarva:sample:bell", b"last")
        assert await next_ring(heard) == b"last"


async def next_ring(heard: PubSub) -> bytes:
    async with asyncio.timeout(5):
        while True:
            message = await heard.get_message(timeout=1)
            if message is not None:
                return bytes(message["data"])
