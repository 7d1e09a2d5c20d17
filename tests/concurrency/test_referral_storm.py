"""Referrals made while participants is down, its worker killed, every message twice and shuffled.

Outreach and participants run as they do in the city: an API and a worker each, as processes of
their own, over real databases and queues. Between them stands a post that brings everything
twice and out of order. ``JARVA_REFERRALS=1000`` makes it the storm of a thousand.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from random import Random
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
import redis.asyncio as redis

from shared.basis import wait_until_settled
from shared.clock import rfc3339
from shared.db import Database, driver
from shared.queue import Queue
from tests.concurrency.referral_courses import (
    UNIT,
    Answer,
    Correction,
    Course,
    courses,
    differences,
    found,
    moved,
)
from tests.concurrency.referral_storm import (
    REFERRALS,
    SEED,
    Clerk,
    House,
    Storm,
    environment,
    until,
)
from tests.concurrency.unreliable_post import Post
from tests.participants.conftest import key

if TYPE_CHECKING:
    from tests.servers import DatabaseUrls
    from tests.tokens import Issuer

pytestmark = pytest.mark.timeout(400)

CORRECTED = False
"""Whether outreach hears of corrections of enrolments."""

FEW = 24

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
    return House("outreach", outreach_db, Queue.connect(redis_url), settings, issuer)


@pytest.fixture
def participants(
    participants_urls: DatabaseUrls, participants_db: Database, far_redis_url: str, issuer: Issuer
) -> House:
    settings = environment(participants_urls, "participants", far_redis_url, issuer)
    for name, byte in (("SEAL", 1), ("INDEX", 2)):
        settings[f"PARTICIPANTS_{name}_KEYS"] = f'{{"1": "{key(byte).get_secret_value()}"}}'
    return House("participants", participants_db, Queue.connect(far_redis_url), settings, issuer)


@pytest.fixture
async def storm(outreach: House, participants: House) -> AsyncIterator[Storm]:
    houses, chance = (outreach, participants), Random(SEED)
    post = Post({house.service: house.queue for house in houses}, chance)
    yield Storm(outreach, participants, post, chance)
    await post.stop()
    for house in houses:
        house.end()
        await house.queue.close()


async def people(db: Database, many: int) -> list[UUID]:
    """Let participants know people, and a unit and programme to refer them to."""
    async with db.begin() as session:
        conn = await driver(session)
        for statement in _PLACES:
            await conn.execute(statement)
        return [row["id"] for row in await conn.fetch(_PEOPLE, many)]


async def make(clerk: Clerk, wanted: list[Course]) -> dict[UUID, Course]:
    """Make the referrals, many at once; every eighth request is sent twice."""

    async def one(number: int, course: Course) -> UUID:
        sent = uuid4().hex
        times = 2 if number % 8 == 0 else 1
        answers = [clerk.post("/referrals", course.body, key=sent) for _ in range(times)]
        (referral,) = {answer["id"] for answer in await asyncio.gather(*answers)}
        return UUID(referral)

    ids = await asyncio.gather(*(one(number, course) for number, course in enumerate(wanted)))
    return dict(zip(ids, wanted, strict=True))


async def answer_all(clerk: Clerk, made: dict[UUID, Course]) -> None:
    """Answer referrals as they come in, and go on with each of them to its end."""
    asked = (Answer.ACCEPTED, Answer.DECLINED)
    unanswered = {referral for referral, course in made.items() if course.answer in asked}
    following: list[asyncio.Task[None]] = []
    async with asyncio.timeout(200):
        while unanswered:
            waiting = [item async for item in _waiting(clerk)]
            for item in waiting:
                referral = UUID(item["referralId"])
                if referral in unanswered:
                    unanswered.discard(referral)
                    follow = _follow(clerk, item["id"], made[referral])
                    following.append(asyncio.create_task(follow))
            await asyncio.sleep(0.05)
        await asyncio.gather(*following)


async def _waiting(clerk: Clerk) -> AsyncIterator[dict[str, Any]]:
    """Read the whole list; what is answered meanwhile may hide another until the next look."""
    page: int | None = 1
    while page is not None:
        read = await clerk.read("/pending-enrolments", state="pending", limit=200, page=page)
        for item in read["items"]:
            yield item
        page = page + 1 if read["_links"]["next"] else None


async def _follow(clerk: Clerk, pending: str, course: Course) -> None:
    path = f"/pending-enrolments/{pending}"
    if course.answer is Answer.DECLINED:
        await clerk.post(f"{path}/refusals", {"reason": course.reason})
        return
    entry = {"ground": "outreach", "statusAtEntry": "inactive"}
    entry["startedOn"] = course.started_on.isoformat()
    enrolled = await clerk.post(f"{path}/acceptances", entry)
    if course.exited_on is None:
        return
    exit_ = {"exitedOn": course.exited_on.isoformat(), "outcome": course.outcome}
    path = f"/enrolments/{enrolled['id']}"
    exited = await clerk.post(f"{path}/exits", exit_)
    if course.correction is not None:
        await _correct(clerk, path, course, exit_, version=exited["version"])


async def _correct(
    clerk: Clerk, path: str, course: Course, exit_: dict[str, str], *, version: int
) -> None:
    assert course.exited_on is not None
    wrong: dict[str, Any] = {"reason": "Fel uppgift"}
    match course.correction:
        case Correction.START_MOVED:
            wrong["startedOn"] = moved(course.started_on).isoformat()
        case Correction.EXIT_MOVED:
            wrong["exit"] = exit_ | {"exitedOn": moved(course.exited_on).isoformat()}
        case Correction.EXIT_TAKEN_BACK:
            wrong["exit"] = None
        case _:
            await clerk.post(f"{path}/retractions", wrong, version=version)
            return
    await clerk.post(f"{path}/corrections", wrong, version=version)


async def by_state(clerk: Clerk, db: Database) -> dict[str, int]:
    """Return the figure of referrals as it is now."""
    basis = rfc3339(await wait_until_settled(db))
    figure = await clerk.read("/figures/referrals", period="2024", by="state", basis=basis)
    return {row["state"]: row["value"] for row in figure["rows"]}


# ----------------------------------------------------------------------------------------- tests


async def test_every_referral_comes_to_its_end_in_both_services(storm: Storm) -> None:
    began = time.monotonic()
    outreach, participants = storm.houses
    known = await people(participants.db, REFERRALS)
    wanted = courses(known, storm.chance, corrected=CORRECTED)
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
        killing = asyncio.create_task(
            storm.kill_workers(iter([participants, participants, outreach, participants, outreach]))
        )
        await answer_all(receiving, made)
        await killing
        await until(storm.calm)
        figures = await by_state(reaching, outreach.db)
    took = time.monotonic() - began
    sys.stdout.write(f"\nseed {SEED}: {len(made)} referrals in {took:.1f} s\n{storm.told()}\n")
    planned = {referral: course.fate for referral, course in made.items()}
    there = await found(outreach.db, participants.db)
    assert differences(planned, there) == {}
    assert await storm.dead_letters() == 0
    states = [fate.state for fate in planned.values()]
    assert figures == {state: states.count(state) for state in set(states)}
