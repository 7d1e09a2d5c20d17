from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from shared import basis as basis_module
from shared.basis import (
    MARGIN,
    BasisNotSettled,
    BasisUnavailable,
    reading_at,
    settled_at,
    settled_basis,
    wait_until_settled,
)
from shared.db import driver
from tests.shared.counting import create, metadata, some_stay

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from shared.db import Connection, Database
    from tests.conftest import NewDatabase, ScratchDatabase
    from tests.servers import DatabaseUrls, Servers

NOTHING = timedelta(0)


@pytest.fixture
async def made(scratch_database: ScratchDatabase) -> tuple[Database, DatabaseUrls]:
    return await scratch_database(metadata)


@pytest.fixture
def db(made: tuple[Database, DatabaseUrls]) -> Database:
    return made[0]


@pytest.fixture
async def own(db: Database) -> AsyncIterator[asyncpg.Connection[Any]]:
    """A session that asks, outside any transaction."""
    conn = await db.connect()
    yield conn
    await conn.close()


@asynccontextmanager
async def _writing(db: Database) -> AsyncIterator[datetime]:
    """Keep a transaction open that has recorded a stay; give its start."""
    async with db.begin() as session:
        conn = await driver(session)
        await create(conn, "h", [some_stay()])
        started: datetime = await conn.fetchval("select now()")
        yield started


async def _count(conn: Connection, basis: datetime) -> int:
    count: int = await conn.fetchval("select count(*) from stay where recorded_at <= $1", basis)
    return count


async def test_settled_without_writers_is_now_less_the_margin(
    own: asyncpg.Connection[Any],
) -> None:
    before = await own.fetchval("select clock_timestamp()")
    settled = await settled_at(own)
    after = await own.fetchval("select clock_timestamp()")
    assert before <= settled + MARGIN <= after


async def test_settled_with_a_writer_is_not_after_its_start(
    db: Database, own: asyncpg.Connection[Any]
) -> None:
    async with _writing(db) as started:
        assert await settled_at(own, margin=NOTHING) == started
        assert await settled_at(own) == started - MARGIN
    assert await settled_at(own, margin=NOTHING) > started


async def test_settled_counts_the_oldest_of_several_and_those_that_only_wait(
    db: Database, own: asyncpg.Connection[Any]
) -> None:
    async with db.begin() as idle:
        began: datetime = await (await driver(idle)).fetchval("select now()")
        async with _writing(db):
            assert await settled_at(own, margin=NOTHING) == began


async def test_settled_counts_a_statement_that_is_its_own_transaction(
    db: Database, own: asyncpg.Connection[Any]
) -> None:
    other, blocker = await db.connect(), await db.connect()
    try:
        await blocker.execute("select pg_advisory_lock(1)")
        statement = asyncio.create_task(
            other.execute(
                "insert into fact (measure, happened_on, amount, record_kind, record_id, reason)"
                " select 'm', '2024-01-01', 1, 'stay', uuidv7(), 'r' from pg_advisory_lock(1)"
            )
        )
        async with asyncio.timeout(10):
            waits = (
                "select count(*) from pg_locks l join pg_database d"
                " on d.oid = l.database and d.datname = current_database()"
                " where not l.granted and l.locktype = 'advisory'"
            )
            while not await own.fetchval(waits):
                await asyncio.sleep(0.005)
        settled = await settled_at(own, margin=NOTHING)
        await blocker.execute("select pg_advisory_unlock(1)")
        await statement
        assert settled == await own.fetchval("select recorded_at from fact")
    finally:
        await other.close()
        await blocker.close()


async def test_settled_of_a_reader_leaves_itself_out_and_no_other(
    db: Database, own: asyncpg.Connection[Any]
) -> None:
    async with db.read() as session:
        conn = await driver(session)
        began: datetime = await conn.fetchval("select now()")
        assert await settled_at(conn, margin=NOTHING) > began
        assert await settled_at(own, margin=NOTHING) == began


async def test_settled_of_a_writer_counts_itself(db: Database) -> None:
    async with db.begin() as session:
        conn = await driver(session)
        assert await settled_at(conn, margin=NOTHING) == await conn.fetchval("select now()")


async def test_settled_asked_twice_in_one_transaction_sees_writers_that_came_between(
    db: Database,
) -> None:
    async with db.read() as session:
        conn = await driver(session)
        await settled_at(conn)
        async with _writing(db) as started:
            assert await settled_at(conn, margin=NOTHING) <= started


