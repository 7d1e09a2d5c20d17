from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.db import driver
from shared.records import BUMP, RecordVersion, keep_version, record_as_of, record_history
from tests.shared.counting import Stay, create, metadata, some_stay

if TYPE_CHECKING:
    from shared.db import Connection, Database
    from tests.conftest import ScratchDatabase
    from tests.servers import DatabaseUrls


@pytest.fixture
async def made(scratch_database: ScratchDatabase) -> tuple[Database, DatabaseUrls]:
    return await scratch_database(metadata)


@pytest.fixture
def db(made: tuple[Database, DatabaseUrls]) -> Database:
    return made[0]


async def _now(db: Database) -> datetime:
    async with db.read() as session:
        now: datetime = await (await driver(session)).fetchval("select clock_timestamp()")
    return now


async def _made(db: Database, *stays: Stay) -> None:
    async with db.begin() as session:
        await create(await driver(session), "h", stays)


async def _cost(conn: Connection, one: Stay, cost: int, *, reason: str = "corrected") -> None:
    assert await keep_version(conn, "stay", [one.id], reason=reason, by="clerk") == 1
    await conn.execute(f"update stay set cost = $2, {BUMP} where id = $1", one.id, cost)


async def _said(db: Database, record_id: UUID, basis: datetime) -> RecordVersion | None:
    async with db.read() as session:
        return await record_as_of(await driver(session), "stay", record_id, basis)


async def _history(db: Database, record_id: UUID) -> list[RecordVersion]:
    async with db.read() as session:
        return await record_history(await driver(session), "stay", record_id)


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.lists(st.integers(0, 1000), min_size=1, max_size=3), max_size=6))
async def test_record_as_of_any_basis_says_what_it_said_then(
    db: Database, transactions: list[list[int]]
) -> None:
    one = some_stay(cost=-1)
    before = await _now(db)
    await _made(db, one)
    past = [(await _now(db), -1)]
    for costs in transactions:
        async with db.begin() as session:
            conn = await driver(session)
            for cost in costs:
                await _cost(conn, one, cost)
        past.append((await _now(db), costs[-1]))
    assert await _said(db, one.id, before) is None
    for basis, cost in past:
        said = await _said(db, one.id, basis)
        assert said is not None
        assert said.body["cost"] == cost
    history = await _history(db, one.id)
    assert [each.version for each in history] == list(range(1, sum(map(len, transactions)) + 2))
    assert history[-1].superseded_at is None
    for earlier, later in pairwise(history):
        assert earlier.superseded_at == later.recorded_at > earlier.recorded_at


async def test_keep_version_notes_who_and_why(db: Database) -> None:
    one = some_stay(cost=5)
    await _made(db, one)
    async with db.begin() as session:
        await _cost(await driver(session), one, 7, reason="typed twice")
    first, second = await _history(db, one.id)
    assert (first.kind, first.version, first.reason, first.by) == (
        "stay",
        1,
        "typed twice",
        "clerk",
    )
    assert (first.body["cost"], second.body["cost"]) == (5, 7)
    assert (second.reason, second.by, second.superseded_at) == (None, None, None)
    assert set(first.body) == {column.name for column in metadata.tables["stay"].columns}


async def test_keep_version_of_many_keeps_each_and_passes_over_the_unknown(db: Database) -> None:
    stays = [some_stay() for _ in range(300)]
    await _made(db, *stays)
    async with db.begin() as session:
        ids = [each.id for each in stays]
        conn = await driver(session)
        kept = await keep_version(
            conn, "stay", [*ids, some_stay().id, ids[0]], reason="all", by="clerk"
        )
    assert kept == 300


async def test_keep_version_after_a_change_without_bump_is_refused(db: Database) -> None:
    one = some_stay()
    await _made(db, one)
    with pytest.raises(asyncpg.UniqueViolationError):
        async with db.begin() as session:
            conn = await driver(session)
            await keep_version(conn, "stay", [one.id], reason="r", by="clerk")
            await conn.execute("update stay set cost = 9")
            await keep_version(conn, "stay", [one.id], reason="r", by="clerk")


async def test_changes_of_one_record_at_once_follow_each_other(db: Database) -> None:
    one = some_stay(cost=0)
    await _made(db, one)

    async def add_one() -> None:
        async with db.begin() as session:
            conn = await driver(session)
            await keep_version(conn, "stay", [one.id], reason="r", by="clerk")
            await conn.execute(f"update stay set cost = cost + 1, {BUMP} where id = $1", one.id)

    await asyncio.gather(*(add_one() for _ in range(12)))
    history = await _history(db, one.id)
    assert [(each.version, each.body["cost"]) for each in history] == [
        (version, version - 1) for version in range(1, 14)
    ]
    recorded = [each.recorded_at for each in history]
    assert recorded == sorted(set(recorded))


async def test_change_by_an_older_transaction_comes_after_what_it_changes(db: Database) -> None:
    one = some_stay(cost=1)
    async with db.begin() as session:
        older = await driver(session)
        began: datetime = await older.fetchval("select now()")
        await _made(db, one)
        await _cost(older, one, 2)
    first, second = await _history(db, one.id)
    assert began < first.recorded_at
    assert second.recorded_at == first.recorded_at + timedelta(microseconds=1)
    said = await _said(db, one.id, first.recorded_at)
    assert said is not None
    assert said.body["cost"] == 1


_BACK_DATED = (
    "insert into record_version select kind, record_id, 99, recorded_at, "
    "now() - interval '1 second', reason, by, body from record_version"
)


@pytest.mark.parametrize(
    "sql",
    [
        "update record_version set reason = 'other'",
        "delete from record_version",
        "truncate record_version",
        _BACK_DATED,
    ],
)
async def test_change_of_kept_versions_is_refused(
    made: tuple[Database, DatabaseUrls], sql: str
) -> None:
    db, urls = made
    one = some_stay()
    await _made(db, one)
    async with db.begin() as session:
        await _cost(await driver(session), one, 2)
    before = await _history(db, one.id)
    with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.CheckViolationError)):
        async with db.begin() as session:
            await (await driver(session)).execute(sql)
    owner: asyncpg.Connection[Any] = await asyncpg.connect(urls.owner)
    try:
        with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.CheckViolationError)):
            await owner.execute(sql)
        assert await _history(db, one.id) == before
        await owner.execute("drop trigger record_version_append_only on record_version")
        await owner.execute("delete from record_version")
    finally:
        await owner.close()
    assert len(await _history(db, one.id)) == 1


async def test_table_name_that_is_no_name_is_refused(db: Database) -> None:
    async with db.begin() as session:
        with pytest.raises(ValueError, match="plain SQL identifier"):
            await keep_version(
                await driver(session), "stay; drop table stay", [], reason="r", by="b"
            )
