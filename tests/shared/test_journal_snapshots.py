from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from shared.basis import wait_until_settled
from shared.db import driver
from shared.figures import Query
from shared.journal import (
    facts_due,
    snapshot_if_due,
    take_snapshot,
)
from shared.periods import Period
from tests.shared.counting import (
    JOURNAL,
    as_owner,
    booked,
    create,
    metadata,
    now,
    snapshot,
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


async def test_snapshot_is_due_after_enough_facts_and_not_again(db: Database) -> None:
    async with db.begin() as session:
        await create(await driver(session), "h", [some_stay() for _ in range(10)])
    await wait_until_settled(db)
    assert await snapshot_if_due(db, JOURNAL, threshold=41) is None
    first = await snapshot_if_due(db, JOURNAL, threshold=40)
    assert first is not None
    assert await snapshot_if_due(db, JOURNAL, threshold=1) is None
    async with db.read() as session:
        conn = await driver(session)
        (row,) = await conn.fetch("select * from journal_snapshot")
        assert (row["journal"], row["facts"], row["cells"]) == ("fact", 40, 2)


async def test_snapshot_waits_for_as_many_facts_as_the_last_has_cells(db: Database) -> None:
    many = [some_stay(place=f"place-{n}", days=0) for n in range(30)]
    async with db.begin() as session:
        await create(await driver(session), "h", many)
    await wait_until_settled(db)
    assert await snapshot_if_due(db, JOURNAL, threshold=1) is not None
    async with db.begin() as session:
        await create(await driver(session), "h", [some_stay() for _ in range(5)])
    async with db.read() as session:
        assert await facts_due(await driver(session), JOURNAL, threshold=1) is None
    async with db.begin() as session:
        await create(await driver(session), "h", [some_stay() for _ in range(50)])
    async with db.read() as session:
        assert await facts_due(await driver(session), JOURNAL, threshold=1) == 60


async def test_snapshots_after_much_at_once_are_never_far_apart(db: Database) -> None:
    for _ in range(12):
        async with db.begin() as session:
            await create(await driver(session), "h", [some_stay() for _ in range(5)])
    await wait_until_settled(db)
    while await snapshot_if_due(db, JOURNAL, threshold=50) is not None:
        pass
    async with db.read() as session:
        conn = await driver(session)
        taken = await conn.fetch("select facts from journal_snapshot order by as_of")
        # A transaction's facts have one instant and stay together: 20 facts at a time.
        assert [row["facts"] for row in taken] == [60, 120, 180, 240]


async def test_snapshot_is_taken_by_one_session_at_a_time(db: Database) -> None:
    async with db.begin() as session:
        assert await take_snapshot(await driver(session), JOURNAL) is not None
        assert await snapshot(db) is None
    await wait_until_settled(db)
    assert await snapshot(db) is not None


async def test_snapshot_leaves_out_what_is_not_settled(db: Database) -> None:
    async with db.begin() as session:
        slow = await driver(session)
        await create(slow, "slow", [some_stay()])
        async with db.begin() as other:
            await create(await driver(other), "quick", [some_stay()])
        as_of = await snapshot(db)
        started: datetime = await slow.fetchval("select now()")
    assert as_of is not None
    assert as_of < started
    query = Query("entries", Period.parse("2024"), await now(db), ("history",))
    assert await values(db, query) == ({("slow",): 1, ("quick",): 1}, 2)
    # Negative control: sums taken up to now, with the slow one open, would have lost it.
    rows = await booked(db)
    assert {row["history"] for row in rows if row["recorded_at"] > started} == {"quick"}


async def test_snapshot_in_a_transaction_with_an_older_picture_is_refused(db: Database) -> None:
    async with db.read() as session:
        with pytest.raises(RuntimeError, match="READ COMMITTED"):
            await take_snapshot(await driver(session), JOURNAL)


async def test_figure_is_read_from_the_snapshot_and_not_added_up_again(
    made: tuple[Database, DatabaseUrls],
) -> None:
    db, urls = made
    async with db.begin() as session:
        await create(await driver(session), "h", [some_stay()])
    await wait_until_settled(db)
    assert await snapshot(db) is not None
    query = Query("entries", Period.parse("2024"), await now(db))
    # Negative control of every test that compares: a wrong snapshot is seen in the figure.
    await as_owner(urls, "update fact_sum set amount = 7 where measure = 'entries'")
    assert await values(db, query) == ({(): 7}, 7)
    assert await values(db, query, snapshots=False) == ({(): 1}, 1)