async def test_settled_by_a_list_kept_from_before_misses_the_writer(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    stale = basis_module._SETTLED.replace("pg_stat_clear_snapshot()", "null")
    monkeypatch.setattr(basis_module, "_SETTLED", stale)
    async with db.read() as session:
        conn = await driver(session)
        await settled_at(conn)
        async with _writing(db) as started:
            assert await settled_at(conn, margin=NOTHING) > started


async def test_settled_is_not_held_back_by_another_database(
    own: asyncpg.Connection[Any], new_database: NewDatabase
) -> None:
    other = await asyncpg.connect((await new_database(None)).app)
    try:
        async with other.transaction():
            began = await other.fetchval("select now()")
            assert await settled_at(own, margin=NOTHING) > began
    finally:
        await other.close()


async def test_settled_cannot_see_the_owner_who_therefore_cannot_record(
    made: tuple[Database, DatabaseUrls], own: asyncpg.Connection[Any]
) -> None:
    owner = await asyncpg.connect(made[1].owner)
    try:
        async with owner.transaction():
            began = await owner.fetchval("select now()")
            assert await settled_at(own, margin=NOTHING) > began
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                async with owner.transaction():
                    await owner.execute(
                        "insert into fact (measure, happened_on, amount, record_kind, record_id,"
                        " reason) values ('m', '2024-01-01', 1, 'stay', uuidv7(), 'r')"
                    )
    finally:
        await owner.close()


@pytest.mark.parametrize(
    "shadow",
    [
        "create function public.pg_is_in_recovery() returns bool language sql as 'select true'",
        "create view public.pg_prepared_xacts as select current_database() as database",
    ],
)
async def test_settled_on_a_replica_or_beside_a_prepared_transaction_is_refused(
    made: tuple[Database, DatabaseUrls], own: asyncpg.Connection[Any], shadow: str
) -> None:
    owner = await asyncpg.connect(made[1].owner)
    await owner.execute(shadow)
    if "view" in shadow:
        await owner.execute("grant select on public.pg_prepared_xacts to public")
    await owner.close()
    await settled_at(own)  # what the server itself says
    await own.execute("set search_path = public, pg_catalog")
    with pytest.raises(BasisUnavailable):
        await settled_at(own)


async def test_settled_where_starts_of_transactions_are_not_shown_is_refused(
    made: tuple[Database, DatabaseUrls], servers: Servers
) -> None:
    db, urls = made
    name = urls.app.rpartition("/")[2]
    admin = await asyncpg.connect(servers.admin_url)
    await admin.execute(f"alter database {name} set track_activities = off")
    await admin.close()
    blind = await db.connect()
    try:
        with pytest.raises(BasisUnavailable):
            await settled_at(blind)
    finally:
        await blind.close()


async def test_basis_later_than_settled_is_refused_and_accepted_later(db: Database) -> None:
    async with _writing(db) as started:
        with pytest.raises(BasisNotSettled) as refused:
            await settled_basis(db, started)
        assert refused.value.headers["Retry-After"] == "1"
        assert "settled_at" in refused.value.extensions
    await wait_until_settled(db, started)
    assert await settled_basis(db, started) == started


async def test_basis_once_settled_is_accepted_whatever_is_open(db: Database) -> None:
    settled = await wait_until_settled(db)
    async with _writing(db):
        assert await settled_basis(db, settled) == settled


async def test_writer_that_began_before_the_basis_and_committed_after_it_is_included(
    db: Database,
) -> None:
    async with _writing(db) as started:
        async with reading_at(db) as (session, early):
            assert early < started
            assert await _count(await driver(session), early) == 0
        with pytest.raises(BasisNotSettled):
            async with reading_at(db, started):
                pass
    await wait_until_settled(db, started)
    async with reading_at(db) as (session, late):
        assert late >= started
        assert await _count(await driver(session), late) == 1
    async with reading_at(db, early) as (session, _):
        assert await _count(await driver(session), early) == 0


async def test_reading_after_asking_inside_an_older_picture_would_miss_a_commit(
    db: Database,
) -> None:
    """Why `reading_at` settles the basis first: the negative control of its order."""
    async with db.read() as session:
        conn = await driver(session)
        async with _writing(db) as started:
            await conn.fetchval("select 1")  # the picture is taken here
        settled = await settled_at(conn, margin=NOTHING)
        assert settled > started
        missed = await _count(conn, settled)
    async with reading_at(db, await wait_until_settled(db, settled)) as (session, _):
        assert (missed, await _count(await driver(session), settled)) == (0, 1)


async def test_waiting_for_a_writer_that_stays_gives_up(db: Database) -> None:
    async with _writing(db):
        with pytest.raises(TimeoutError):
            await wait_until_settled(db, within=0.3)
