"""Referrals: made here, told to participants, closed by what it answers."""

from __future__ import annotations

from datetime import date
from itertools import permutations
from random import Random
from uuid import UUID, uuid4

from services.outreach.domain.referrals import ReferralState, furthest
from services.outreach.handlers import (
    EnrolmentExited,
    EnrolmentStarted,
    ReferralAccepted,
    ReferralDeclined,
    ReferralReceived,
)
from services.outreach.models import NEWS
from shared.db import driver
from shared.events import Envelope
from tests.outreach.arena import UNIT, Arena, envelope, referral_body


def started(referral_id: str, enrolment_id: UUID, day: date = date(2024, 3, 12)) -> Envelope:
    event = EnrolmentStarted(
        referral_id=UUID(referral_id), enrolment_id=enrolment_id, started_on=day
    )
    return envelope(event, subject=f"enrolment/{enrolment_id}", sequence=1)


def exited(enrolment_id: UUID, *, sequence: int = 2) -> Envelope:
    event = EnrolmentExited(enrolment_id=enrolment_id, exited_on=date(2024, 9, 30), outcome="work")
    return envelope(event, subject=f"enrolment/{enrolment_id}", sequence=sequence)


def declined(referral_id: str, day: date = date(2024, 3, 8)) -> Envelope:
    event = ReferralDeclined(referral_id=UUID(referral_id), declined_on=day, reason="not_reached")
    return envelope(event, subject=f"referral/{referral_id}", sequence=1)


async def test_a_referral_is_told_to_participants_with_what_it_needs(arena: Arena) -> None:
    body = referral_body()
    made = await arena.made("/referrals", body)
    assert (made["state"], made["referringUnit"]) == ("made", UNIT)
    async with arena.db.read() as session:
        (row,) = await (await driver(session)).fetch("select * from outbox")
    assert (row["consumer"], row["type"]) == ("participants", "outreach.referral.made.v1")
    assert row["subject"] == f"referral/{made['id']}"
    assert row["data"] == {
        "referralId": made["id"],
        "personId": body["personId"],
        "unit": UNIT,
        "programme": "kvinnors-etablering",
        "referredOn": "2024-03-05",
        "answerDueOn": made["answerDueOn"],
    }


async def test_acceptance_and_exit_close_it(arena: Arena) -> None:
    made = await arena.made("/referrals", referral_body())
    old, enrolment = await arena.basis(), uuid4()
    await arena.told([started(made["id"], enrolment)])
    shown = await arena.read(f"/referrals/{made['id']}")
    assert (shown["state"], shown["enrolledOn"]) == ("enrolled", "2024-03-12")
    assert (shown["enrolmentId"], shown["version"]) == (str(enrolment), 2)

    await arena.told([exited(enrolment)])
    shown = await arena.read(f"/referrals/{made['id']}")
    assert (shown["state"], shown["exitOutcome"]) == ("exited", "work")
    now = await arena.figure("referrals", "2024", by="state")
    assert now["rows"] == [{"state": "exited", "value": 1}]
    then = await arena.figure("referrals", "2024", by="state", basis=old)
    assert then["rows"] == [{"state": "made", "value": 1}]
    assert await arena.drifting() == {}


async def test_its_whole_life_ends_the_same_in_any_order(arena: Arena) -> None:
    # One after another: each order is a referral of its own. What one aggregate tells stays in
    # its order (the inbox sees to that), whatever comes between.
    for order in ("rase", "rsae", "rsea", "sera", "srea", "srae"):
        made = await arena.made("/referrals", referral_body())
        referral, enrolment = UUID(made["id"]), uuid4()
        subject = f"referral/{referral}"
        received = ReferralReceived(referral_id=referral, received_on=date(2024, 3, 6))
        accepted = ReferralAccepted(
            referral_id=referral, accepted_on=date(2024, 3, 10), enrolment_id=enrolment
        )
        news = {
            "r": envelope(received, subject=subject, sequence=1),
            "a": envelope(accepted, subject=subject, sequence=2),
            "s": started(made["id"], enrolment),
            "e": exited(enrolment),
        }
        for step in order:
            await arena.told([news[step], news[step]])
        shown = await arena.read(f"/referrals/{referral}")
        days = ("receivedOn", "acceptedOn", "enrolledOn", "exitedOn")
        assert [shown[day] for day in days] == [
            "2024-03-06",
            "2024-03-10",
            "2024-03-12",
            "2024-09-30",
        ], order
        assert (shown["state"], shown["enrolmentId"]) == ("exited", str(enrolment)), order
    assert await arena.drifting() == {}


async def test_a_refusal_closes_it_and_the_person_may_be_referred_again(arena: Arena) -> None:
    body = referral_body()
    made = await arena.made("/referrals", body)
    waiting = await arena.call("POST", "/referrals", body)
    assert waiting.json()["code"] == "referral_already_open"
    assert waiting.json()["referralId"] == made["id"]

    await arena.told([declined(made["id"])])
    shown = await arena.read(f"/referrals/{made['id']}")
    assert (shown["state"], shown["declineReason"]) == ("declined", "not_reached")
    await arena.made("/referrals", body)
    assert await arena.total("referrals", "2024") == 2
    assert await arena.total("persons-referred", "2024") == 1


