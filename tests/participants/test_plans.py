# ruff: noqa: ANN401  JSON bodies and query parameters are whatever a test sends
from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from services.participants.main import create_app
from services.participants.rotation import reseal_contents
from services.participants.sealing import Seals
from services.participants.settings import Settings
from shared.crypto import SealBroken
from shared.db import driver
from tests.participants.city import City
from tests.participants.conftest import Calling, key

SECRET = "Målet är en anställning på biblioteket"
STEPS = [{"what": "Praktik i höst", "by": "2024-12-01"}, {"what": "Sfi kurs D", "by": None}]


def plan(person: str, **more: Any) -> dict[str, Any]:
    return {
        "personId": person,
        "unit": "jobbtorg-vuxna",
        "drawnUpOn": "2024-10-02",
        "reviewOn": "2025-01-02",
        "goal": SECRET,
        "steps": STEPS,
    } | more


def renewal(day: str, **more: Any) -> dict[str, Any]:
    return {"drawnUpOn": day, "reviewOn": "2026-06-01", "goal": "Mål", "steps": STEPS} | more


async def test_plan_is_read_alone_and_says_nothing_in_lists_nor_at_rest(city: City) -> None:
    person = await city.person(guardianOfChildren=True)
    enrolled = await city.enrolment(person["id"])
    made = await city.made("/plans", plan(person["id"], enrolmentId=enrolled["id"]))
    assert (made["guardianOfChildren"], made["follows"], made["version"]) == (True, None, 1)
    assert SECRET not in str(made)
    read = await city.read(f"/plans/{made['id']}")
    assert (read["goal"], read["steps"]) == (SECRET, STEPS)
    assert {name: read[name] for name in made} == made
    assert (await city.read("/plans"))["items"] == [made]
    elsewhere = {"units": ("jobbtorg-unga",)}
    assert await city.refused("GET", f"/plans/{made['id']}", **elsewhere) == "404 plan_not_found"
    assert (await city.read("/plans", **elsewhere))["items"] == []
    async with city.db.read() as session:
        conn = await driver(session)
        stored = await conn.fetchval("select plan::text || content_sealed::text from plan")
        assert SECRET.encode().hex() not in stored
        sealed = await conn.fetchval("select content_sealed from plan")
    with pytest.raises(SealBroken):  # bound to its plan
        city.seals.open_content(sealed, table="plan", record_id=enrolled["id"])


async def test_each_rule_of_a_plan_has_its_refusal(city: City) -> None:
    person = await city.person()
    enrolled = await city.enrolment(person["id"])
    other = await city.enrolment((await city.person())["id"])
    refused: tuple[tuple[dict[str, Any], str], ...] = (
        ({"reviewOn": "2024-10-02"}, "422 review_before_plan"),
        ({"drawnUpOn": "2099-01-01", "reviewOn": "2099-02-01"}, "422 plan_in_future"),
        ({"drawnUpOn": "2019-12-31"}, "409 unit_not_in_operation"),
        ({"unit": "nowhere"}, "422 unknown_unit"),
        ({"enrolmentId": other["id"]}, "409 plan_outside_enrolment"),
        (
            {"enrolmentId": enrolled["id"], "drawnUpOn": "2024-09-30"},
            "409 plan_outside_enrolment",
        ),
        ({"enrolmentId": enrolled["id"], "unit": "jobbtorg-unga"}, "409 plan_outside_enrolment"),
        ({"personId": "00000000-0000-7000-8000-000000000000"}, "404 person_not_found"),
        ({"steps": []}, "422 invalid_request"),
    )
    for change, refusal in refused:
        body = plan(person["id"]) | change
        assert await city.refused("POST", "/plans", body) == refusal, change
    theirs = {"units": ("jobbtorg-unga",)}
    assert await city.refused("POST", "/plans", plan(person["id"]), **theirs) == (
        "403 unit_not_allowed"
    )
    unseen = plan(person["id"], unit="jobbtorg-unga")
    assert await city.refused("POST", "/plans", unseen, **theirs) == "404 person_not_found"


async def test_new_plan_follows_the_old_one_and_overdue_ones_show(city: City) -> None:
    person = (await city.person())["id"]
    first = await city.made("/plans", plan(person))

    async def overdue(day: str) -> list[str]:
        return [each["id"] for each in (await city.read("/plans", overdueOn=day))["items"]]

    assert await overdue("2025-01-02") == []
    assert await overdue("2025-01-03") == [first["id"]]
    path = f"/plans/{first['id']}"
    early = renewal("2024-10-02")
    assert await city.refused("POST", f"{path}/renewals", early) == "422 plan_before_renewed"
    second = await city.made(f"{path}/renewals", renewal("2025-03-01"))
    assert (second["follows"], second["personId"]) == (first["id"], person)
    assert (await city.read(path))["renewedBy"] == second["id"]
    assert await overdue("2025-06-01") == []
    again = renewal("2025-04-01")
    assert await city.refused("POST", f"{path}/renewals", again) == "409 plan_renewed"
    gone = {"reason": "Blev inte av"}
    assert await city.refused("POST", f"{path}/retractions", gone, version=1) == "409 plan_renewed"
    await city.made(f"/plans/{second['id']}/retractions", gone, version=1)
    assert await overdue("2025-06-01") == [first["id"]]
    assert await city.refused("POST", f"/plans/{second['id']}/renewals", again) == (
        "409 plan_retracted"
    )
    third = await city.made(f"{path}/renewals", again)
    assert third["follows"] == first["id"]


async def test_plan_of_an_ended_enrolment_is_not_overdue(city: City) -> None:
    enrolled = await city.enrolment((await city.person())["id"])
    await city.made("/plans", plan(enrolled["personId"], enrolmentId=enrolled["id"]))
    exit_ = {"exitedOn": "2025-02-01", "outcome": "work"}
    await city.made(f"/enrolments/{enrolled['id']}/exits", exit_)
    for day, count in (("2025-01-31", 1), ("2025-02-01", 0)):
        found = await city.read("/plans", overdueOn=day, unit="jobbtorg-vuxna")
        assert found["_meta"]["totalRecords"] == count, day


async def test_correction_keeps_what_was_said_before_sealed(city: City) -> None:
    made = await city.made("/plans", plan((await city.person())["id"]))
    path = f"/plans/{made['id']}"
    half = {"goal": "Nytt mål", "reason": "Ändrat"}
    assert await city.refused("POST", f"{path}/corrections", half, version=1) == "422 value_needed"
    body = half | {"steps": STEPS[:1], "guardianOfChildren": True}
    corrected = await city.made(f"{path}/corrections", body, version=1)
    assert (corrected["guardianOfChildren"], corrected["version"]) == (True, 2)
    assert (await city.read(path))["goal"] == "Nytt mål"
    async with city.db.read() as session:
        kept = await (await driver(session)).fetchval("select body::text from record_version")
    assert "content_sealed" in kept
    assert SECRET not in kept


async def test_plans_follow_a_new_key(city: City, settings: Settings, calling: Calling) -> None:
    made = await city.made("/plans", plan((await city.person())["id"]))
    both = settings.model_copy(update={"seal_keys": {1: key(1), 2: key(3)}})
    assert await reseal_contents(city.db, Seals.of(both))
    assert not await reseal_contents(city.db, Seals.of(both))
    newest = both.model_copy(update={"seal_keys": {2: key(3)}})
    async with calling(create_app(newest)) as client:
        later = replace(city, client=client, seals=Seals.of(newest))
        assert (await later.read(f"/plans/{made['id']}"))["goal"] == SECRET
