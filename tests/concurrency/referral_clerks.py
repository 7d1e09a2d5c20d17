"""Those who refer people through outreach, and those who answer in participants."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

from tests.concurrency.referral_courses import Answer, Correction, Course, moved
from tests.concurrency.referral_storm import SECONDS, Clerk


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
    async with asyncio.timeout(2 * SECONDS):
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
