"""Reads and changes of persons are logged, and tampering with the log shows."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from shared import access_log
from shared.access_log import Head, heads, of_subject, record, verify
from shared.auth import Caller
from shared.db import driver
from tests.conftest import POOL_SIZE
from tests.shared.sample import owner

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.shared.conftest import Sample

CLERK = Caller("clerk-1", frozenset(), "*")
PERSON, OTHER = UUID(int=1), UUID(int=2)


@pytest.fixture
async def attacker(sample: Sample) -> AsyncIterator[asyncpg.Connection[Any]]:
    """Twenty lines in one chain, and the owner of the table, who may do anything."""
    for number in range(20):
        async with sample.db.begin() as session:
            await record(await driver(session), CLERK, f"GET /persons/{number}", [PERSON])
    conn = await owner(sample.urls)
    assert await verify(conn) is None
    yield conn
    await conn.close()


ATTACKS = {
    "edit the actor": ("altered", "update access_log set actor = 'x' where seq = 7"),
    "edit the persons": (
        "altered",
        f"update access_log set subjects = '{{{OTHER}}}' where seq = 7",
    ),
    "edit the instant": (
        "altered",
        "update access_log set recorded_at = recorded_at + interval '1 us' where seq = 7",
    ),
    "edit the route": ("altered", "update access_log set route = 'GET /units' where seq = 20"),
    "edit the hash": ("altered", "update access_log set hash = sha256('x') where seq = 7"),
    "delete one": ("missing", "delete from access_log where seq = 7"),
    "delete the first": ("missing", "delete from access_log where seq = 1"),
    "delete one and close the gap": (
        "altered",
        (
            "delete from access_log where seq = 7;"
            " update access_log set seq = seq - 100 where seq > 7;"
            " update access_log set seq = seq + 99 where seq < 0"
        ),
    ),
    "insert one at the end": (
        "altered",
        (
            "insert into access_log select stream, 21, recorded_at, actor, route, purpose,"
            " trace_id, subjects, hash from access_log where seq = 20"
        ),
    ),
    "insert one between": (
        "altered",
        (
            "update access_log set seq = -seq where seq > 7;"
            " update access_log set seq = -seq + 1 where seq < 0;"
            " insert into access_log select stream, 8, recorded_at, actor, route, purpose,"
            " trace_id, subjects, hash from access_log where seq = 7"
        ),
    ),
    "reorder": (
        "altered",
        (
            "update access_log set seq = 100 where seq = 7; update access_log set seq = 7 where"
            " seq = 8; update access_log set seq = 8 where seq = 100"
        ),
    ),
    "cut the tail": ("cut", "delete from access_log where seq > 15"),
    "remove everything": ("cut", "delete from access_log"),
    "remove the head": ("cut", "delete from access_log_head"),
    "turn the head back": ("cut", "update access_log_head set seq = 19"),
}


@pytest.mark.parametrize("attack", ATTACKS)
async def test_tampering_is_found(attacker: asyncpg.Connection[Any], attack: str) -> None:
    reason, statement = ATTACKS[attack]
    await attacker.execute(statement)
    broken = await verify(attacker)
    assert broken is not None
    assert broken.reason == reason


async def rewrite(conn: asyncpg.Connection[Any], *, keep: int) -> None:
    """Cut the tail and turn the head back with it, as who owns both can."""
    await conn.execute("delete from access_log where seq > $1", keep)
    await conn.execute(
        "update access_log_head h set seq = $1, hash = (select hash from access_log l"
        " where l.stream = h.stream and l.seq = $1)",
        keep,
    )


async def test_head_kept_elsewhere_finds_what_the_table_cannot(
    attacker: asyncpg.Connection[Any],
) -> None:
    kept = await heads(attacker)
    await rewrite(attacker, keep=15)
    assert await verify(attacker) is None, "the control: inside the database nothing shows"
    broken = await verify(attacker, kept)
    assert broken is not None
    assert (broken.seq, broken.reason) == (16, "cut")


async def test_chain_written_anew_is_found_by_a_kept_head(
    attacker: asyncpg.Connection[Any], sample: Sample
) -> None:
    kept = await heads(attacker)
    await attacker.execute("delete from access_log; delete from access_log_head")
    for number in range(25):
        async with sample.db.begin() as session:
            await record(await driver(session), CLERK, f"GET /persons/{number}", [OTHER])
    assert await verify(attacker) is None
    broken = await verify(attacker, kept)
    assert broken is not None
    assert broken.reason == "rewritten"


async def test_chain_that_grew_still_passes_through_a_kept_head(
    attacker: asyncpg.Connection[Any], sample: Sample
) -> None:
    kept = await heads(attacker)
    async with sample.db.begin() as session:
        await record(await driver(session), CLERK, "GET /persons", [PERSON])
    assert await verify(attacker, kept) is None
    assert await verify(attacker, {99: Head(1, b"x")}) is not None


async def test_service_cannot_change_its_own_log(sample: Sample) -> None:
    async with sample.db.begin() as session:
        await record(await driver(session), CLERK, "GET /persons", [PERSON])
    for statement in (
        "update access_log set actor = 'x'",
        "delete from access_log",
        "truncate access_log",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with sample.db.begin() as session:
                await (await driver(session)).execute(statement)


async def test_concurrent_writers_make_one_chain(sample: Sample) -> None:
    places = asyncio.Semaphore(POOL_SIZE)  # waiting for one is no part of the race

    async def write(number: int) -> None:
        caller = Caller(f"clerk-{number % 3}", frozenset(), "*")
        async with places, sample.db.begin() as session:
            await record(await driver(session), caller, "GET /persons", [PERSON])

    await asyncio.gather(*(write(number) for number in range(120)))
    async with sample.db.read() as session:
        conn = await driver(session)
        assert await verify(conn) is None
        assert await conn.fetchval("select count(*) from access_log") == 120
        assert sum(head.seq for head in (await heads(conn)).values()) == 120


async def test_line_lives_and_dies_with_its_transaction(sample: Sample) -> None:
    with pytest.raises(RuntimeError):
        async with sample.db.begin() as session:
            await record(await driver(session), CLERK, "GET /persons", [PERSON])
            raise RuntimeError
    async with sample.db.read() as session:
        conn = await driver(session)
        assert await conn.fetchval("select count(*) from access_log") == 0
        assert await verify(conn) is None


async def test_reading_a_person_is_logged_before_the_answer(sample: Sample) -> None:
    made = await sample.calls.post(
        "/things", json={"name": "a"}, headers={"Idempotency-Key": uuid4().hex}
    )
    person = UUID(made.json()["id"])
    answer = await sample.calls.get(f"/things/{person}")
    assert answer.status_code == 200
    async with sample.db.read() as session:
        lines, total = await of_subject(await driver(session), person, limit=10, offset=0)
    assert total == 1
    assert (lines[0].actor, lines[0].route) == ("test-clerk", "GET /things/{thingId}")
    assert lines[0].trace_id == answer.headers["traceparent"].split("-")[1]


async def test_no_answer_is_given_when_the_log_cannot_be_written(sample: Sample) -> None:
    made = await sample.calls.post(
        "/things", json={"name": "a"}, headers={"Idempotency-Key": uuid4().hex}
    )
    conn = await owner(sample.urls)
    await conn.execute("revoke insert on access_log from scratch")
    await conn.close()
    answer = await sample.calls.get(f"/things/{made.json()['id']}")
    assert answer.status_code == 500
    assert "name" not in answer.json()


async def test_nobody_is_logged_for_nobody(sample: Sample) -> None:
    async with sample.db.begin() as session:
        await record(await driver(session), CLERK, "GET /persons", [])
    missing = await sample.calls.get(f"/things/{uuid4()}")
    assert missing.status_code == 404
    async with sample.db.read() as session:
        assert await (await driver(session)).fetchval("select count(*) from access_log") == 0


async def test_lines_of_a_person_come_newest_first_in_pages(sample: Sample) -> None:
    for number in range(5):
        async with sample.db.begin() as session:
            caller = Caller(f"clerk-{number}", frozenset(), "*")
            await record(await driver(session), caller, "GET /persons", [PERSON, OTHER, PERSON])
    async with sample.db.read() as session:
        lines, total = await of_subject(await driver(session), OTHER, limit=2, offset=1)
    assert total == 5
    assert [line.actor for line in lines] == ["clerk-3", "clerk-2"]
    assert lines[0].subjects == (PERSON, OTHER)


def test_streams_are_bounded() -> None:
    assert access_log.STREAMS == 16
