from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest

from shared.db import driver
from shared.figures import Query
from shared.journal import (
    Journal,
    append_sql,
    drift,
    settle,
)
from shared.periods import Period
from tests.shared.counting import (
    FACTS,
    JOURNAL,
    Stay,
    booked,
    change,
    create,
    expected,
    metadata,
    now,
    some_stay,
    values,
)

if TYPE_CHECKING:
    from shared.db import Database
    from tests.conftest import ScratchDatabase
    from tests.servers import DatabaseUrls


@pytest.fixture
async def made(scratch_database: ScratchDatabase) -> tuple[Database, DatabaseUrls]:
    return await scratch_database(metadata)


@pytest.fixture
def db(made: tuple[Database, DatabaseUrls]) -> Database:
    return made[0]


async def test_settle_records_that_agree_writes_nothing(db: Database) -> None:
    one = some_stay()
    async with db.begin() as session:
        await create(await driver(session), "h", [one])
    before = await booked(db)
    async with db.begin() as session:
        await change(await driver(session), [one])
    assert await booked(db) == before


async def test_settle_net_zero_correction_keeps_what_was_said_before(db: Database) -> None:
    one = some_stay(sex="women")
    async with db.begin() as session:
        await create(await driver(session), "h", [one])
    old = await now(db)
    async with db.begin() as session:
        await change(await driver(session), [replace(one, sex="men")], reason="misread")
    query = Query("entries", Period.parse("2024"), old, ("sex",))
    assert await values(db, query) == ({("women",): 1}, 1)
    assert await values(db, replace(query, basis=await now(db))) == ({("men",): 1}, 1)
    corrections = [row for row in await booked(db) if row["reason"] == "misread"]
    assert sorted((row["measure"], row["sex"], row["amount"]) for row in corrections) == [
        ("cost", "men", 100),
        ("cost", "women", -100),
        ("entries", "men", 1),
        ("entries", "women", -1),
        ("present", "men", -1),
        ("present", "men", 1),
        ("present", "women", -1),
        ("present", "women", 1),
    ]


async def test_settle_of_an_older_transaction_lands_after_what_it_corrects(db: Database) -> None:
    one = some_stay()
    async with db.begin() as session:
        older = await driver(session)
        started: datetime = await older.fetchval("select now()")
        async with db.begin() as other:
            await create(await driver(other), "h", [one])
        await change(older, [replace(one, retracted=True)])
    rows = await booked(db)
    created = max(row["recorded_at"] for row in rows if row["reason"] == "recorded")
    taken_back = {row["recorded_at"] for row in rows if row["reason"] == "corrected"}
    assert started < created
    assert taken_back == {created + timedelta(microseconds=1)}
    for basis in (started, created - timedelta(microseconds=1)):
        assert await values(db, Query("entries", Period.parse("2024"), basis)) == ({}, 0)
    # Negative control: dated by its own transaction, the correction alone would have counted.
    naive = [started if row["recorded_at"] in taken_back else row["recorded_at"] for row in rows]
    amounts = [row["amount"] if row["measure"] == "entries" else 0 for row in rows]
    assert sum(a for a, at in zip(amounts, naive, strict=True) if at <= started) == -1


async def test_settle_many_at_once_equals_one_by_one(db: Database) -> None:
    stays = [some_stay(since=date(2024, 1, 1) + timedelta(days=n % 90)) for n in range(500)]
    async with db.begin() as session:
        await create(await driver(session), "bulk", stays)
    async with db.begin() as session:
        conn = await driver(session)
        await conn.execute("update stay set history = 'single', cost = cost + 1")
        for each in stays:
            await settle(conn, JOURNAL, "stay", [each.id], wanted_sql=FACTS, reason="moved")
    for name in ("entries", "cost", "present"):
        at = await now(db)
        single = Query(name, Period.parse("2024"), at, ("place",), {"history": ("single",)})
        moved = [replace(each, cost=each.cost + 1) for each in stays]
        assert await values(db, single) == expected(name, single.period, single.by, moved)
        assert await values(db, replace(single, where={"history": ("bulk",)})) == ({}, 0)


async def test_settle_ids_that_are_not_asked_for_stay_as_they_are(db: Database) -> None:
    one, other = some_stay(), some_stay()
    async with db.begin() as session:
        conn = await driver(session)
        await create(conn, "h", [one, other])
        await conn.execute("update stay set retracted = true")
        everything = FACTS.replace("s.id = any($1::uuid[])", "$1::uuid[] is not null")
        await settle(conn, JOURNAL, "stay", [one.id], wanted_sql=everything, reason="one")
        drifted = await drift(conn, JOURNAL, "stay", [one.id, other.id], wanted_sql=FACTS)
    assert drifted == [other.id]


async def test_append_sql_fresh_is_part_of_one_statement_with_its_record(db: Database) -> None:
    wanted = (
        "select 'entries' as measure, c.since as happened_on, 1 as amount, c.person as subject,"
        " c.id as record_id, c.history, c.sex, c.place from created c"
    )
    sql = append_sql(JOURNAL, wanted, kind="stay", reason="$2::text", fresh=True)
    async with db.begin() as session:
        made = await (await driver(session)).fetchval(
            "with created as (insert into stay (history, person, sex, place, since, days, cost, "
            "retracted) values ('h', $1, 'men', '', date '2024-05-05', 1, 0, false) returning *), "
            f"facts as ({sql}) select id from created",
            uuid4(),
            "recorded",
        )
    (row,) = await booked(db)
    assert (row["record_id"], row["period"], row["reason"]) == (made, 202405, "recorded")


def test_append_sql_of_a_journal_written_elsewhere_is_refused() -> None:
    ledger = Journal("posting", (), expressions={"amount": "ore"})
    with pytest.raises(TypeError, match="written by its own service"):
        append_sql(ledger, "select", kind="voucher", reason="''", fresh=True)
    with pytest.raises(ValueError, match="plain word"):
        append_sql(JOURNAL, "select", kind="x'; drop table fact; --", reason="''", fresh=True)


async def _correct_together(db: Database, one: Stay, *, locked: bool) -> list[UUID]:
    """Let eight transactions correct one record at once; return the record if it drifted."""
    together = asyncio.Barrier(8)

    async def correct(number: int) -> None:
        async with db.begin() as session:
            conn = await driver(session)
            said = replace(one, cost=number + 1, sex=("women", "men")[number % 2])
            await conn.fetchval("select 1")
            await together.wait()
            if locked:
                await change(conn, [said])
            else:
                wanted = (
                    f"select 'cost' as measure, date '2024-03-10' as happened_on, {said.cost} as "
                    f"amount, null as subject, i as record_id, 'h' as history, '{said.sex}' as "
                    "sex, '' as place from unnest($1::uuid[]) i"
                )
                await settle(conn, JOURNAL, "stay", [one.id], wanted_sql=wanted, reason="race")
                await together.wait()

    await asyncio.gather(*(correct(number) for number in range(8)))
    async with db.read() as session:
        conn = await driver(session)
        return await drift(conn, JOURNAL, "stay", [one.id], wanted_sql=FACTS)


async def test_settle_corrections_of_one_record_at_once_leave_one_of_them(db: Database) -> None:
    for _ in range(10):
        one = some_stay()
        async with db.begin() as session:
            await create(await driver(session), "h", [one])
        assert await _correct_together(db, one, locked=True) == []


async def test_settle_without_the_records_lock_drifts(db: Database) -> None:
    one = some_stay()
    async with db.begin() as session:
        await create(await driver(session), "h", [one])
    assert await _correct_together(db, one, locked=False) == [one.id]
