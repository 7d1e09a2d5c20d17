"""What clerks record about invented people, so that every figure has something to count."""

# ruff: noqa: ANN401  query parameters are whatever a test sends
from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

from tests.effort import effort
from tests.participants.city import City
from tests.participants.invented import (
    ESF,
    PAID_FROM,
    Row,
    corrected,
    enrolments,
    people,
    youths,
)
from tests.participants.test_child_checklists import checklist
from tests.participants.test_concern_reports import appointed, sent, written
from tests.participants.test_plans import plan, renewal
from tests.participants.test_routine_documents import routine
from tests.participants.youths import open_unit


async def arrive(city: City, chance: random.Random, many: int) -> list[Row]:
    """Let people be enrolled, and youths be registered; return the rows of the enrolments."""
    funding = {"esfFrom": PAID_FROM, "reason": "Beslut om stöd"}
    await city.made(f"/programmes/{ESF}/esf-fundings", funding)
    rows = enrolments(chance, people(many))
    await city.delivered("enrolments", rows)
    await open_unit(city)
    await city.delivered("kaa", youths(chance, min(many // 4, 1_000)))
    return rows


async def live(city: City, chance: random.Random, rows: list[Row]) -> None:
    """Let people take part, be corrected and followed up, and be found to be one."""
    await _take_part(city, chance)
    changed = chance.sample(rows, len(rows) // 20)
    await city.delivered("enrolments", [corrected(chance, row) for row in changed])
    await _be_advised(city)
    await _meet_youths(city, chance)
    await _answer(city, chance)
    await _plan(city, chance)
    await _watch_over_children(city)
    await _merge(city, chance)


async def _listed(city: City, path: str, **query: Any) -> list[Row]:
    page = await city.read(path, limit=min(effort(80), 200), **query)
    items: list[Row] = page["items"]
    return items


async def _newcomer(city: City, **more: Any) -> Row:
    """Register somebody of a year in which no invented person was born."""
    return await city.person(identityNumber=city.person_number(year=1940), **more)


async def _take_part(city: City, chance: random.Random) -> None:
    """Let some do something, and end it or not."""
    for enrolment in await _listed(city, "/enrolments", on="2024-06-30"):
        kind = chance.choice(("internship", "sfi", "stockholmsjobb"))
        body = {"enrolmentId": enrolment["id"], "kind": kind, "startedOn": enrolment["startedOn"]}
        if chance.random() < 0.5:
            body["hoursPerMonth"] = chance.choice((20, 80))
        activity = await city.made("/activities", body)
        if activity["endedOn"] is None and chance.random() < 0.5:
            end = {"endedOn": enrolment["startedOn"], "outcome": "completed"}
            await city.made(f"/activities/{activity['id']}/endings", end)


async def _be_advised(city: City) -> None:
    for day in range(1, 29):
        person = await _newcomer(city)
        body = {"personId": person["id"], "unit": "jobbtorg-unga", "heldOn": f"2024-02-{day:02}"}
        await city.made("/advisory-sessions", body)


async def _meet_youths(city: City, chance: random.Random) -> None:
    """Seek contact with some youths, and let measures begin, end and be declined."""
    for member in await _listed(city, "/kaa-memberships"):
        about = {"membershipId": member["id"]}
        day = member["joinedOn"]
        contact = {"heldOn": day, "channel": "phone", "occupation": "none"}
        made = await city.call(
            "POST", "/kaa-contacts", about | contact | {"twoWay": chance.random() < 0.5}
        )
        if made.status_code != 201:  # joined and left on one day
            continue
        measure = {"kind": "study_guidance", "responsible": "municipality"}
        if chance.random() < 0.3:
            await city.made("/kaa-measures", about | measure | {"declinedOn": day})
            continue
        begun = await city.made("/kaa-measures", about | measure | {"startedOn": day})
        end = {"endedOn": day, "endReason": "completed", "occupationAfter": "work"}
        await city.made(f"/kaa-measures/{begun['id']}/endings", end)


async def _answer(city: City, chance: random.Random) -> None:
    """Answer some of the follow-ups that wait."""
    waiting = [
        *await _listed(city, "/follow-ups", state="open", kind="exit"),
        *await _listed(city, "/follow-ups", state="open", kind="esf"),
    ]
    for follow_up in waiting:
        result = chance.choice(("work", "studies", "neither", "unknown"))
        given = {"result": result, "answeredOn": follow_up["dueOn"]}
        if follow_up["asksImprovement"]:
            given |= {"result": "work", "employmentStatus": "employed", "improvement": "promotion"}
        elif follow_up["asksEmploymentStatus"]:
            statuses = {"work": "employed", "unknown": "unknown"}
            given["employmentStatus"] = statuses.get(result, "inactive")
        await city.made(f"/follow-ups/{follow_up['id']}/results", given)


async def _plan(city: City, chance: random.Random) -> None:
    """Draw up plans with guardians, renew some, and answer some of their checklists."""
    for n in range(40):
        person = await _newcomer(city, guardianOfChildren=True, unit="jobbtorg-vuxna")
        drawn = date(2024, 1, 1) + timedelta(days=8 * n)
        days = {"drawnUpOn": str(drawn), "reviewOn": str(drawn + timedelta(days=90))}
        made = await city.made("/plans", plan(person["id"]) | days)
        if n % 3:
            answered = str(drawn + timedelta(days=chance.randrange(20)))
            await city.made("/child-checklists", checklist(made["id"], answeredOn=answered))
        if n % 4 == 0:
            await city.made(
                f"/plans/{made['id']}/renewals", renewal(str(drawn + timedelta(days=80)))
            )


async def _watch_over_children(city: City) -> None:
    """Report concerns, and keep the routine for it under review or not."""
    await appointed(city, "chief-1", "2024-01-01")
    for hour in (10, 11, 15):
        await sent(city, await written(city), f"2024-10-01T{hour}:30:00Z")
    await written(city)
    made = await city.made("/routine-documents", routine())
    review = {"reviewedOn": "2024-03-01", "nextReviewOn": "2024-08-01", "edition": "1.1"}
    await city.made(f"/routine-documents/{made['id']}/reviews", review, version=1)


async def _merge(city: City, chance: random.Random) -> None:
    """Find out that some are one person, and that some of those were two after all."""
    people = sorted({row["personId"] for row in await _listed(city, "/enrolments", programme=ESF)})
    for absorbed, survivor in zip(people[0:80:2], people[1:80:2], strict=True):
        body = {"absorbedId": absorbed, "survivorId": survivor, "reason": "Samma person"}
        merged = await city.call("POST", "/person-merges", body)
        assert merged.status_code in {201, 409}, merged.text
        if merged.status_code == 201 and chance.random() < 0.3:
            path = f"/person-merges/{merged.json()['id']}/reversals"
            await city.made(path, {"reason": "Två personer"})
