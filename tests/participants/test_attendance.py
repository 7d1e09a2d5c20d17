"""Attendance: what the register takes, and what it makes of attested hours."""

from __future__ import annotations

from typing import Any

import pytest

from services.participants.handlers import ProjectDecided
from tests.participants.city import City
from tests.participants.test_hour_attestations import PROGRAMME, TOLD
from tests.participants.test_referrals import project


def day(key: str, on: str, minutes: int = 240, **who: str) -> dict[str, Any]:
    return {"sourceKey": f"narvaro:{key}", "day": on, "minutes": minutes, **who}


@pytest.fixture
async def number(city: City) -> str:
    """The number of somebody in a project of budget's from 10 October to 20 November 2024."""
    await city.told(ProjectDecided(**project()), source="budget")
    number = city.person_number()
    person = await city.person(identityNumber=number)
    made = await city.enrolment(person["id"], programme=PROGRAMME, startedOn="2024-10-10")
    await city.made(
        f"/enrolments/{made['id']}/exits", {"exitedOn": "2024-11-20", "outcome": "work"}
    )
    return number


async def enrolment_of(city: City) -> str:
    return str((await city.read("/enrolments", programme=PROGRAMME))["items"][0]["id"])


async def test_each_faulty_row_is_refused_by_its_rule_and_loses_nothing(
    city: City, number: str
) -> None:
    enrolment = await enrolment_of(city)
    who: Any = {"identityNumber": number, "programme": PROGRAMME}
    rows = [
        day("1", "2024-10-10", **who),
        day("2", "2024-10-09", **who),
        day("3", "2024-11-20", **who),
        day("4", "2024-10-11", 781, enrolmentId=enrolment),
        day("5", "2024-10-11", 0, enrolmentId=enrolment),
        day("6", "2199-10-11", **who),
        day("7", "2024-10-10", enrolmentId=enrolment),
        day("8", "2024-10-12", identityNumber=city.person_number(), programme=PROGRAMME),
        day("9", "2024-10-12", enrolmentKey="vera:none"),
        day("10", "2024-10-12"),
        day("11", "2024-10-12", identityNumber=number),
        day("12", "2024-10-12", enrolmentId=enrolment, enrolmentKey="vera:1"),
        day(number, "2024-10-12", enrolmentId=enrolment),
        day("14", "2024-11-19", 780, enrolmentId=enrolment),
    ]
    done = await city.delivered("attendance", rows)
    assert done.refusals == [
        (2, "day", "outside_enrolment"),
        (3, "day", "outside_enrolment"),
        (4, "minutes", "more_than_thirteen_hours"),
        (5, "minutes", "no_minutes"),
        (6, "day", "day_to_come"),
        (7, "day", "attended_already"),
        (8, "identityNumber", "unknown_enrolment"),
        (9, "enrolmentKey", "unknown_enrolment"),
        (10, "enrolmentId", "one_participant"),
        (11, "programme", "half_a_participant"),
        (12, "enrolmentId", "one_participant"),
        (13, "sourceKey", "holds_identity_number"),
    ]
    assert done.counts == {"rows": 14, "created": 2, "rejected": 12}
    listed = await city.read("/attended-days", enrolmentId=enrolment, month="2024-10")
    assert [(item["day"], item["minutes"]) for item in listed["items"]] == [("2024-10-10", 240)]
    unga: Any = {"units": ("jobbtorg-unga",)}
    assert (await city.read("/attended-days", **unga))["items"] == []


async def test_nobody_attends_two_projects_for_more_than_a_day(city: City, number: str) -> None:
    first = await enrolment_of(city)
    found = await city.call("POST", "/person-lookups", {"identityNumber": number})
    person = found.json()["id"]
    second = (await city.enrolment(person))["id"]
    done = await city.delivered("attendance", [day("1", "2024-10-14", 400, enrolmentId=first)])
    assert done.counts == {"rows": 1, "created": 1}
    done = await city.delivered(
        "attendance",
        [
            day("2", "2024-10-14", 380, enrolmentId=second),
            day("3", "2024-10-15", 400, enrolmentId=second),
            day("4", "2024-10-15", 381, enrolmentId=first),
        ],
    )
    assert done.counts == {"rows": 3, "created": 2, "rejected": 1}
    assert done.refusals == [(3, "minutes", "more_than_thirteen_hours")]


