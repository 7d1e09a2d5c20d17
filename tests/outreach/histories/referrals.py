"""Referrals, and what participants tells of them: each once answered, whatever comes when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TypeAlias
from uuid import UUID

from services.participants.events import (
    EnrolmentExited,
    EnrolmentStarted,
    ReferralAccepted,
    ReferralDeclined,
    ReferralReceived,
)
from shared.db import driver
from tests.outreach.histories.history import OPERATIONS, UNITS, Deed, History, Resource

PROGRAMMES = ("kvinnors-etablering", "jobbtorg-unga")
OUTCOMES = ("work", "studies", "moved")
Fits: TypeAlias = Callable[[dict[str, str]], bool]
"""Whether something may happen to a referral of which participants has told this."""


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
    referral = _found(history, lambda fate: not fate)
    if referral is None:
        return False
    day = history.later(referral["referredOn"], 5)
    news = ReferralReceived(
        referral_id=UUID(referral["id"]), received_on=date.fromisoformat(day), version_after=1
    )
    history.say(f"referral/{referral['id']}", news)
    history.fates[referral["id"]] = {"received_on": day}
    return True


async def accept(history: History) -> bool:
    """Let the unit accept a referral: an enrolment starts."""
    referral = _found(history, _waiting)
    if referral is None:
        return False
    enrolment, fate = history.new_id(), history.fates[referral["id"]]
    accepted, started = (history.later(fate["received_on"], most) for most in (30, 60))
    history.say(
        f"enrolment/{enrolment}",
        EnrolmentStarted(
            enrolment_id=enrolment,
            referral_id=UUID(referral["id"]),
            person_id=UUID(referral["personId"]),
            unit=referral["unit"],
            programme=referral["programme"],
            started_on=date.fromisoformat(started),
            version_after=1,
        ),
    )
    news = ReferralAccepted(
        referral_id=UUID(referral["id"]),
        accepted_on=date.fromisoformat(accepted),
        enrolment_id=enrolment,
        version_after=2,
    )
    history.say(f"referral/{referral['id']}", news)
    fate |= {"accepted_on": accepted, "enrolled_on": started, "enrolment_id": str(enrolment)}
    return True


async def decline(history: History) -> bool:
    """Let the unit decline a referral."""
    referral = _found(history, _waiting)
    if referral is None:
        return False
    fate = history.fates[referral["id"]]
    day = history.later(fate["received_on"], 30)
    news = ReferralDeclined(
        referral_id=UUID(referral["id"]),
        declined_on=date.fromisoformat(day),
        reason="not_reached",
        version_after=2,
    )
    history.say(f"referral/{referral['id']}", news)
    fate |= {"declined_on": day, "decline_reason": "not_reached"}
    return True


async def withdraw(history: History) -> bool:
    """Take a referral back, also while the answer is on its way."""
    referral = _found(history, lambda fate: "withdrawn_on" not in fate)
    if referral is None:
        return False
    day = history.later(referral["referredOn"], 20)
    body = {"reason": "made_in_error", "withdrawnOn": day}
    if not await history.add_to("/referrals", "/withdrawals", body, of=referral):
        return False
    history.fates.setdefault(referral["id"], {})["withdrawn_on"] = day
    return True


async def leave(history: History) -> bool:
    """Let an enrolment end that a referral led to."""
    referral = _found(history, lambda fate: "enrolled_on" in fate and "exited_on" not in fate)
    if referral is None:
        return False
    fate, outcome = history.fates[referral["id"]], history.one(OUTCOMES)
    day = history.later(fate["enrolled_on"], 200)
    news = EnrolmentExited(
        enrolment_id=UUID(fate["enrolment_id"]),
        referral_id=UUID(referral["id"]),
        started_on=date.fromisoformat(fate["enrolled_on"]),
        exited_on=date.fromisoformat(day),
        outcome=outcome,
        version_after=2,
    )
    history.say(f"enrolment/{fate['enrolment_id']}", news)
    fate |= {"exited_on": day, "exit_outcome": outcome}
    return True


async def hear(history: History) -> bool:
    return await history.deliver()


async def wrongly_noted(history: History) -> list[str]:
    """Return what referrals are said to be otherwise than participants told, all of it heard."""
    while await history.deliver():
        pass
    noted = ("received_on", "accepted_on", "declined_on", "decline_reason")
    async with history.arena.db.read() as session:
        rows = await (await driver(session)).fetch("select * from referral")
    return [
        f"{row['id']}: {name} is {row[name]}, not {fate.get(name)}"
        for row in rows
        for fate in [history.fates.get(str(row["id"]), {})]
        for name in (
            *noted,
            "enrolled_on",
            "enrolment_id",
            "exited_on",
            "exit_outcome",
            "withdrawn_on",
        )
        if (row[name] and str(row[name])) != fate.get(name)
    ]


def _found(history: History, fits: Fits) -> Resource | None:
    found = [
        referral
        for referral in history.made["/referrals"]
        if fits(history.fates.get(referral["id"], {}))
    ]
    return history.one(found) if found else None


def _waiting(fate: dict[str, str]) -> bool:
    return "received_on" in fate and not {"accepted_on", "declined_on"} & set(fate)


DEEDS: dict[Deed, int] = {
    refer: 10,
    receive: 8,
    accept: 6,
    decline: 2,
    withdraw: 2,
    leave: 4,
    hear: 8,
}
