"""One thing is done between two bases, and only its own part of the figure moves."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec

from services.participants.events import (
    EnrolmentCorrected,
    EnrolmentExited,
    EnrolmentStarted,
    SubjectChanged,
)
from shared.clock import today
from shared.events import Message
from tests.outreach.arena import UNIT, Arena, contact_row, envelope, referral_body

PERIOD = f"{today() - timedelta(days=3000)}/{today() + timedelta(days=300)}"
YESTERDAY = today() - timedelta(days=1)
WHY = {"reason": "Det var fel"}


async def _parts(arena: Arena, figure: str, since: str, *by: str) -> Any:  # noqa: ANN401  JSON
    """Return the parts that moved: of the total, or of each cell by its one value."""
    question = {"figure": figure, "period": PERIOD, "by": by}
    body = {"since": since, "basis": await arena.basis(), "queries": [question]}
    response = await arena.call("POST", "/figure-changes", body)
    assert response.status_code == 200, response.text
    (item,) = response.json()["items"]
    if not by:
        return _moved(item["total"])
    return {cell[by[0]]: _moved(cell) for cell in item["cells"] if _moved(cell)}


def _moved(change: dict[str, Any]) -> dict[str, int]:
    parts: dict[str, int] = change["parts"]
    assert sum(parts.values()) == change["difference"] == change["after"] - change["before"]
    return {name: value for name, value in parts.items() if value}


async def test_what_is_told_later_is_late_and_what_begins_later_is_new(arena: Arena) -> None:
    since = await arena.basis()
    await arena.contact(happenedOn=str(YESTERDAY))
    assert await _parts(arena, "contacts", since) == {"lateFacts": 1}
    worker = {
        "operation": "guidance",
        "unit": UNIT,
        "district": "jarva",
        "role": "outreach_worker",
        "contract": "ordinary",
        "startsOn": str(today() + timedelta(days=7)),
    }
    await arena.made("/outreach-workers", worker)
    assert await _parts(arena, "outreach-workers", since) == {"newFacts": 1}


async def test_a_session_that_gets_its_report_corrects_nothing(arena: Arena) -> None:
    planned = await arena.session(state="planned", plannedOn=str(YESTERDAY))
    since = await arena.basis()
    report = {
        "id": str(uuid4()),
        "sessionId": planned["id"],
        "visits": [{"ageGroup": "20-24", "women": 2, "men": 1, "unknown": 0}],
    }
    await arena.made("/session-reports", report)
    assert await _parts(arena, "sessions", since) == {"lateFacts": 1}
    assert await _parts(arena, "visits", since) == {"lateFacts": 3}


async def test_correction_and_retraction_are_told_apart(arena: Arena) -> None:
    one, other = await arena.contact(channel="phone"), await arena.contact(channel="phone")
    since = await arena.basis()
    correction = {"channel": "letter", "reason": "Fel kanal"}
    await arena.changed(f"/contacts/{one['id']}", correction, version=1)
    await arena.call("POST", f"/contacts/{other['id']}/retractions", WHY, version=1)
    assert await _parts(arena, "contacts", since, "channel") == {
        "letter": {"corrections": 1},
        "phone": {"corrections": -1, "retractions": -1},
    }


async def test_a_register_corrects_by_saying_anew_and_retracts_by_saying_so(arena: Arena) -> None:
    await arena.push("contacts", [contact_row("vera:1"), contact_row("vera:2")])
    since = await arena.basis()
    gone = {"op": "retract", "sourceKey": "vera:2", "reason": "Fel rad"}
    await arena.push("contacts", [contact_row("vera:1", channel="letter"), gone])
    assert await _parts(arena, "contacts", since, "channel") == {
        "letter": {"corrections": 1},
        "phone": {"corrections": -1, "retractions": -1},
    }
    # What a snapshot leaves out has ended at its source, and did happen.
    since = await arena.basis()
    await arena.push("contacts", [contact_row("vera:3")], mode="snapshot")
    assert await _parts(arena, "contacts", since) == {"lateFacts": 1}


async def test_people_who_are_one_and_a_contact_that_was_with_somebody_are_merges(
    arena: Arena,
) -> None:
    one, other = UUID(int=1), UUID(int=2)
    for person in (one, other):
        await arena.contact(personId=str(person))
    anonymous = await arena.contact()
    since = await arena.basis()
    news = SubjectChanged(person_id=other, state_version=1, subject_id=one)
    await _tell(arena, news, f"person/{other}", 1)
    assert await _parts(arena, "persons-reached", since) == {"merges": -1}
    link = {"personId": str(uuid4()), "reason": "Hen kom till oss"}
    await arena.call("POST", f"/contacts/{anonymous['id']}/person-links", link, version=1)
    assert await _parts(arena, "persons-reached", since) == {}
    assert await _parts(arena, "contacts", since) == {}


async def test_another_rule_moves_what_counts_and_another_border_where(arena: Arena) -> None:
    await arena.contact(direction="one_way", venue="bla-huset")
    since = await arena.basis()
    rule = {"counts": "contacts", "validFrom": "2024-01-01", "note": "Alla försök räknas."}
    await arena.made("/operations/jobbtorg-outreach/counting-rules", rule)
    assert await _parts(arena, "contacts-reached", since) == {"ruleChanges": 1}
    await arena.changed("/venues/bla-huset", {"district": "kista", **WHY}, version=1)
    assert await _parts(arena, "contacts", since) == {}
    assert await _parts(arena, "contacts", since, "district") == {
        "jarva": {"areaChanges": -1},
        "kista": {"areaChanges": 1},
    }


async def test_what_comes_of_a_referral_is_new_until_the_enrolment_is_said_anew(
    arena: Arena,
) -> None:
    referral = await arena.made("/referrals", referral_body())
    enrolment, referral_id = uuid4(), UUID(referral["id"])
    person, day = UUID(referral["personId"]), today()
    started = EnrolmentStarted(
        referral_id=referral_id,
        enrolment_id=enrolment,
        person_id=person,
        unit=UNIT,
        programme="p",
        started_on=day,
        version_after=1,
    )
    exited = EnrolmentExited(
        referral_id=referral_id,
        enrolment_id=enrolment,
        started_on=day,
        exited_on=day,
        outcome="work",
        version_after=2,
    )
    corrected = EnrolmentCorrected(
        referral_id=referral_id,
        enrolment_id=enrolment,
        started_on=day,
        exited_on=None,
        outcome=None,
        version_after=3,
        retracted=False,
    )
    retracted = msgspec.structs.replace(corrected, version_after=4, retracted=True)
    told = (
        (started, "referrals-enrolled", {"newFacts": 1}),
        (exited, "referrals-exited", {"newFacts": 1}),
        (corrected, "referrals-exited", {"corrections": -1}),
        (retracted, "referrals-enrolled", {"retractions": -1}),
    )
    for sequence, (news, figure, parts) in enumerate(told, start=1):
        since = await arena.basis()
        await _tell(arena, news, f"enrolment/{enrolment}", sequence)
        assert await _parts(arena, figure, since) == parts, news


async def test_a_hire_makes_the_event_before_it_one_that_led_to_hires(arena: Arena) -> None:
    await arena.made("/employers", {"code": "bageri", "name": "B", "sector": "food"})
    held = {
        "employer": "bageri",
        "unit": UNIT,
        "kind": "recruitment_meeting",
        "heldOn": "2024-03-01",
    }
    event = await arena.made("/recruitment-events", held)
    since = await arena.basis()
    hire = {
        "employer": "bageri",
        "unit": UNIT,
        "recruitmentEventId": event["id"],
        "hiredOn": str(YESTERDAY),
        "women": 2,
    }
    hired = await arena.made("/hires", hire)
    assert await _parts(arena, "recruitment-events-with-hires", since) == {"newFacts": 1}
    assert await _parts(arena, "hires", since) == {"lateFacts": 2}
    since = await arena.basis()
    await arena.call("POST", f"/hires/{hired['id']}/retractions", WHY, version=1)
    assert await _parts(arena, "recruitment-events-with-hires", since) == {"retractions": -1}


async def test_an_employment_that_is_prolonged_was_not_wrong(arena: Arena) -> None:
    worker = {
        "operation": "guidance",
        "unit": UNIT,
        "district": "jarva",
        "role": "outreach_worker",
        "contract": "ordinary",
        "startsOn": "2024-01-01",
        "endsOn": str(today() + timedelta(days=30)),
    }
    made = await arena.made("/outreach-workers", worker)
    path, since = f"/outreach-workers/{made['id']}", await arena.basis()
    longer = {"endsOn": str(today() + timedelta(days=400)), "reason": "Förlängs"}
    await arena.changed(path, longer, version=1)
    assert await _parts(arena, "outreach-workers", since) == {"newFacts": 1}
    shorter = {"endsOn": str(today() + timedelta(days=10)), "reason": "Fel dag"}
    await arena.changed(path, shorter, version=2)
    assert await _parts(arena, "outreach-workers", since) == {"newFacts": 1, "corrections": -1}


async def _tell(arena: Arena, news: Message, subject: str, sequence: int) -> None:
    await arena.told([envelope(news, subject=subject, sequence=sequence)])
