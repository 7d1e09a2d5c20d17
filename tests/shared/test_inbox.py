"""The inbox: each event once, in order per aggregate, whatever is delivered how often."""

from __future__ import annotations

import asyncio
import random
from datetime import timedelta

import msgspec
import pytest

from shared import inbox
from shared.db import Database, WriteSession, driver
from shared.events import Handlers, Received, new_id
from shared.inbox import Inbox, Outcome, Receipt
from shared.trace import current_trace
from tests.conftest import ScratchDatabase
from tests.shared.boxes import apply_everything, deliver, found, row, series
from tests.shared.messages import TABLES, CountedRead, envelope, handlers, take_effect


@pytest.fixture
async def db(scratch_database: ScratchDatabase) -> Database:
    database, _ = await scratch_database(TABLES)
    return database


async def test_an_event_delivered_again_and_again_takes_effect_once(db: Database) -> None:
    events = series(1)
    box = Inbox(db, handlers())
    for _ in range(3):
        receipt = await deliver(db, events * 2)
        assert receipt == Receipt([events[0].id], [])
        await apply_everything(box)
    assert await found(db) == {events[0].subject: [1]}


async def test_shuffled_and_repeated_deliveries_apply_in_order(db: Database) -> None:
    seed = random.Random(11)
    aggregates = [series(20) for _ in range(10)]
    deliveries = [event for events in aggregates for event in events for _ in range(3)]
    seed.shuffle(deliveries)
    boxes = [Inbox(db, handlers()) for _ in range(3)]

    async def work(box: Inbox) -> None:
        while arriving or await box.apply_due():
            await asyncio.sleep(0)

    arriving = True
    workers = [asyncio.create_task(work(box)) for box in boxes]
    for at in range(0, len(deliveries), 17):
        await deliver(db, deliveries[at : at + 17])
    arriving = False
    await asyncio.gather(*workers)
    await apply_everything(boxes[0])
    expected = {events[0].subject: list(range(1, 21)) for events in aggregates}
    assert await found(db) == expected


async def test_control_handlers_called_on_arrival_repeat_and_reorder(db: Database) -> None:
    """The same deliveries without the inbox: the checker above must see the difference."""
    seed = random.Random(11)
    events = series(20)
    deliveries = [event for event in events for _ in range(3)]
    seed.shuffle(deliveries)
    for event in deliveries:
        async with db.begin() as session:
            await take_effect(
                session,
                Received(
                    id=event.id,
                    source=event.source,
                    subject=event.subject,
                    sequence=event.aggregatesequence,
                    occurred_at=event.time,
                    data=CountedRead(number=event.aggregatesequence),
                ),
            )
    numbers = (await found(db))[events[0].subject]
    assert len(numbers) == 60
    assert numbers != sorted(numbers)


async def test_an_event_ahead_of_a_gap_waits_for_it_and_then_follows(db: Database) -> None:
    first, second, third = series(3)
    box = Inbox(db, handlers())
    await deliver(db, [third])
    await deliver(db, [second])
    await apply_everything(box)
    assert await found(db) == {}
    async with db.read() as session:
        waiting = await inbox.backlog(await driver(session))
    assert (waiting.due, waiting.parked) == (0, 2)
    await deliver(db, [first])
    await apply_everything(box)
    assert await found(db) == {first.subject: [1, 2, 3]}


async def test_an_unparked_event_is_due_even_if_its_worker_dies(db: Database) -> None:
    first, second = series(2)
    box = Inbox(db, handlers())
    await deliver(db, [second])
    await apply_everything(box)
    await deliver(db, [first])
    # One transaction only, as if the worker died right after it.
    assert await box.apply_next(first.source, first.subject) is Outcome.APPLIED_AND_MORE
    assert (await row(db, second.id))["next_attempt_at"] is not None
    await apply_everything(Inbox(db, handlers()))
    assert await found(db) == {first.subject: [1, 2]}


async def test_a_busy_aggregate_holds_up_neither_receipt_nor_the_others(db: Database) -> None:
    slow, quick = series(2), series(2)
    entered, leave = asyncio.Event(), asyncio.Event()

    async def wait(session: WriteSession, event: Received[CountedRead]) -> None:
        if event.subject == slow[0].subject:
            entered.set()
            await leave.wait()
        await take_effect(session, event)

    waiting = Handlers()
    waiting.on(CountedRead)(wait)
    box, other = Inbox(db, waiting), Inbox(db, waiting)
    await deliver(db, [slow[0]])
    first = asyncio.create_task(box.apply_due())
    await entered.wait()
    async with asyncio.timeout(5):
        await deliver(db, [slow[1], *quick])
        assert await other.apply_next(slow[0].source, slow[0].subject) is Outcome.LOCKED_BY_ANOTHER
        await other.apply_due()
    assert await found(db) == {quick[0].subject: [1, 2]}
    leave.set()
    await first
    await apply_everything(box)
    assert (await found(db))[slow[0].subject] == [1, 2]


async def test_a_handler_runs_in_the_trace_that_recorded_the_event(db: Database) -> None:
    seen: list[str] = []

    async def look(_session: WriteSession, _event: Received[CountedRead]) -> None:
        trace = current_trace()
        assert trace is not None
        seen.append(trace.trace_id)

    looking = Handlers()
    looking.on(CountedRead)(look)
    trace_id = "0af7651916cd43dd8448eb211c80319c"
    traced = msgspec.structs.replace(
        envelope(new_id(), 1), traceparent=f"00-{trace_id}-b7ad6b7169203331-01"
    )
    await deliver(db, [traced])
    await apply_everything(Inbox(db, looking))
    assert seen == [trace_id]
    assert current_trace() is None


async def test_another_event_under_a_taken_number_is_refused(db: Database) -> None:
    counter = new_id()
    good, bad = envelope(counter, 1), envelope(counter, 1)
    await deliver(db, [good])
    assert await deliver(db, [bad, good]) == Receipt([good.id], [(bad.id, "sequence_taken")])


async def test_a_duplicate_of_a_pruned_event_has_no_effect(db: Database) -> None:
    events = series(2)
    box = Inbox(db, handlers())
    await deliver(db, events)
    await apply_everything(box)
    async with db.begin() as session:
        pruned = await inbox.prune(await driver(session), older_than=timedelta(0), limit=10)
    assert pruned == 2
    receipt = await deliver(db, events)
    assert set(receipt.accepted) == {event.id for event in events}
    await apply_everything(box)
    assert await found(db) == {events[0].subject: [1, 2]}


async def test_pruning_leaves_what_is_not_applied_or_recent(db: Database) -> None:
    events = series(2)
    await deliver(db, events)
    outcome = await Inbox(db, handlers()).apply_next(events[0].source, events[0].subject)
    assert outcome is Outcome.APPLIED_AND_MORE
    async with db.begin() as session:
        conn = await driver(session)
        assert await inbox.prune(conn, older_than=timedelta(hours=1), limit=10) == 0
        assert await inbox.prune(conn, older_than=timedelta(0), limit=10) == 1


async def test_the_oldest_unapplied_event_is_seen(db: Database) -> None:
    await deliver(db, series(1))
    async with db.begin() as session:
        conn = await driver(session)
        await conn.execute("UPDATE inbox SET received_at = now() - interval '90 seconds'")
        waiting = await inbox.backlog(conn)
    assert (waiting.due, waiting.dead) == (1, 0)
    assert 90 <= waiting.oldest_age < 100
