"""Those who refer people through outreach, and those who answer in participants."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from tests.concurrency.referral_courses import Answer, Correction, Course, moved
from tests.concurrency.referral_storm import SECONDS, Clerk

WITHDRAWAL = {"reason": "made_in_error", "withdrawnOn": "2024-03-05"}


async def make(clerk: Clerk, wanted: list[Course]) -> dict[UUID, Course]:
    """Make the referrals, many at once, and withdraw some; every eighth is sent twice."""

    async def one(number: int, course: Course) -> UUID:
        sent = uuid4().hex
        times = 2 if number % 8 == 0 else 1
        answers = [clerk.post("/referrals", course.body, key=sent) for _ in range(times)]
        (referral,) = {answer["id"] for answer in await asyncio.gather(*answers)}
        if course.answer is Answer.WITHDRAWN:
            await clerk.post(f"/referrals/{referral}/withdrawals", WITHDRAWAL)
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
    waiting = f"/pending-enrolments/{pending}"
    if course.answer is Answer.DECLINED:
        await clerk.post(f"{waiting}/refusals", {"reason": course.reason})
        return
    enrolled = await clerk.post(f"{waiting}/acceptances", entry(course.started_on))
    if course.exited_on is None:
        return
    exit_ = {"exitedOn": course.exited_on.isoformat(), "outcome": course.outcome}
    enrolment = f"/enrolments/{enrolled['id']}"
    exited = await clerk.post(f"{enrolment}/exits", exit_)
    if course.correction is None:
        return
    way = "corrections" if course.correction in _CORRECTED else "retractions"
    await clerk.post(f"{enrolment}/{way}", wrong(course, exit_), version=exited["version"])
    if course.correction is Correction.ENROLLED_ANEW:
        await clerk.post(f"{waiting}/acceptances", entry(moved(course.started_on)))


_CORRECTED = (Correction.START_MOVED, Correction.EXIT_MOVED, Correction.EXIT_TAKEN_BACK)


def entry(started_on: date) -> dict[str, str]:
    """Return what a unit says of somebody whom it enrols."""
    known = {"ground": "outreach", "statusAtEntry": "inactive"}
    return known | {"startedOn": started_on.isoformat()}


def wrong(course: Course, exit_: dict[str, str]) -> dict[str, Any]:
    """Return what was wrong about an enrolment that has ended."""
    because = {"reason": "Fel uppgift"}
    match course.correction, course.exited_on:
        case Correction.START_MOVED, _:
            return because | {"startedOn": moved(course.started_on).isoformat()}
        case Correction.EXIT_MOVED, date() as day:
            return because | {"exit": exit_ | {"exitedOn": moved(day).isoformat()}}
        case Correction.EXIT_TAKEN_BACK, _:
            return because | {"exit": None}
        case _:
            return because
