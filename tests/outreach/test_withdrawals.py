"""Referrals taken back by who made them, also while the answer is on its way."""

from __future__ import annotations

import asyncio
from datetime import date
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

from services.outreach.handlers import (
    EnrolmentCorrected,
    EnrolmentStarted,
    ReferralAccepted,
    ReferralDeclined,
    ReferralReceived,
)
from shared.db import driver
from shared.events import Envelope
from tests.outreach.arena import UNIT, Arena, envelope, referral_body

ELSEWHERE = "jobbtorg-vuxna-jarva"
NO = {"reason": "declined_by_person", "withdrawnOn": "2024-03-07"}
DAY = date(2024, 3, 10)


async def withdrawn(arena: Arena, made: dict[str, Any], **more: Any) -> dict[str, Any]:  # noqa: ANN401  a test's
    return await arena.made(f"/referrals/{made['id']}/withdrawals", NO | more)


async def test_who_made_it_takes_it_back_and_the_person_may_be_referred_again(
    arena: Arena,
) -> None:
    body = referral_body(referringUnit=UNIT, unit=ELSEWHERE)
    made = await arena.made("/referrals", body)
    old, path = await arena.basis(), f"/referrals/{made['id']}/withdrawals"
    assert await arena.refused("POST", path, NO, units=(ELSEWHERE,)) == "403 unit_not_allowed"
    assert await arena.refused("POST", path, NO, units=("komvux",)) == "404 not_found"
    for wrong, refusal in (
        ({"withdrawnOn": "2024-03-04"}, "422 withdrawn_before_referral"),
        ({"withdrawnOn": "2190-01-01"}, "422 in_the_future"),
        ({"reason": "Anna ville inte"}, "422 invalid_request"),
    ):
        assert await arena.refused("POST", path, NO | wrong) == refusal
    shown = await withdrawn(arena, made)
    assert (shown["state"], shown["withdrawalReason"]) == ("withdrawn", "declined_by_person")
    assert (shown["withdrawnOn"], shown["version"]) == ("2024-03-07", 2)
    assert await arena.refused("POST", path, NO) == "409 already_withdrawn"
    async with arena.db.read() as session:
        rows = await (await driver(session)).fetch(
            "select type, consumer, data from outbox where subject = $1 order by sequence",
            f"referral/{made['id']}",
        )
    assert [(row["type"], row["consumer"]) for row in rows] == [
        ("outreach.referral.made.v1", "participants"),
        ("outreach.referral.withdrawn.v1", "participants"),
    ]
    assert rows[1]["data"] == {
        "referralId": made["id"],
        "withdrawnOn": "2024-03-07",
        "reason": "declined_by_person",
    }
    now = await arena.figure("referrals", "2024", by="state")
    assert now["rows"] == [{"state": "withdrawn", "value": 1}]
    then = await arena.figure("referrals", "2024", by="state", basis=old)
    assert then["rows"] == [{"state": "made", "value": 1}]
    await arena.made("/referrals", body)
    assert await arena.drifting() == {}


def answers(made: dict[str, Any]) -> dict[str, Envelope]:
    referral, enrolment = UUID(made["id"]), uuid4()
    subject = f"referral/{referral}"
    received = ReferralReceived(referral_id=referral, received_on=DAY)
    accepted = ReferralAccepted(referral_id=referral, accepted_on=DAY, enrolment_id=enrolment)
    declined = ReferralDeclined(referral_id=referral, declined_on=DAY, reason="no_capacity")
    started = EnrolmentStarted(referral_id=referral, enrolment_id=enrolment, started_on=DAY)
    taken_back = EnrolmentCorrected(
        referral_id=referral,
        enrolment_id=enrolment,
        started_on=DAY,
        exited_on=None,
        outcome=None,
        version_after=2,
        retracted=True,
    )
    return {
        "r": envelope(received, subject=subject, sequence=1),
        "a": envelope(accepted, subject=subject, sequence=2),
        "d": envelope(declined, subject=subject, sequence=2),
        "s": envelope(started, subject=f"enrolment/{enrolment}", sequence=1),
        "x": envelope(taken_back, subject=f"enrolment/{enrolment}", sequence=2),
    }