async def test_snapshot_speaks_for_its_system_and_month_and_days_change_places(
    city: City, number: str
) -> None:
    enrolment = await enrolment_of(city)
    rows = [
        day("1", "2024-10-14", enrolmentId=enrolment),
        day("2", "2024-10-15", 300, enrolmentId=enrolment),
        day("3", "2024-11-04", enrolmentId=enrolment),
        day("4", "2024-10-16", enrolmentId=enrolment) | {"sourceKey": "annat:1"},
    ]
    await city.delivered("attendance", rows)
    assert (await city.delivered("attendance", rows)).counts == {"rows": 4, "unchanged": 4}
    swapped = [rows[0] | {"day": "2024-10-15"}, rows[1] | {"day": "2024-10-14"}]
    assert (await city.delivered("attendance", swapped)).counts == {"rows": 2, "changed": 2}
    done = await city.delivered("attendance", swapped[:1], mode="snapshot")
    assert done.counts == {"rows": 1, "unchanged": 1, "ended": 1}
    gone = [{"op": "retract", "sourceKey": "narvaro:3", "reason": "Fel person"}]
    assert (await city.delivered("attendance", gone)).counts == {"rows": 1, "retracted": 1}
    listed = await city.read("/attended-days", enrolmentId=enrolment)
    assert [(item["externalReference"], item["retracted"]) for item in listed["items"]] == [
        ("narvaro:2", True),
        ("narvaro:1", False),
        ("annat:1", False),
        ("narvaro:3", True),
    ]
    assert (await city.delivered("attendance", [rows[2]])).counts == {"rows": 1, "changed": 1}


async def test_month_is_attested_from_attendance_and_shows_when_it_no_longer_agrees(
    city: City, number: str
) -> None:
    enrolment = await enrolment_of(city)
    wanted = {"enrolmentId": enrolment, "month": "2024-10", "fromAttendance": True}
    assert await city.refused("POST", "/hour-attestations", wanted) == "409 no_attendance"
    for both in ({"hours": "3"}, {"fromAttendance": False}):
        assert await city.refused("POST", "/hour-attestations", wanted | both) == (
            "422 hours_or_attendance"
        )
    rows = [
        day("1", "2024-10-14", 200, enrolmentId=enrolment),
        day("2", "2024-10-31", 101, enrolmentId=enrolment),
        day("3", "2024-11-01", 77, enrolmentId=enrolment),
    ]
    await city.delivered("attendance", rows)
    made = await city.made("/hour-attestations", wanted)
    assert (made["hours"], made["fromAttendance"]) == ("5:01", True)
    assert not made["differsFromAttendance"]
    await city.delivered("attendance", [rows[1] | {"minutes": 100}])
    path = f"/hour-attestations/{made['id']}"
    for shown in (
        await city.read(path),
        *(await city.read("/hour-attestations", differsFromAttendance=True))["items"],
    ):
        assert (shown["hours"], shown["attendedHours"]) == ("5:01", "5:00")
        assert shown["differsFromAttendance"]
    change = {"fromAttendance": True, "reason": "Närvaron är rättad"}
    corrected = await city.made(f"{path}/corrections", change, version=1)
    assert (corrected["hours"], corrected["differsFromAttendance"]) == ("5:00", False)
    assert (await city.read("/hour-attestations", differsFromAttendance=True))["items"] == []
    assert [told["minutes"] for told in await city.outbox(TOLD)] == [301, 300]
    # The corrected enrolment no longer covers the first of the days.
    change = {"startedOn": "2024-10-15", "reason": "Började senare"}
    await city.made(f"/enrolments/{enrolment}/corrections", change, version=2)
    assert (await city.read(path))["attendedHours"] == "1:40"
    listed = await city.read("/attended-days", enrolmentId=enrolment)
    assert [item["covered"] for item in listed["items"]] == [False, True, True]
