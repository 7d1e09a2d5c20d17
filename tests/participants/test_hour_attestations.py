"""Hours that somebody vouches for: what may be attested, and what budget is told of it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from services.participants.domain.hours import (
    NotHours,
    covered_days,
    hours_text,
    most_minutes,
    parse_hours,
)
from services.participants.handlers import ProjectDecided
from tests.participants.city import City
from tests.participants.test_referrals import project

PROGRAMME = "project-p-2024-7"
TOLD = "participants.hours.attested.v1"


@pytest.fixture
async def enrolled(city: City) -> str:
    """Somebody in a project of budget's since 10 October 2024."""
    await city.told(ProjectDecided(**project()), source="budget")
    person = await city.person()
    made = await city.enrolment(person["id"], programme=PROGRAMME, startedOn="2024-10-10")
    return str(made["id"])


async def attested(city: City, enrolment: str, month: str, hours: str) -> dict[str, Any]:
    body = {"enrolmentId": enrolment, "month": month, "hours": hours}
    return await city.made("/hour-attestations", body)


async def test_attested_hours_are_told_without_the_person(city: City, enrolled: str) -> None:
    made = await attested(city, enrolled, "2024-10", "42:30")
    assert (made["hours"], made["attestedBy"], made["withdrawn"]) == ("42:30", "test-clerk", False)
    assert await city.outbox(TOLD) == [
        {
            "attestationId": made["id"],
            "attestedVersion": 1,
            "project": "P-2024-7",
            "programme": PROGRAMME,
            "month": "2024-10-01",
            "minutes": 2550,
        }
    ]


async def test_correction_keeps_the_version_before_and_withdrawal_tells_of_none(
    city: City, enrolled: str
) -> None:
    made = await attested(city, enrolled, "2024-11", "40")
    path = f"/hour-attestations/{made['id']}"
    changed = {"hours": "38", "reason": "Räknade fel"}
    assert await city.refused("POST", f"{path}/corrections", changed, version=7) == (
        "412 precondition_failed"
    )
    corrected = await city.made(f"{path}/corrections", changed, version=1)
    assert (corrected["hours"], corrected["version"]) == ("38:00", 2)
    gone = await city.made(f"{path}/withdrawals", {"reason": "Fel person"}, version=2)
    assert gone["withdrawn"]
    told = await city.outbox(TOLD)
    assert [(event["attestedVersion"], event["minutes"]) for event in told] == [
        (1, 2400),
        (2, 2280),
        (3, 0),
    ]
    assert await city.refused("POST", f"{path}/corrections", changed, version=3) == (
        "409 attestation_withdrawn"
    )
    assert (await attested(city, enrolled, "2024-11", "12"))["version"] == 1


@pytest.mark.parametrize(
    ("month", "hours", "refusal"),
    [
        ("2024-09", "10", "409 month_not_covered"),
        ("2199-01", "10", "409 month_not_covered"),
        ("2024-10", "286:01", "422 more_hours_than_days"),
        ("2024-10", "0", "422 invalid_request"),
        ("2024-10", "7:75", "422 invalid_request"),
        ("2024-13", "7", "422 invalid_request"),
    ],
)
async def test_hours_that_cannot_be_are_refused(
    city: City, enrolled: str, month: str, hours: str, refusal: str
) -> None:
    body = {"enrolmentId": enrolled, "month": month, "hours": hours}
    assert await city.refused("POST", "/hour-attestations", body) == refusal
    assert (await attested(city, enrolled, "2024-10", "286"))["hours"] == "286:00"


async def test_month_is_attested_once_and_by_its_own_unit(city: City, enrolled: str) -> None:
    await attested(city, enrolled, "2024-10", "10")
    body = {"enrolmentId": enrolled, "month": "2024-10", "hours": "11"}
    assert await city.refused("POST", "/hour-attestations", body) == "409 hours_attested_already"
    unga: Any = {"units": ("jobbtorg-unga",)}
    assert await city.refused("POST", "/hour-attestations", body, **unga) == (
        "404 enrolment_not_found"
    )
    assert (await city.read("/hour-attestations", **unga))["items"] == []
    listed = await city.read("/hour-attestations", enrolmentId=enrolled, month="2024-10")
    assert [item["hours"] for item in listed["items"]] == ["10:00"]


async def test_programme_of_no_project_tells_budget_nothing(city: City) -> None:
    made = await city.enrolment((await city.person())["id"])
    await attested(city, made["id"], "2024-10", "10")
    assert await city.outbox(TOLD) == []


async def test_hours_after_the_exit_are_withdrawn_with_it(city: City, enrolled: str) -> None:
    kept = await attested(city, enrolled, "2024-10", "60")
    lost = await attested(city, enrolled, "2024-11", "60")
    exit_ = {"exitedOn": "2024-11-03", "outcome": "work"}
    await city.made(f"/enrolments/{enrolled}/exits", exit_)
    assert not (await city.read(f"/hour-attestations/{kept['id']}"))["withdrawn"]
    assert (await city.read(f"/hour-attestations/{lost['id']}"))["withdrawn"]
    body = {"reason": "Aldrig deltagare"}
    await city.made(f"/enrolments/{enrolled}/retractions", body, version=2)
    told = await city.outbox(TOLD)
    assert [(event["month"], event["minutes"]) for event in told[2:]] == [
        ("2024-11-01", 0),
        ("2024-10-01", 0),
    ]


async def test_hours_follow_a_delivery_that_corrects_the_enrolment(city: City) -> None:
    await city.told(ProjectDecided(**project()), source="budget")
    row = {
        "sourceKey": "vera:1",
        "identityNumber": city.person_number(),
        "unit": "jobbtorg-vuxna",
        "programme": PROGRAMME,
        "ground": "outreach",
        "statusAtEntry": "inactive",
        "startedOn": "2024-10-01",
    }
    await city.delivered("enrolments", [row])
    enrolment = (await city.read("/enrolments", programme=PROGRAMME))["items"][0]["id"]
    kept = await attested(city, enrolment, "2024-11", "10")
    lost = await attested(city, enrolment, "2024-10", "10")
    done = await city.delivered("enrolments", [row | {"startedOn": "2024-11-01"}])
    assert done.counts["changed"] == 1
    assert not (await city.read(f"/hour-attestations/{kept['id']}"))["withdrawn"]
    assert (await city.read(f"/hour-attestations/{lost['id']}"))["withdrawn"]
    assert [told["minutes"] for told in await city.outbox(TOLD)] == [600, 600, 0]


def test_days_are_those_enrolled_until_today() -> None:
    month, today = date(2024, 10, 1), date(2024, 10, 20)
    started = date(2024, 10, 10)
    assert covered_days(started, None, month=month, today=date(2024, 12, 1)) == 22
    assert covered_days(started, None, month=month, today=today) == 11
    assert covered_days(started, date(2024, 10, 12), month=month, today=today) == 2
    assert covered_days(started, started, month=month, today=today) == 0
    assert covered_days(date(2024, 11, 1), None, month=month, today=date(2024, 12, 1)) == 0
    assert most_minutes(2) == 26 * 60


def test_hours_read_back_as_written() -> None:
    for minutes in (1, 59, 60, 2550, 24_180):
        assert parse_hours(hours_text(minutes)) == minutes
    with pytest.raises(NotHours):
        parse_hours("1.5")