async def test_a_withdrawal_and_an_answer_that_cross_end_as_participants_has_it(
    arena: Arena,
) -> None:
    """What participants tells, it had decided before it heard of the withdrawal."""
    ends = {
        "r": "withdrawn",
        "ra": "accepted",
        "rd": "declined",
        "ras": "enrolled",
        "rasx": "withdrawn",
    }
    lives = []
    for told, end in ends.items():
        # Every order of few; of more, every third.
        for order in list(permutations(told))[:: 3 if len(told) > 3 else 1]:
            made = await arena.made("/referrals", referral_body())
            await withdrawn(arena, made)
            lives.append((made["id"], order, end, answers(made)))
    for at in range(4):
        steps = [news[order[at]] for _, order, _, news in lives if at < len(order)]
        await arena.told(steps * 2)
    for referral, order, end, _ in lives:
        shown = await arena.read(f"/referrals/{referral}")
        assert (shown["state"], shown["withdrawnOn"]) == (end, "2024-03-07"), order
    for told, end in ends.items():
        made = await arena.made("/referrals", referral_body())
        news = answers(made)
        await arena.told([news[step] for step in told])
        path = f"/referrals/{made['id']}/withdrawals"
        if end == "withdrawn":
            await withdrawn(arena, made)
        else:
            assert await arena.refused("POST", path, NO) == "409 referral_answered", told
    assert await arena.drifting() == {}


async def test_what_is_asked_at_the_same_time_is_done_once(arena: Arena) -> None:
    contact = await arena.contact()
    for more in ({}, {"contactId": contact["id"]}):
        body = referral_body(id=str(uuid4()), **more)
        answers = await asyncio.gather(*(arena.call("POST", "/referrals", body) for _ in range(3)))
        assert sorted(answer.status_code for answer in answers) == [200, 200, 201]
        path = f"/referrals/{body['id']}/withdrawals"
        answers = await asyncio.gather(*(arena.call("POST", path, NO) for _ in range(2)))
        assert sorted(answer.status_code for answer in answers) == [201, 409]
    # Two persons from one anonymous contact: it was with one of them.
    contact = await arena.contact()
    bodies = [referral_body(contactId=contact["id"]) for _ in range(2)]
    answers = await asyncio.gather(*(arena.call("POST", "/referrals", body) for body in bodies))
    (other,) = [answer.json()["code"] for answer in answers if answer.status_code == 409]
    assert other in {"contact_of_another", "linked_to_another"}
    (made,) = [answer.json() for answer in answers if answer.status_code == 201]
    shown = await arena.read(f"/contacts/{contact['id']}")
    assert (shown["personId"], shown["version"]) == (made["personId"], 2)
    assert await arena.scalar("select count(*) from referral") == 3
    assert await arena.drifting() == {}


async def test_a_referral_sent_again_is_one_and_makes_its_contact_the_persons(
    arena: Arena,
) -> None:
    person, contact = str(uuid4()), await arena.contact()
    held = await arena.session()
    body = referral_body(id=str(uuid4()), personId=person, contactId=contact["id"])
    made = await arena.made("/referrals", body)
    linked = await arena.read(f"/contacts/{contact['id']}")
    assert (linked["personId"], linked["version"]) == (person, 2)
    assert linked["linkedAt"] is not None
    assert await arena.total("persons-reached", "2024") == 1
    for again in (body, body | {"operation": "jobbtorg-outreach"}):
        answer = await arena.call("POST", "/referrals", again)
        assert (answer.status_code, answer.json()["id"]) == (200, made["id"])
    other = body | {"programme": "another"}
    assert await arena.refused("POST", "/referrals", other) == "409 id_taken"
    # The contact is the person's now: nobody else is referred from it.
    another = referral_body(contactId=contact["id"])
    assert await arena.refused("POST", "/referrals", another) == "409 contact_of_another"
    await withdrawn(arena, made)
    assert (await arena.call("POST", "/referrals", body)).json()["state"] == "withdrawn"
    # A refusal leaves the contact as it was.
    waits = await arena.made("/referrals", referral_body(personId=person, sessionId=held["id"]))
    unlinked = await arena.contact()
    again = referral_body(personId=person, contactId=unlinked["id"])
    assert await arena.refused("POST", "/referrals", again) == "409 referral_already_open"
    assert (await arena.read(f"/contacts/{unlinked['id']}"))["personId"] is None
    assert await arena.scalar("select count(*) from referral") == 2
    assert waits["operation"] == "guidance"
    assert await arena.drifting() == {}
