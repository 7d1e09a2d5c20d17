"""The outbox: atomic with the change, numbered without gaps in commit order, set-based."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from shared import outbox
from shared.db import Connection, Database, driver
from shared.events import new_id
from shared.trace import leave_trace, resume_trace
from tests.conftest import ScratchDatabase
from tests.shared.messages import ROUTES, TABLES, TWO_ROUTES, Counted, Whispered


@pytest.fixture
async def db(scratch_database: ScratchDatabase) -> Database:
    database, _ = await scratch_database(TABLES)
    return database


async def fetch(db: Database, sql: str, *arguments: object) -> list[asyncpg.Record]:
    async with db.read() as session:
        return await (await driver(session)).fetch(sql, *arguments)


async def sequences(db: Database, consumer: str = "omega") -> dict[str, list[int]]:
    """Return each subject's sequence numbers in the order of the numbers that events carry."""
    found: dict[str, list[int]] = {}
    for row in await fetch(
        db,
        "SELECT subject, sequence FROM outbox WHERE consumer = $1 ORDER BY (data->>'number')::int",
        consumer,
    ):
        found.setdefault(row["subject"], []).append(row["sequence"])
    return found


class CountingRoundTrips:
    """A connection that counts how often it is asked to execute something."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self.executed = 0

    async def execute(self, sql: str, *arguments: Any) -> str:  # noqa: ANN401
        self.executed += 1
        return str(await self._conn.execute(sql, *arguments))


async def record(db: Database, *events: Counted | Whispered) -> None:
    async with db.begin() as session:
        await outbox.record(await driver(session), events, ROUTES)


async def test_records_one_row_per_consumer_with_the_data_in_camel_case(db: Database) -> None:
    event = Counted(counter_id=new_id(), number=7)
    async with db.begin() as session:
        await outbox.record(await driver(session), [event], TWO_ROUTES)
    rows = await fetch(
        db, "SELECT consumer, event_id, type, subject, data::text AS data FROM outbox ORDER BY 1"
    )
    assert [row["consumer"] for row in rows] == ["omega", "psi"]
    assert len({row["event_id"] for row in rows}) == 1
    assert {row["type"] for row in rows} == {"alpha.counter.raised.v1"}
    assert {row["subject"] for row in rows} == {f"counter/{event.counter_id}"}
    assert rows[0]["data"] == f'{{"number": 7, "counterId": "{event.counter_id}"}}'


async def test_an_event_carries_the_trace_of_the_request_that_recorded_it(db: Database) -> None:
    trace, token = resume_trace()
    await record(db, Counted(counter_id=new_id(), number=1))
    leave_trace(token)
    await record(db, Counted(counter_id=new_id(), number=1))
    rows = await fetch(db, "SELECT traceparent FROM outbox ORDER BY position")
    assert [row["traceparent"] for row in rows] == [trace.traceparent, None]


async def test_a_rolled_back_change_leaves_no_event_and_no_gap(db: Database) -> None:
    counter = new_id()
    await record(db, Counted(counter_id=counter, number=1))
    with suppress(RuntimeError):
        async with db.begin() as session:
            await outbox.record(
                await driver(session), [Counted(counter_id=counter, number=99)], ROUTES
            )
            raise RuntimeError
    await record(db, Counted(counter_id=counter, number=2))
    assert await sequences(db) == {f"counter/{counter}": [1, 2]}


@pytest.mark.parametrize("count", [1, 10_000])
async def test_takes_one_round_trip_for_any_number_of_events(db: Database, count: int) -> None:
    counters = [new_id() for _ in range(100)]
    events = [Counted(counter_id=counters[at % 100], number=at // 100 + 1) for at in range(count)]
    async with db.begin() as session:
        counting = CountingRoundTrips(await driver(session))
        await outbox.record(counting, events, ROUTES)  # type: ignore[arg-type]  # all it uses
    assert counting.executed == 1
    expected = list(range(1, count // 100 + 1)) or [1]
    found = await sequences(db)
    assert all(numbers == expected for numbers in found.values())
    assert len(found) == min(count, 100)


async def test_an_event_for_nobody_costs_no_round_trip(db: Database) -> None:
    async with db.begin() as session:
        counting = CountingRoundTrips(await driver(session))
        await outbox.record(counting, [Whispered(whisper_id=new_id())], ROUTES)  # type: ignore[arg-type]  # all it uses
    assert counting.executed == 0


async def write_concurrently(db: Database, counter: UUID, *, locked: bool) -> None:
    """Raise one counter from eight tasks, some slow, some rolling back."""
    seed = random.Random(4)

    async def write(fate: float) -> None:
        with suppress(ZeroDivisionError):
            async with db.begin() as session:
                conn = await driver(session)
                number = await conn.fetchval("SELECT count(*) FROM outbox")
                event = Counted(counter_id=counter, number=number)
                if locked:
                    await outbox.record(conn, [event], ROUTES)
                else:
                    await record_with_max(conn, event)
                await conn.execute("SELECT pg_sleep($1)", fate / 50)
                if fate > 0.8:
                    raise ZeroDivisionError

    async def several() -> None:
        for _ in range(8):
            await write(seed.random())

    await asyncio.gather(*(several() for _ in range(8)))


async def record_with_max(conn: Connection, event: Counted) -> None:
    """Number as one would without a counter row: the negative control."""
    await conn.execute(
        "INSERT INTO outbox (event_id, consumer, type, subject, sequence, data)"
        " SELECT $1, 'omega', $2, $3, coalesce(max(sequence), 0) + 1, '{}'"
        "   FROM outbox WHERE consumer = 'omega' AND subject = $3",
        new_id(),
        event.wire_type(),
        event.subject,
    )


async def test_numbers_follow_the_order_of_commits_without_gaps(db: Database) -> None:
    counter = new_id()
    await write_concurrently(db, counter, locked=True)
    rows = await fetch(db, "SELECT sequence FROM outbox ORDER BY sequence")
    assert [row["sequence"] for row in rows] == list(range(1, len(rows) + 1))
    assert len(rows) > 30


async def test_control_without_the_counter_row_numbers_collide(db: Database) -> None:
    with pytest.raises(asyncpg.UniqueViolationError):
        await write_concurrently(db, new_id(), locked=False)


async def test_a_hot_path_can_record_in_its_own_statement(db: Database) -> None:
    event = Counted(counter_id=new_id(), number=1)
    async with db.begin() as session:
        made = await (await driver(session)).fetchval(
            "WITH created AS (INSERT INTO effect (subject, number) VALUES ($1, $2)"
            " RETURNING position),"
            f" outbox_event AS ({outbox.unnested(first=3)}), {outbox.CTES}"
            " SELECT position FROM created",
            "x",
            1,
            *outbox.rows([event], ROUTES),
        )
    assert made == 1
    assert await sequences(db) == {event.subject: [1]}


async def test_a_hot_path_can_make_the_data_in_the_database(db: Database) -> None:
    async with db.begin() as session:
        await (await driver(session)).execute(
            "WITH created AS (INSERT INTO effect (subject, number) VALUES ('y', 1)"
            " RETURNING position),"
            " outbox_event AS (SELECT 1 AS ordinal, uuidv7() AS event_id, consumer,"
            " 'alpha.counter.raised.v1' AS type, 'counter/' || position AS subject,"
            " jsonb_build_object('number', position) AS data, NULL::text AS traceparent"
            " FROM created, unnest($1::text[]) AS consumer),"
            f" {outbox.CTES} SELECT 1",
            ["omega", "psi"],
        )
    assert await sequences(db) == {"counter/1": [1]}
    assert await sequences(db, "psi") == {"counter/1": [1]}
