"""Events that fail: tried again, then dead, and in nobody's way but their own aggregate's."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from shared.backoff import Backoff
from shared.db import Database, WriteSession, driver
from shared.errors import Conflict
from shared.events import Handlers, Received
from shared.inbox import Inbox, Outcome, Rejected
from tests.conftest import ScratchDatabase
from tests.shared.boxes import apply_everything, deliver, found, row, series
from tests.shared.messages import TABLES, CountedRead, handlers, tables, take_effect

REFUSE = """
create function refuse() returns trigger language plpgsql as
$$ begin raise exception 'refused at commit'; end $$
"""
REFUSE_AT_COMMIT = """
create constraint trigger effect_refuse after insert on effect
deferrable initially deferred for each row execute function refuse()
"""
SOON = Backoff(first=0.001, cap=0.001)


@pytest.fixture
async def db(scratch_database: ScratchDatabase) -> Database:
    database, _ = await scratch_database(TABLES)
    return database


class Failing:
    """A handler that raises for chosen numbers, as often as told, before taking effect."""

    def __init__(self, error: Exception, *numbers: int, times: int = 1_000) -> None:
        self.error = error
        self.left = dict.fromkeys(numbers, times)

    async def __call__(self, session: WriteSession, event: Received[CountedRead]) -> None:
        await take_effect(session, event)
        if self.left.get(event.data.number, 0) > 0:
            self.left[event.data.number] -= 1
            raise self.error

    def handlers(self) -> Handlers:
        made = Handlers()
        made.on(CountedRead)(self)
        return made


async def apply_until_dead(box: Inbox, db: Database, event_id: UUID) -> None:
    deadline = asyncio.get_running_loop().time() + 10
    while (await row(db, event_id))["dead_at"] is None:
        assert asyncio.get_running_loop().time() < deadline
        await box.apply_due()


async def test_a_failing_handler_leaves_no_effect_and_is_tried_again(db: Database) -> None:
    events = series(2)
    failing = Failing(ValueError("a secret value"), 1, times=2)
    box = Inbox(db, failing.handlers(), backoff=SOON)
    await deliver(db, events)
    deadline = asyncio.get_running_loop().time() + 10
    while await found(db) != {events[0].subject: [1, 2]}:
        assert asyncio.get_running_loop().time() < deadline
        await box.apply_due()
    assert (await row(db, events[0].id))["attempts"] == 3


async def test_a_failure_waits_longer_each_time(db: Database) -> None:
    (event,) = series(1)
    box = Inbox(db, Failing(ValueError("no"), 1).handlers(), backoff=Backoff(first=100, cap=350))
    await deliver(db, [event])
    waits = []
    for _ in range(4):
        assert await box.apply_next(event.source, event.subject) is Outcome.FAILED
        assert await box.apply_next(event.source, event.subject) is Outcome.NOTHING_DUE
        async with db.begin() as session:
            conn = await driver(session)
            waits.append(
                await conn.fetchval(
                    "SELECT extract(epoch FROM next_attempt_at - now())::float8 FROM inbox"
                )
            )
            await conn.execute("UPDATE inbox SET next_attempt_at = now()")
    assert 45 < waits[0] <= 100
    assert 95 < waits[1] <= 200
    assert all(170 < wait <= 350 for wait in waits[2:])


async def test_an_event_that_keeps_failing_dies_and_blocks_only_its_aggregate(
    db: Database,
) -> None:
    poisoned, healthy = series(3), series(3)
    failing = Failing(ValueError("a secret value"), 2)
    box = Inbox(db, failing.handlers(), backoff=SOON, tries=4)
    await deliver(db, poisoned)
    await apply_until_dead(box, db, poisoned[1].id)
    failing.left.clear()
    await deliver(db, healthy)
    await apply_everything(box)
    dead = await row(db, poisoned[1].id)
    assert (dead["attempts"], dead["last_error"]) == (4, "ValueError")
    assert await found(db) == {poisoned[0].subject: [1], healthy[0].subject: [1, 2, 3]}


@pytest.mark.parametrize(
    ("error", "code"), [(Rejected("no_such_unit"), "no_such_unit"), (Conflict(), "conflict")]
)
async def test_a_refusal_is_dead_at_once(db: Database, error: Exception, code: str) -> None:
    (event,) = series(1)
    box = Inbox(db, Failing(error, 1).handlers())
    await deliver(db, [event])
    assert await box.apply_next(event.source, event.subject) is Outcome.FAILED
    dead = await row(db, event.id)
    assert dead["dead_at"] is not None
    assert (dead["attempts"], dead["last_error"]) == (1, code)


async def test_an_event_that_nobody_handles_is_dead_at_once(db: Database) -> None:
    (event,) = series(1)
    await deliver(db, [event])
    await apply_everything(Inbox(db, Handlers()))
    assert (await row(db, event.id))["last_error"] == "unknown_event_type"


async def test_data_that_its_model_cannot_read_is_dead_at_once(db: Database) -> None:
    (event,) = series(1)
    await deliver(db, [event])
    async with db.begin() as session:
        await (await driver(session)).execute("""UPDATE inbox SET data = '{"number": "one"}'""")
    await apply_everything(Inbox(db, handlers()))
    assert (await row(db, event.id))["last_error"] == "invalid_event_data"


async def test_a_handler_that_hangs_fails_at_its_timeout(db: Database) -> None:
    async def hang(_session: WriteSession, _event: Received[CountedRead]) -> None:
        await asyncio.Event().wait()

    hanging = Handlers()
    hanging.on(CountedRead)(hang)
    (event,) = series(1)
    await deliver(db, [event])
    box = Inbox(db, hanging, handler_timeout=0.05)
    assert await box.apply_next(event.source, event.subject) is Outcome.FAILED
    assert (await row(db, event.id))["last_error"] == "TimeoutError"


async def test_a_failure_at_commit_counts_like_any_other(
    scratch_database: ScratchDatabase,
) -> None:
    db, _ = await scratch_database(
        tables(),
        ddl=[REFUSE, REFUSE_AT_COMMIT],
    )
    (event,) = series(1)
    await deliver(db, [event])
    box = Inbox(db, handlers())
    assert await box.apply_next(event.source, event.subject) is Outcome.FAILED
    kept = await row(db, event.id)
    assert (kept["attempts"], kept["last_error"], kept["applied_at"]) == (1, "RaiseError", None)
