"""Referrals, and what participants tells about them and about people."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from services.participants.events import (
    EnrolmentExited,
    EnrolmentStarted,
    KaaMembershipChanged,
    ReferralDeclined,
    SubjectChanged,
)
from tests.outreach.histories.history import OPERATIONS, UNITS, Deed, History

PROGRAMMES = ("kvinnors-etablering", "jobbtorg-unga")
OUTCOMES = ("work", "studies", "moved")


async def refer(history: History) -> bool:
    body = {
        "personId": str(history.one(history.people)),
        "unit": history.one(UNITS),
        "referringUnit": history.one(UNITS),
        "programme": history.one(PROGRAMMES),
        "referredOn": history.day(),
        "operation": history.maybe(history.one(OPERATIONS)),
    }
    return await history.make("/referrals", body)


async def enrol(history: History) -> bool:
    """Let a referral become an enrolment, and perhaps end."""
    referral = history.picked("/referrals")
    if referral is None:
        return False
    enrolment, day = history.new_id(), history.later(referral["referredOn"], 60)
    subject = f"enrolment/{enrolment}"
    history.say(
        subject,
        EnrolmentStarted(
            enrolment_id=enrolment,
            referral_id=UUID(referral["id"]),
            person_id=UUID(referral["personId"]),
            unit=referral["unit"],
            programme=referral["programme"],
            started_on=date.fromisoformat(day),
        ),
    )
    if history.chance.random() < 0.5:
        last = date.fromisoformat(history.later(day, 200))
        outcome = history.one(OUTCOMES)
        history.say(
            subject, EnrolmentExited(enrolment_id=enrolment, exited_on=last, outcome=outcome)
        )
    return True


async def decline(history: History) -> bool:
    referral = history.picked("/referrals")
    if referral is None:
        return False
    news = ReferralDeclined(
        referral_id=UUID(referral["id"]),
        declined_on=date.fromisoformat(history.later(referral["referredOn"], 30)),
        reason="not_reached",
    )
    history.say(f"referral/{referral['id']}", news)
    return True


async def join_kaa(history: History) -> bool:
    """Let somebody be in KAA, or correct when, or whom it was, or that it never was."""
    memberships = [each for each in history.told if each.startswith("kaa-membership/")]
    known = history.one(memberships) if memberships and history.chance.random() < 0.5 else None
    membership = UUID(known.partition("/")[2]) if known else history.new_id()
    subject = f"kaa-membership/{membership}"
    first = history.day()
    history.say(
        subject,
        KaaMembershipChanged(
            membership_id=membership,
            state_version=len(history.told[subject]) + 1,
            person_id=history.one(history.people),
            joined_on=date.fromisoformat(first),
            until=date.fromisoformat(history.later(first, 700)),
            retracted=history.chance.random() < 0.1,
        ),
    )
    return True


async def merge(history: History) -> bool:
    """Let a person be counted as another who is themselves, or as themselves again."""
    person = history.one(history.people[:20])
    other = history.one((person, *history.people[20:24]))
    subject = f"person/{person}"
    version = len(history.told[subject]) + 1
    history.say(subject, SubjectChanged(person_id=person, state_version=version, subject_id=other))
    return True


async def hear(history: History) -> bool:
    return await history.deliver()


DEEDS: dict[Deed, int] = {refer: 10, enrol: 5, decline: 3, join_kaa: 6, merge: 4, hear: 8}
