"""The single place that commits: what it promises, attacked."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

import asyncpg
import pytest
from sqlalchemy import Column, Integer, Table, Text, insert, select, text
from sqlalchemy.exc import DBAPIError

from shared.db import Database, driver
from shared.schema import service_metadata

if TYPE_CHECKING:
    from shared.db import Connection
    from tests.conftest import ScratchDatabase

metadata = service_metadata()
note = Table("note", metadata, Column("id", Integer, primary_key=True), Column("body", Text))

AT_COMMIT = [
    (
        "create function refuse() returns trigger language plpgsql as "
        "$$ begin if new.body = 'bad' then raise exception 'refused at commit'; end if; "
        "return null; end $$"
    ),
    (
        "create constraint trigger note_refuse after insert on note deferrable initially deferred "
        "for each row execute function refuse()"
    ),
]


@pytest.fixture
async def db(scratch_database: ScratchDatabase) -> Database:
    database, _ = await scratch_database(metadata, ddl=AT_COMMIT)
    return database


async def bodies(db: Database) -> list[str]:
    async with db.read() as session:
        return list(await session.scalars(select(note.c.body).order_by(note.c.id)))


async def test_commits_when_the_block_ends(db: Database) -> None:
    async with db.begin() as session:
        await session.execute(insert(note).values(id=1, body="a"))
    assert await bodies(db) == ["a"]


async def test_rolls_back_when_the_block_raises(db: Database) -> None:
    with pytest.raises(RuntimeError):
        async with db.begin() as session:
            await session.execute(insert(note).values(id=1, body="a"))
            raise RuntimeError
    assert await bodies(db) == []


async def test_session_and_driver_share_one_transaction(db: Database) -> None:
    with pytest.raises(RuntimeError):
        async with db.begin() as session:
            await session.execute(insert(note).values(id=1, body="session"))
            conn = await driver(session)
            assert await conn.fetchval("select count(*) from note") == 1
            await conn.execute("insert into note values (2, 'driver')")
            raise RuntimeError
    assert await bodies(db) == []


async def test_a_stray_commit_elsewhere_commits_nothing(db: Database) -> None:
    with pytest.raises(RuntimeError):
        async with db.begin() as session:
            await session.execute(insert(note).values(id=1, body="a"))
            await session.commit()
            raise RuntimeError
    assert await bodies(db) == []


async def test_a_commit_that_fails_is_raised_from_the_block(db: Database) -> None:
    with pytest.raises(asyncpg.RaiseError, match="refused at commit"):
        async with db.begin() as session:
            await session.execute(insert(note).values(id=1, body="bad"))
    assert await bodies(db) == []


async def swallowed(conn: Connection, number: int) -> None:
    """Write a row, fail at the next statement, and tell nobody."""
    await conn.execute("insert into note values ($1, 'a')", number)
    with suppress(asyncpg.DivisionByZeroError):
        await conn.execute("select 1 / 0")


async def test_a_transaction_that_was_aborted_unnoticed_is_no_success(db: Database) -> None:
    with pytest.raises(asyncpg.InFailedSQLTransactionError):
        async with db.begin() as session:
            await swallowed(await driver(session), 1)
    async with db.begin() as session:
        await session.execute(insert(note).values(id=2, body="the connection serves on"))
    assert await bodies(db) == ["the connection serves on"]


async def test_the_same_of_a_session_that_sqlalchemy_writes_through(db: Database) -> None:
    with pytest.raises(asyncpg.InFailedSQLTransactionError):
        async with db.begin() as session:
            await session.execute(insert(note).values(id=1, body="a"))
            with suppress(DBAPIError):
                await session.execute(text("select 1 / 0"))
    assert await bodies(db) == []


async def test_an_error_inside_a_savepoint_aborts_no_more_than_that(db: Database) -> None:
    async with db.begin() as session:
        conn = await driver(session)
        await conn.execute("insert into note values (1, 'a')")
        with suppress(asyncpg.DivisionByZeroError):
            async with conn.transaction():
                await conn.execute("select 1 / 0")
    assert await bodies(db) == ["a"]


async def test_a_connection_of_ones_own_reports_no_success_either(db: Database) -> None:
    conn = await db.connect()
    with pytest.raises(asyncpg.InFailedSQLTransactionError):
        async with conn.transaction():
            await swallowed(conn, 1)
    await conn.close()
    assert await bodies(db) == []


async def test_the_driver_alone_takes_the_aborted_transaction_for_committed(
    scratch_database: ScratchDatabase,
) -> None:
    """Negative control: without ours nothing is raised, and nothing is stored."""
    database, urls = await scratch_database(metadata)
    conn = await asyncpg.connect(urls.app)
    async with conn.transaction():
        await swallowed(conn, 1)
    await conn.close()
    assert await bodies(database) == []


async def test_a_read_session_cannot_write(db: Database) -> None:
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        async with db.read() as session:
            await (await driver(session)).execute("insert into note values (1, 'a')")


async def test_a_read_session_sees_one_picture(db: Database) -> None:
    async with db.read() as reading:
        assert await reading.scalar(text("select count(*) from note")) == 0
        async with db.begin() as writing:
            await writing.execute(insert(note).values(id=1, body="a"))
        assert await reading.scalar(text("select count(*) from note")) == 0


async def test_connections_that_died_in_the_pool_cost_no_caller_an_error(db: Database) -> None:
    async def one(number: int) -> None:
        async with db.begin() as session:
            await session.execute(insert(note).values(id=number, body="a"))

    await asyncio.gather(*(one(number) for number in range(8)))
    killer = await db.connect()
    await killer.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity "
        "where datname = current_database() and pid <> pg_backend_pid()"
    )
    await killer.close()
    await asyncio.gather(*(one(number) for number in range(8, 16)))
    assert len(await bodies(db)) == 16


async def test_cancelled_callers_leave_no_connection_behind(db: Database) -> None:
    async def slow() -> None:
        async with db.begin() as session:
            await session.execute(text("select pg_sleep(30)"))

    for _ in range(3):
        callers = [asyncio.create_task(slow()) for _ in range(24)]
        while db.engine.pool.checkedout() < 24:  # type: ignore[attr-defined]  # QueuePool has it
            await asyncio.sleep(0.01)
        for caller in callers:
            caller.cancel()
        await asyncio.gather(*callers, return_exceptions=True)
    assert db.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    assert await bodies(db) == []
