"""Referrals, and what participants tells of them: answered, enrolled, corrected, taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TypeAlias
from uuid import UUID

from services.participants.events import (
    EnrolmentCorrected,
    EnrolmentExited,
    EnrolmentStarted,
    ReferralAccepted,
    ReferralDeclined,
    ReferralReceived,
)
from shared.db import driver
from tests.outreach.histories.fates import Enrolled, Fate
from tests.outreach.histories.history import OPERATIONS, UNITS, Deed, History, Resource

PROGRAMMES = ("kvinnors-etablering", "jobbtorg-unga")
OUTCOMES = ("work", "studies", "moved")
Fits: TypeAlias = Callable[[Fate], bool]


async def refer(history: History) -> bool:
    """Refer somebody, perhaps whom a contact was with, or out of a session."""
    contact = history.maybe(history.picked("/contacts"))
    session = history.maybe(history.picked("/sessions"))
    known = contact and contact["personId"]
    body = {
        "personId": known or str(history.one(history.people)),
        "unit": history.one(UNITS),
        "referringUnit": history.one(UNITS),
        "programme": history.one(PROGRAMMES),
        "referredOn": history.day(),
        "operation": history.maybe(history.one(OPERATIONS)),
        "contactId": contact and contact["id"],
        "sessionId": session and session["id"],
    }
    return await history.make("/referrals", body)


async def receive(history: History) -> bool:
    """Let a referral wait for its unit."""
    referral = _found(history, lambda fate: fate.received_on is None)
    if referral is None:
        return False
    _wait(history, referral, history.later(referral["referredOn"], 5))
    return True


async def accept(history: History) -> bool:
    """Let the unit accept a referral: an enrolment starts."""
    referral = _found(history, lambda fate: fate.waits)
    if referral is None:
        return False
    enrolled = Enrolled(history.new_id(), history.later(referral["referredOn"], 60))
    subject = f"enrolment/{enrolled.id}"
    history.say(
        subject,
        EnrolmentStarted(
            enrolment_id=enrolled.id,
            referral_id=UUID(referral["id"]),
            person_id=UUID(referral["personId"]),
            unit=referral["unit"],
            programme=referral["programme"],
            started_on=date.fromisoformat(enrolled.started_on),
            version_after=history.next_version(subject),
        ),
    )
    _answer(history, referral, enrolled)
    return True


async def decline(history: History) -> bool:
    """Let the unit decline a referral."""
    referral = _found(history, lambda fate: fate.waits)
    if referral is None:
        return False
    subject, day = f"referral/{referral['id']}", history.later(referral["referredOn"], 30)
    news = ReferralDeclined(
        referral_id=UUID(referral["id"]),
        declined_on=date.fromisoformat(day),
        reason="not_reached",
        version_after=history.next_version(subject),
    )
    history.say(subject, news)
    history.fates[referral["id"]].declined_on = day
    return True


async def withdraw(history: History) -> bool:
    """Take a referral back, also while the answer is on its way."""
    referral = _found(history, lambda fate: fate.withdrawn_on is None)
    if referral is None:
        return False
    day = history.later(referral["referredOn"], 20)
    body = {"reason": "made_in_error", "withdrawnOn": day}
    if not await history.add_to("/referrals", "/withdrawals", body, of=referral):
        return False
    history.fates.setdefault(referral["id"], Fate()).withdrawn_on = day
    return True


async def leave(history: History) -> bool:
    """Let an enrolment end that a referral led to."""
    referral = _found(history, lambda fate: fate.is_enrolled)
    if referral is None:
        return False
    enrolled = history.fates[referral["id"]].enrolled
    assert enrolled is not None
    enrolled.exited_on = history.later(enrolled.started_on, 200)
    enrolled.outcome = history.one(OUTCOMES)
    subject = f"enrolment/{enrolled.id}"
    history.say(
        subject,
        EnrolmentExited(
            enrolment_id=enrolled.id,
            referral_id=UUID(referral["id"]),
            started_on=date.fromisoformat(enrolled.started_on),
            exited_on=date.fromisoformat(enrolled.exited_on),
            outcome=enrolled.outcome,
            version_after=history.next_version(subject),
        ),
    )
    return True


async def correct_enrolment(history: History) -> bool:
    """Let an enrolment have started another day, or have ended another day or not at all."""
    referral = _found(history, lambda fate: fate.enrolled is not None)
    if referral is None:
        return False
    enrolled = history.fates[referral["id"]].enrolled
    assert enrolled is not None
    enrolled.started_on = history.later(referral["referredOn"], 60)
    if enrolled.exited_on is not None:
        enrolled.exited_on = history.maybe(history.later(enrolled.started_on, 200))
        enrolled.outcome = enrolled.exited_on and history.one(OUTCOMES)
    _correct(history, referral, enrolled)
    return True


async def take_enrolment_back(history: History) -> bool:
    """Say that an enrolment never was: its referral waits again."""
    referral = _found(history, lambda fate: fate.enrolled is not None)
    if referral is None:
        return False
    fate = history.fates[referral["id"]]
    assert fate.enrolled is not None
    _correct(history, referral, fate.enrolled, retracted=True)
    fate.never_were.append(fate.enrolled)
    fate.enrolled = fate.accepted_on = None
    _wait(history, referral, history.later(referral["referredOn"], 90))
    return True


async def bring_enrolment_back(history: History) -> bool:
    """Let an enrolment have been after all, while its referral waits."""
    referral = _taken_back(history)
    if referral is None and await take_enrolment_back(history):
        referral = _taken_back(history)
    if referral is None:
        return False
    enrolled = history.fates[referral["id"]].never_were.pop()
    _correct(history, referral, enrolled)
    _answer(history, referral, enrolled)
    return True


def _taken_back(history: History) -> Resource | None:
    return _found(history, lambda fate: fate.waits and bool(fate.never_were))


async def hear(history: History) -> bool:
    return await history.deliver()


async def wrongly_noted(history: History) -> list[str]:
    """Return what referrals are said to be otherwise than participants told, all of it heard."""
    while await history.deliver():
        pass
    async with history.arena.db.read() as session:
        rows = await (await driver(session)).fetch("select * from referral")
    return [
        f"{row['id']}: {name} is {row[name]}, not {told}"
        for row in rows
        for name, told in history.fates.get(str(row["id"]), Fate()).columns().items()
        if (str(row[name]) if row[name] else None) != told
    ]


def _wait(history: History, referral: Resource, day: str) -> None:
    subject = f"referral/{referral['id']}"
    news = ReferralReceived(
        referral_id=UUID(referral["id"]),
        received_on=date.fromisoformat(day),
        version_after=history.next_version(subject),
    )
    history.say(subject, news)
    fate = history.fates.setdefault(referral["id"], Fate())
    fate.received_on = min(day, fate.received_on or day)


def _answer(history: History, referral: Resource, enrolled: Enrolled) -> None:
    subject, day = f"referral/{referral['id']}", history.later(referral["referredOn"], 30)
    news = ReferralAccepted(
        referral_id=UUID(referral["id"]),
        accepted_on=date.fromisoformat(day),
        enrolment_id=enrolled.id,
        version_after=history.next_version(subject),
    )
    history.say(subject, news)
    fate = history.fates[referral["id"]]
    fate.accepted_on, fate.enrolled = day, enrolled


def _correct(
    history: History, referral: Resource, enrolled: Enrolled, *, retracted: bool = False
) -> None:
    subject, exited_on = f"enrolment/{enrolled.id}", enrolled.exited_on
    history.say(
        subject,
        EnrolmentCorrected(
            enrolment_id=enrolled.id,
            referral_id=UUID(referral["id"]),
            started_on=date.fromisoformat(enrolled.started_on),
            exited_on=None if exited_on is None else date.fromisoformat(exited_on),
            outcome=enrolled.outcome,
            version_after=history.next_version(subject),
            retracted=retracted,
        ),
    )


def _found(history: History, fits: Fits) -> Resource | None:
    found = [
        referral
        for referral in history.made["/referrals"]
        if fits(history.fates.get(referral["id"], Fate()))
    ]
    return history.one(found) if found else None


DEEDS: dict[Deed, int] = {
    refer: 10,
    receive: 8,
    accept: 7,
    decline: 2,
    withdraw: 2,
    leave: 4,
    correct_enrolment: 3,
    take_enrolment_back: 2,
    bring_enrolment_back: 1,
    hear: 8,
}
