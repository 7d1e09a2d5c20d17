"""The relay: what is recorded is sent, and sent again until it is confirmed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from uuid import UUID

import asyncpg
import msgspec
import pytest
from typing_extensions import override

from shared import outbox
from shared.clock import utcnow
from shared.db import Database, driver
from shared.events import new_id
from shared.inbox.reception import Reception
from shared.queue import Queue, QueueUnavailable
from shared.relay import CONFIRM, Bell, Confirmation, Relay
from tests.conftest import ScratchDatabase
from tests.shared.messages import ROUTES, TABLES, TWO_ROUTES, Counted, envelope
from tests.shared.valkeys import private_valkey

NOWHERE = "redis://127.0.0.1:1/0"


@pytest.fixture
async def db(scratch_database: ScratchDatabase) -> Database:
    database, _ = await scratch_database(TABLES)
    return database


@pytest.fixture
async def queue(redis_url: str) -> AsyncIterator[Queue]:
    connected = Queue.connect(redis_url)
    yield connected
    await connected.close()


async def record(db: Database, count: int, *, both: bool = False) -> list[Counted]:
    counter = new_id()
    events = [Counted(counter_id=counter, number=number + 1) for number in range(count)]
    async with db.begin() as session:
        await outbox.record(await driver(session), events, TWO_ROUTES if both else ROUTES)
    return events


async def sent(queue: Queue, service: str) -> list[list[_Sent]]:
    """Return the events of every job that waits for a service, job by job."""
    jobs = await queue.redis.zrange(f"jarva:{service}", 0, -1)
    stored = [await queue.redis.get(b"arq:job:" + job) for job in jobs]
    return [
        msgspec.convert(msgspec.json.decode(one)["a"][0], list[_Sent], strict=False)
        for one in stored
    ]


class _Sent(msgspec.Struct):
    """An envelope as JSON holds it, its data decoded."""

    id: str
    aggregatesequence: int
    traceparent: str | None = None


async def state(db: Database) -> outbox.Backlog:
    async with db.read() as session:
        return await outbox.backlog(await driver(session))


async def ids(db: Database) -> list[UUID]:
    async with db.read() as session:
        rows = await (await driver(session)).fetch("SELECT event_id FROM outbox ORDER BY position")
    return [row["event_id"] for row in rows]


async def test_a_batch_travels_as_jobs_of_at_most_two_hundred_events_in_order(
    db: Database, queue: Queue
) -> None:
    await record(db, 450)
    assert await Relay(db, queue, "alpha").send_due()
    jobs = await sent(queue, "omega")
    assert sorted(len(job) for job in jobs) == [50, 200, 200]
    for job in jobs:
        numbers = [event.aggregatesequence for event in job]
        assert numbers == sorted(numbers)
    assert (await state(db)).unpublished == 0


async def test_each_consumer_gets_its_own_job(db: Database, queue: Queue) -> None:
    await record(db, 3, both=True)
    assert await Relay(db, queue, "alpha").send_due()
    for consumer in ("omega", "psi"):
        (job,) = await sent(queue, consumer)
        assert [event.aggregatesequence for event in job] == [1, 2, 3]


async def test_two_relays_never_send_the_same_event(db: Database, queue: Queue) -> None:
    await record(db, 400)
    relays = [Relay(db, queue, "alpha", batch=20) for _ in range(4)]

    async def drain(relay: Relay) -> None:
        while await relay.send_due():
            pass

    await asyncio.gather(*(drain(relay) for relay in relays))
    numbers = [event.aggregatesequence for job in await sent(queue, "omega") for event in job]
    assert sorted(numbers) == list(range(1, 401))


class _Killed(BaseException):
    """Stands for the end of a process between sending and marking."""


class DyingRelay(Relay):
    """A relay that dies after sending, before it commits that it did."""

    @override
    async def _send(self, claimed: Sequence[asyncpg.Record]) -> None:
        await super()._send(claimed)
        raise _Killed


async def test_a_relay_that_dies_after_sending_leaves_its_events_to_the_next(
    db: Database, queue: Queue
) -> None:
    await record(db, 2)
    with pytest.raises(_Killed):
        await DyingRelay(db, queue, "alpha").send_due()
    assert (await state(db)).unpublished == 2
    assert await Relay(db, queue, "alpha").send_due()
    assert len(await sent(queue, "omega")) == 2


async def test_without_redis_nothing_is_marked(db: Database) -> None:
    await record(db, 2)
    queue = Queue.connect(NOWHERE)
    with pytest.raises(QueueUnavailable):
        await Relay(db, queue, "alpha").send_due()
    assert (await state(db)).unpublished == 2
    await queue.close()


async def make_due(db: Database) -> None:
    """Let the pause before the next sending be over."""
    async with db.begin() as session:
        await (await driver(session)).execute(
            "UPDATE outbox SET next_attempt_at = now() WHERE next_attempt_at IS NOT NULL"
        )


async def test_an_unconfirmed_event_is_sent_again_with_growing_pauses(
    db: Database, queue: Queue
) -> None:
    await record(db, 1)
    relay = Relay(db, queue, "alpha", resend=60, resend_cap=150)
    pauses = []
    for _ in range(4):
        assert await relay.send_due()
        assert not await relay.send_due()
        async with db.read() as session:
            pauses.append(
                await (await driver(session)).fetchval(
                    "SELECT extract(epoch FROM next_attempt_at - published_at)::int FROM outbox"
                )
            )
        await make_due(db)
    assert pauses == [60, 120, 150, 150]
    assert len(await sent(queue, "omega")) == 4


async def test_a_confirmed_event_is_not_sent_again(db: Database, queue: Queue) -> None:
    await record(db, 2)
    relay = Relay(db, queue, "alpha")
    assert await relay.send_due()
    first, second = await ids(db)
    await relay.take_confirmation(
        Confirmation(
            consumer="omega",
            accepted=[first],
            refused=[(second, "sequence_taken")],
        )
    )
    await make_due(db)
    assert not await relay.send_due()
    assert await state(db) == outbox.Backlog(0, 0, 1, 0.0)


async def test_what_a_restored_consumer_forgot_can_be_sent_again(
    db: Database, queue: Queue
) -> None:
    await record(db, 2)
    relay = Relay(db, queue, "alpha")
    assert await relay.send_due()
    before, after = await ids(db)
    await relay.take_confirmation(Confirmation(consumer="omega", accepted=[before], refused=[]))
    restored_to = utcnow()
    await relay.take_confirmation(Confirmation(consumer="omega", accepted=[after], refused=[]))
    async with db.begin() as session:
        conn = await driver(session)
        assert await outbox.resend(conn, "psi", confirmed_since=restored_to) == 0
        assert await outbox.resend(conn, "omega", confirmed_since=restored_to) == 1
    assert await relay.send_due()
    assert [len(job) for job in await sent(queue, "omega")] == [2, 1]


async def test_a_confirmation_counts_for_its_consumer_only(db: Database, queue: Queue) -> None:
    await record(db, 1, both=True)
    relay = Relay(db, queue, "alpha")
    assert await relay.send_due()
    (event_id, _) = await ids(db)
    await relay.take_confirmation(Confirmation(consumer="psi", accepted=[event_id], refused=[]))
    assert (await state(db)).unconfirmed == 1


async def test_a_consumer_that_is_far_behind_is_sent_no_more(
    db: Database, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.relay._BACKLOGGED", 2)
    relay = Relay(db, queue, "alpha")
    for _ in range(2):
        await record(db, 1)
        assert await relay.send_due()
    await record(db, 1, both=True)
    assert await relay.send_due()
    assert (len(await sent(queue, "omega")), len(await sent(queue, "psi"))) == (2, 1)
    await queue.redis.delete("jarva:omega")
    assert await relay.send_due()
    assert (await state(db)).unpublished == 0


async def test_ringing_costs_the_caller_nothing_even_without_redis() -> None:
    queue = Queue.connect(NOWHERE)
    bell = Bell(queue, "alpha")
    began = time.process_time()
    for _ in range(1_000):
        bell()
    assert time.process_time() - began < 0.05
    await bell.close()
    await queue.close()


async def test_ringing_while_the_bell_rings_rings_once_more() -> None:
    with private_valkey() as server:
        queue = Queue.connect(server.url)
        bell = Bell(queue, "alpha")
        async with queue.bell("alpha") as rings:
            for _ in range(100):
                bell()
            heard = 0
            while heard < 2:
                async with asyncio.timeout(2):
                    await anext(rings)
                heard += 1
        await bell.close()
        await queue.close()


async def take(db: Database, queue: Queue, events: Sequence[bytes]) -> int:
    arrived = 0

    def count() -> None:
        nonlocal arrived
        arrived += 1

    reception = Reception(db, queue, "omega", arrived=count)
    await reception.take([msgspec.Raw(event) for event in events])
    return arrived


async def confirmations(queue: Queue) -> list[Confirmation]:
    jobs = await queue.redis.zrange("jarva:alpha", 0, -1)
    stored = [msgspec.json.decode(await queue.redis.get(b"arq:job:" + job)) for job in jobs]
    assert all(one["f"] == CONFIRM for one in stored)
    return [msgspec.convert(one["a"][0], Confirmation) for one in stored]


async def test_received_events_are_stored_confirmed_and_announced(
    db: Database, queue: Queue
) -> None:
    events = [envelope(new_id(), 1) for _ in range(2)]
    assert await take(db, queue, [msgspec.json.encode(event) for event in events]) == 1
    (answer,) = await confirmations(queue)
    assert set(answer.accepted) == {event.id for event in events}
    assert answer.refused == []


async def test_one_unreadable_envelope_is_refused_and_the_others_taken(
    db: Database, queue: Queue
) -> None:
    good, broken = envelope(new_id(), 1), envelope(new_id(), 1)
    spoiled = msgspec.json.encode(broken).replace(
        b'"aggregatesequence":1', b'"aggregatesequence":0'
    )
    await take(db, queue, [spoiled, b"[17]", msgspec.json.encode(good)])
    (answer,) = await confirmations(queue)
    assert (answer.accepted, answer.refused) == ([good.id], [(broken.id, "unreadable")])


async def test_an_event_that_cannot_be_confirmed_is_kept_all_the_same(db: Database) -> None:
    queue = Queue.connect(NOWHERE)
    event = envelope(new_id(), 1)
    with pytest.raises(QueueUnavailable):
        await take(db, queue, [msgspec.json.encode(event)])
    async with db.read() as session:
        assert await (await driver(session)).fetchval("SELECT event_id FROM inbox") == event.id
    await queue.close()