async def test_repeated_and_shuffled_news_end_the_same(arena: Arena) -> None:
    chance, referrals = Random(4), []
    news: list[Envelope] = []
    for n in range(12):
        made = await arena.made("/referrals", referral_body())
        enrolment = uuid4()
        told = [declined(made["id"])] if n % 3 == 0 else []
        told += [started(made["id"], enrolment)] if n % 3 else []
        told += [exited(enrolment)] if n % 3 == 2 else []
        news += told * 3
        referrals.append((made["id"], ("declined", "enrolled", "exited")[n % 3]))
    chance.shuffle(news)
    for start in range(0, len(news), 7):
        await arena.told(news[start : start + 7])
    for referral_id, state in referrals:
        shown = await arena.read(f"/referrals/{referral_id}")
        assert shown["state"] == state
        assert shown["version"] == (3 if state == "exited" else 2)
    by_state = await arena.figure("referrals", "2024", by="state")
    assert {row["state"]: row["value"] for row in by_state["rows"]} == {
        "declined": 4,
        "enrolled": 4,
        "exited": 4,
    }
    assert await arena.drifting() == {}


async def test_news_of_unknown_referrals_wait_for_a_person(arena: Arena) -> None:
    await arena.told([started(str(uuid4()), uuid4()), declined(str(uuid4()))])
    assert await arena.scalar("select count(*) from inbox where dead_at is not null") == 2
    letters = await arena.read("/dead-letters", scopes=("operations:read",))
    assert {letter["direction"] for letter in letters["items"]} == {"incoming"}
    # An exit of an enrolment that no referral led to is nothing to us.
    await arena.told([exited(uuid4(), sequence=1)])
    assert await arena.scalar("select count(*) from inbox where applied_at is not null") == 1


async def test_the_state_in_the_database_is_the_domains(arena: Arena) -> None:
    day = date(2024, 1, 1)
    chosen = [set(some) for size in range(4) for some in permutations(NEWS, size)]
    for noted in {frozenset(some) for some in chosen}:
        columns = "".join(f", {state}_on" for state in sorted(noted))
        days = ", '2024-01-01'" * len(noted)
        if "withdrawn" in noted:
            columns, days = f"{columns}, withdrawal_reason", f"{days}, 'other'"
        async with arena.db.begin() as session:
            state = await (await driver(session)).fetchval(
                "insert into referral (person_id, referring_unit, unit, programme, referred_on,"
                f" answer_due_on, recorded_by{columns}) values (uuidv7(), 'u', 'u', 'p',"
                f" '2024-01-01', '2024-01-15', 't'{days})"
                " returning state"
            )
        assert state == furthest(dict.fromkeys(noted, day)), noted
    assert furthest({}) is ReferralState.MADE


async def test_a_referral_takes_the_operation_of_what_led_to_it(arena: Arena) -> None:
    person = str(uuid4())
    contact = await arena.contact(personId=person)
    held = await arena.session()
    by_contact = await arena.made(
        "/referrals", referral_body(personId=person, contactId=contact["id"])
    )
    assert by_contact["operation"] == "jobbtorg-outreach"
    by_session = await arena.made("/referrals", referral_body(sessionId=held["id"]))
    assert by_session["operation"] == "guidance"
    another = referral_body(contactId=contact["id"])
    assert await arena.refused("POST", "/referrals", another) == "409 contact_of_another"


REFUSED = [
    ({"referredOn": "2190-01-01"}, "422 in_the_future"),
    ({"contactId": str(uuid4())}, "422 unknown_reference"),
    ({"sessionId": str(uuid4())}, "422 unknown_reference"),
    ({"operation": "nothing"}, "422 unknown_reference"),
    ({"personId": "20200109-2382"}, "422 invalid_request"),
    ({"programme": "Kvinnors etablering"}, "422 invalid_request"),
]


async def test_referrals_that_cannot_be(arena: Arena) -> None:
    for more, refusal in REFUSED:
        assert await arena.refused("POST", "/referrals", referral_body(**more)) == refusal, more
    assert await arena.scalar("select count(*) from outbox") == 0


async def test_both_units_see_a_referral_and_others_do_not(arena: Arena) -> None:
    made = await arena.made(
        "/referrals", referral_body(unit="jobbtorg-vuxna-jarva", referringUnit=UNIT)
    )
    path = f"/referrals/{made['id']}"
    for unit in (UNIT, "jobbtorg-vuxna-jarva"):
        assert (await arena.read(path, units=(unit,)))["id"] == made["id"]
    assert await arena.refused("GET", path, units=("komvux-kista",)) == "404 not_found"
    refused = await arena.refused("POST", "/referrals", referral_body(), units=("komvux-kista",))
    assert refused == "403 unit_not_allowed"
    lines = await arena.scalar(
        "select count(*) from access_log where subjects = array[$1::uuid]", made["personId"]
    )
    assert lines == 3
