"""Referrals made while participants is down, its worker killed, every message twice and shuffled.

Outreach and participants run as they do in the city: an API and a worker each, as processes of
their own, over real databases and queues. Between them stands a post that brings everything
twice and out of order. ``JARVA_EFFORT=25`` makes it the storm of a thousand.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from random import Random
from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg
import pytest
import redis.asyncio as redis

from shared.basis import wait_until_settled
from shared.clock import rfc3339
from shared.db import Database, driver
from shared.queue import Queue
from tests.concurrency.referral_clerks import answer_all, make
from tests.concurrency.referral_courses import (
    UNIT,
    Course,
    courses,
    differences,
    found,
    unanswered,
)
from tests.concurrency.referral_storm import (
    KILLS,
    REFERRALS,
    SECONDS,
    SEED,
    Clerk,
    House,
    Storm,
    environment,
    until,
)
from tests.concurrency.storm_processes import Guard
from tests.concurrency.unreliable_post import Post
from tests.participants.conftest import key

if TYPE_CHECKING:
    from tests.servers import DatabaseUrls
    from tests.tokens import Issuer

pytestmark = pytest.mark.timeout(5 * SECONDS)

FEW = 8

_PLACES = (
    f"""insert into unit (code, name, kind, ownership, district, valid_from)
        values ('{UNIT}', 'Jobbtorg', 'jobbtorg', 'own', 'jarva', '2020-01-01')""",
    f"""insert into programme (code, name, kind, valid_from)
        values ('{UNIT}', 'Jobbtorg', 'jobbtorg', '2020-01-01')""",
)
_PEOPLE = """
    insert into person (identity_number_sealed, identity_number_hash, birth_date, sex)
    select int2send(1::int2) || int4send(n), int2send(1::int2) || int4send(n), '1990-01-01', 'women'
    from generate_series(1, $1::int) n
    returning id
"""


@pytest.fixture
async def far_redis_url(redis_url: str) -> AsyncIterator[str]:
    """Another empty Valkey database of this worker's own."""
    root, _, number = redis_url.rpartition("/")
    url = f"{root}/{int(number) + 128}"
    async with redis.Redis.from_url(url) as client:
        await client.flushdb()
        yield url
        await client.flushdb()


@pytest.fixture
def outreach(
    outreach_urls: DatabaseUrls, outreach_db: Database, redis_url: str, issuer: Issuer
) -> House:
    settings = environment(outreach_urls, "outreach", redis_url, issuer)
    return House("outreach", outreach_db, Queue.connect(redis_url), outreach_urls, settings, issuer)


@pytest.fixture
def participants(
    participants_urls: DatabaseUrls, participants_db: Database, far_redis_url: str, issuer: Issuer
) -> House:
    settings = environment(participants_urls, "participants", far_redis_url, issuer)
    for name, byte in (("SEAL", 1), ("INDEX", 2)):
        settings[f"PARTICIPANTS_{name}_KEYS"] = f'{{"1": "{key(byte).get_secret_value()}"}}'
    return House(
        "participants",
        participants_db,
        Queue.connect(far_redis_url),
        participants_urls,
        settings,
        issuer,
    )


@pytest.fixture
async def storm(outreach: House, participants: House) -> AsyncIterator[Storm]:
    houses, chance = (outreach, participants), Random(SEED)
    post = Post({house.service: house.queue for house in houses}, chance)
    yield Storm(outreach, participants, post, chance)
    for house in houses:
        house.end()
    await post.stop()


async def people(db: Database, many: int) -> list[UUID]:
    """Let participants know people, and a unit and programme to refer them to."""
    async with db.begin() as session:
        conn = await driver(session)
        for statement in _PLACES:
            await conn.execute(statement)
        return [row["id"] for row in await conn.fetch(_PEOPLE, many)]


async def by_state(clerk: Clerk, db: Database) -> dict[str, int]:
    """Return the figure of referrals as it is now."""
    basis = rfc3339(await wait_until_settled(db))
    figure = await clerk.read("/figures/referrals", period="2024", by="state", basis=basis)
    return {row["state"]: row["value"] for row in figure["rows"]}


async def faults(storm: Storm, made: dict[UUID, Course]) -> dict[str, list[UUID]]:
    """Return which referrals did not end as planned, in either service."""
    planned = {referral: course.fate for referral, course in made.items()}
    return differences(planned, await found(storm.outreach.db, storm.participants.db))


# ----------------------------------------------------------------------------------------- tests


async def test_every_referral_comes_to_its_end_in_both_services(storm: Storm) -> None:
    began = time.monotonic()
    outreach, participants = storm.houses
    known = await people(participants.db, REFERRALS)
    wanted = courses(known, storm.chance)
    async with AsyncExitStack() as stack:
        reaching = Clerk(await stack.enter_async_context(outreach.calls()), "/outreach/v1")
        await outreach.open_api()
        outreach.start_worker()
        storm.post.start()
        made = await make(reaching, wanted)
        assert len(made) == len(wanted)

        receiving = Clerk(await stack.enter_async_context(participants.calls()), "/participants/v1")
        await participants.open_api()
        participants.start_worker()
        answered = asyncio.Event()
        async with asyncio.TaskGroup() as together:
            together.create_task(storm.kill_workers(KILLS, answered))
            await answer_all(receiving, made)
            answered.set()
        await until(storm.calm)
        figures = await by_state(reaching, outreach.db)
    took = time.monotonic() - began
    sys.stdout.write(f"\nseed {SEED}: {len(made)} referrals in {took:.1f} s\n{storm.told()}\n")
    assert await faults(storm, made) == {}
    assert await storm.dead_letters() == 0
    assert all(house.killed["kills"] for house in storm.houses)
    states = [course.fate.state for course in made.values()]
    assert figures == {state: states.count(state) for state in set(states)}


async def test_control_without_the_inbox_referrals_wait_twice(storm: Storm) -> None:
    """With every other guard taken away, the inbox alone gives each referral one wait."""
    outreach, participants = storm.houses
    owner = await asyncpg.connect(participants.urls.owner)
    await owner.execute(
        "alter table pending_enrolment drop constraint pending_enrolment_referral_id_key"
    )
    await owner.close()
    known = await people(participants.db, 2 * FEW)
    wanted = [unanswered(person) for person in known]
    await outreach.open_api()
    outreach.start_worker()
    storm.post.start()
    async with outreach.calls() as calls:
        reaching = Clerk(calls, "/outreach/v1")
        participants.start_worker(Guard.HANDLER)
        made = await make(reaching, wanted[:FEW])
        await until(storm.calm)
        assert await faults(storm, made) == {}
        await participants.kill_worker()

        participants.start_worker(Guard.HANDLER, Guard.INBOX)
        made |= await make(reaching, wanted[FEW:])

        async def some_wait_twice() -> bool:
            return "2 pending" in await faults(storm, made)

        await until(some_wait_twice)
