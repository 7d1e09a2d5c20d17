"""What outreach says of a referral while it waits: nobody answered in time, or it is withdrawn."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import permutations
from typing import Any
from uuid import UUID

import msgspec

from services.participants.handlers import (
    HANDLERS,
    ReferralMade,
    ReferralOverdue,
    ReferralWithdrawn,
)
from shared import inbox
from shared.clock import today, utcnow
from shared.db import driver
from shared.events import Envelope, new_id
from tests.participants.city import City
from tests.participants.test_referrals import ENTRY, referral

DUE = date(2024, 10, 4)


def envelopes(*told: ReferralMade | ReferralOverdue | ReferralWithdrawn) -> list[Envelope]:
    """Return what one referral tells, numbered as outreach numbers it."""
    return [
        Envelope(
            id=new_id(),
            source="outreach",
            type=message.wire_type(),
            subject=f"referral/{message.referral_id}",
            aggregatesequence=sequence,
            time=utcnow(),
            data=msgspec.Raw(msgspec.json.encode(message)),
        )
        for sequence, message in enumerate(told, start=1)
    ]


async def arrives(city: City, *batches: list[Envelope]) -> None:
    for batch in batches:
        async with city.db.begin() as session:
            await inbox.receive(await driver(session), batch)
        while await inbox.Inbox(city.db, HANDLERS).apply_due():
            pass


def overdue(made: ReferralMade) -> ReferralOverdue:
    return ReferralOverdue(referral_id=made.referral_id, answer_due_on=DUE)


def withdrawn(made: ReferralMade) -> ReferralWithdrawn:
    return ReferralWithdrawn(
        referral_id=made.referral_id, withdrawn_on=date(2024, 9, 25), reason="made_in_error"
    )


async def pending(city: City, referral_id: UUID) -> dict[str, Any]:
    items = (await city.read("/pending-enrolments", limit=200))["items"]
    found: dict[str, Any]
    (found,) = [item for item in items if item["referralId"] == str(referral_id)]
    return found


async def test_a_unit_sees_what_it_has_not_answered_in_time_until_it_does(city: City) -> None:
    person = (await city.person())["id"]
    vuxna = {"units": ("jobbtorg-vuxna",)}
    referred_on = today() - timedelta(days=30)
    made = referral(person, answer_due_on=DUE, referred_on=referred_on)
    other = referral((await city.person())["id"])
    await arrives(city, envelopes(made), envelopes(other))
    shown = await pending(city, made.referral_id)
    assert (shown["answerDueOn"], shown["overdue"]) == ("2024-10-04", False)
    assert shown["daysWaiting"] == 30
    assert (await pending(city, other.referral_id))["answerDueOn"] is None
    assert (await city.read("/pending-enrolments", overdue=True))["items"] == []

    late = envelopes(made, overdue(made))[1:]
    await arrives(city, late, late)
    (shown,) = (await city.read("/pending-enrolments", overdue=True, **vuxna))["items"]
    assert (shown["referralId"], shown["overdue"]) == (str(made.referral_id), True)
    assert (shown["version"], shown["state"]) == (2, "pending")
    await city.made(f"/pending-enrolments/{shown['id']}/acceptances", ENTRY)
    shown = await pending(city, made.referral_id)
    assert (shown["state"], shown["overdue"], shown["daysWaiting"]) == ("accepted", False, None)
    assert (await city.read("/pending-enrolments", overdue=True))["items"] == []


async def test_made_overdue_and_withdrawn_in_any_order_end_withdrawn(city: City) -> None:
    person = (await city.person())["id"]
    vuxna = {"units": ("jobbtorg-vuxna",)}
    lives = []
    for order in permutations(range(3)):
        made = referral(person)
        told = envelopes(made, overdue(made), withdrawn(made))
        lives.append((made.referral_id, [told[at] for at in order]))
    for at in range(3):
        batch = [told[at] for _, told in lives]
        await arrives(city, batch, batch)
    for referral_id, _ in lives:
        shown = await pending(city, referral_id)
        assert (shown["state"], shown["overdue"]) == ("withdrawn", False)
        assert (shown["withdrawnOn"], shown["withdrawalReason"]) == ("2024-09-25", "made_in_error")
        assert shown["decidedOn"] == today().isoformat()
    path = f"/pending-enrolments/{(await pending(city, lives[0][0]))['id']}"
    assert await city.refused("POST", f"{path}/acceptances", ENTRY) == "409 referral_withdrawn"
    no = {"reason": "other"}
    assert await city.refused("POST", f"{path}/refusals", no) == "409 referral_withdrawn"
    # What nobody waits for any more shows its unit nobody.
    assert await city.refused("GET", f"/persons/{person}", **vuxna) == "404 person_not_found"
    assert await city.outbox("participants.referral.declined.v1") == []
    assert len(await city.outbox("participants.referral.received.v1")) == len(lives)


async def test_what_a_unit_has_decided_stands_when_the_withdrawal_comes(city: City) -> None:
    accepted, declined = [referral((await city.person())["id"]) for _ in range(2)]
    unknown = referral(str(new_id()))
    await city.told(accepted, declined, unknown)
    path = f"/pending-enrolments/{(await pending(city, accepted.referral_id))['id']}"
    await city.made(f"{path}/acceptances", ENTRY)
    path = f"/pending-enrolments/{(await pending(city, declined.referral_id))['id']}"
    await city.made(f"{path}/refusals", {"reason": "no_capacity"})
    await city.told(*(withdrawn(each) for each in (accepted, declined, unknown)))
    for made, state in ((accepted, "accepted"), (declined, "declined")):
        shown = await pending(city, made.referral_id)
        assert (shown["state"], shown["withdrawnOn"]) == (state, "2024-09-25")
    # An acceptance that never was is none: then it was withdrawn after all.
    enrolled = (await pending(city, accepted.referral_id))["enrolmentId"]
    wrong = {"reason": "Fel person"}
    await city.made(f"/enrolments/{enrolled}/retractions", wrong, version=1)
    shown = await pending(city, accepted.referral_id)
    assert (shown["state"], shown["decidedOn"]) == ("withdrawn", today().isoformat())
    states = "select string_agg(distinct state, ',' order by state) from pending_enrolment"
    async with city.db.read() as session:
        assert await (await driver(session)).fetchval(states) == "declined,withdrawn"


async def test_news_of_a_referral_that_was_never_made_waits_for_a_person(city: City) -> None:
    made = referral(str(new_id()))
    await city.told(overdue(made), withdrawn(made))
    async with city.db.read() as session:
        dead = await (await driver(session)).fetch(
            "select last_error from inbox where dead_at is not null"
        )
    assert [row["last_error"] for row in dead] == ["pending_enrolment_not_found"] * 2
