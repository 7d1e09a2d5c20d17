# ruff: noqa: ANN401  JSON bodies and query parameters are whatever a test sends
from __future__ import annotations

import asyncio
from typing import Any

from tests.participants.city import City, entry


async def test_enrol_freezes_the_breakdown_of_the_entry_day(city: City) -> None:
    person = await city.person(residence={"district": "rinkeby-kista", "validFrom": "2024-01-01"})
    enrolled = await city.enrolment(person["id"], startedOn="2024-10-01")
    assert enrolled["sex"] == "women"
    assert enrolled["ageGroup"] == "30-39"
    assert enrolled["district"] == "rinkeby-kista"
    assert (await city.read(f"/enrolments/{enrolled['id']}")) == enrolled


REFUSED_ENTRIES: tuple[tuple[dict[str, Any], str], ...] = (
    ({"unit": "no-such-unit"}, "422 unknown_unit"),
    ({"programme": "no-such-programme"}, "422 unknown_programme"),
    ({"team": "no-such-team"}, "422 unknown_team"),
    ({"programme": "kvinnors-etablering", "team": "pilot-one"}, "422 unknown_team"),
    ({"startedOn": "2022-12-31"}, "409 programme_not_in_operation"),
    ({"startedOn": "2019-12-31"}, "409 unit_not_in_operation"),
    ({"team": "late", "startedOn": "2024-10-31"}, "409 team_not_in_operation"),
    ({"startedOn": "1980-01-01"}, "422 born_after_entry"),
    ({"personId": "00000000-0000-7000-8000-000000000000"}, "404 person_not_found"),
    ({"ground": "curiosity"}, "422 invalid_request"),
    ({"startedOn": 0}, "422 invalid_request"),
    ({"surprise": 1}, "422 invalid_request"),
)


async def test_enrol_names_the_rule_that_is_broken(city: City) -> None:
    person = await city.person()
    somebody = {"externalReference": f"person:{city.person_number()}"}
    for change, refusal in (*REFUSED_ENTRIES, (somebody, "422 invalid_request")):
        body = entry(person["id"]) | change
        assert await city.refused("POST", "/enrolments", body) == refusal, change
    assert (await city.read("/enrolments"))["_meta"]["totalRecords"] == 0


async def test_one_person_is_enrolled_once_at_a_time_in_a_programme(city: City) -> None:
    person = await city.person()
    first = await city.enrolment(person["id"], startedOn="2024-03-01")
    again = entry(person["id"], startedOn="2024-05-01")
    assert await city.refused("POST", "/enrolments", again) == "409 enrolment_overlap"
    other = await city.enrolment(person["id"], programme="kvinnors-etablering")
    assert other["programme"] == "kvinnors-etablering"
    await city.made(
        f"/enrolments/{first['id']}/exits", {"exitedOn": "2024-05-01", "outcome": "work"}
    )
    back_the_same_day = await city.enrolment(person["id"], startedOn="2024-05-01")
    assert back_the_same_day["startedOn"] == "2024-05-01"


async def test_exit_rules(city: City) -> None:
    enrolled = await city.enrolment((await city.person())["id"], startedOn="2024-10-01")
    path = f"/enrolments/{enrolled['id']}/exits"
    early = {"exitedOn": "2024-09-30", "outcome": "work"}
    assert await city.refused("POST", path, early) == "422 exit_before_entry"
    exited = await city.made(path, {"exitedOn": "2024-10-01", "outcome": "studies"})
    assert (exited["exitedOn"], exited["outcome"], exited["version"]) == (
        "2024-10-01",
        "studies",
        2,
    )
    late = {"exitedOn": "2024-12-01", "outcome": "work"}
    assert await city.refused("POST", path, late) == "409 already_exited"


async def test_enrol_again_with_the_same_key_has_one_effect(city: City) -> None:
    person = await city.person()
    body = entry(person["id"])
    first = await city.call("POST", "/enrolments", body, idempotency_key="once")
    second = await city.call("POST", "/enrolments", body, idempotency_key="once")
    assert (second.status_code, second.content) == (201, first.content)
    assert (await city.read("/enrolments"))["_meta"]["totalRecords"] == 1
    other = entry(person["id"], programme="kvinnors-etablering")
    refused = await city.call("POST", "/enrolments", other, idempotency_key="once")
    assert refused.json()["code"] == "idempotency_key_reused"


async def test_correction_moves_the_present_and_leaves_the_past(city: City) -> None:
    person = await city.person()
    enrolled = await city.enrolment(person["id"], startedOn="2024-12-01")
    before = await city.basis()
    corrected = await city.made(
        f"/enrolments/{enrolled['id']}/corrections",
        {"startedOn": "2025-01-02", "ground": "outreach", "reason": "Fel startdag"},
        version=1,
    )
    assert (corrected["startedOn"], corrected["ground"], corrected["version"]) == (
        "2025-01-02",
        "outreach",
        2,
    )
    assert await value(city, "enrolled", "2024-12-31", basis=before) == 1
    assert await value(city, "enrolled", "2024-12-31") == 0
    assert await value(city, "enrolled", "2025-01-02", ground="outreach") == 1
    assert await value(city, "persons-enrolled", "2024", basis=before) == 1
    assert await value(city, "persons-enrolled", "2024") == 0


async def test_correction_needs_the_version_that_was_read(city: City) -> None:
    enrolled = await city.enrolment((await city.person())["id"])
    path, body = (
        f"/enrolments/{enrolled['id']}/corrections",
        {"ground": "outreach", "reason": "Fel"},
    )
    assert await city.refused("POST", path, body) == "428 precondition_required"
    await city.made(path, body, version=1)
    assert await city.refused("POST", path, body, version=1) == "412 precondition_failed"


REFUSED_CORRECTIONS: tuple[tuple[dict[str, Any], str], ...] = (
    ({"startedOn": "2025-06-01"}, "422 exit_before_entry"),
    ({"exit": {"exitedOn": "2024-09-01", "outcome": "work"}}, "422 exit_before_entry"),
    ({"startedOn": "2022-01-01"}, "409 programme_not_in_operation"),
    ({"team": "no-such-team"}, "422 unknown_team"),
    ({"unit": None}, "422 value_needed"),
    ({"startedOn": "2024-02-01"}, "409 enrolment_overlap"),
)


async def test_correction_obeys_the_rules_of_entry(city: City) -> None:
    person = await city.person()
    earlier = await city.enrolment(person["id"], startedOn="2024-01-01")
    await city.made(
        f"/enrolments/{earlier['id']}/exits", {"exitedOn": "2024-03-01", "outcome": "moved"}
    )
    enrolled = await city.enrolment(person["id"])
    await city.made(
        f"/enrolments/{enrolled['id']}/exits", {"exitedOn": "2025-01-01", "outcome": "work"}
    )
    path = f"/enrolments/{enrolled['id']}/corrections"
    for change, refusal in REFUSED_CORRECTIONS:
        body = change | {"reason": "Rättelse"}
        assert await city.refused("POST", path, body, version=2) == refusal, change


async def test_an_exit_can_be_taken_back(city: City) -> None:
    enrolled = await city.enrolment((await city.person())["id"])
    await city.made(
        f"/enrolments/{enrolled['id']}/exits", {"exitedOn": "2024-12-01", "outcome": "work"}
    )
    before = await city.basis()
    back = await city.made(
        f"/enrolments/{enrolled['id']}/corrections",
        {"exit": None, "reason": "Avslutad av misstag"},
        version=2,
    )
    assert (back["exitedOn"], back["outcome"]) == (None, None)
    assert await value(city, "exits", "2024", basis=before) == 1
    assert await value(city, "exits", "2024") == 0
    assert await value(city, "enrolled", "2024-12-31") == 1


async def test_retraction_counts_for_nothing_from_now_on(city: City) -> None:
    enrolled = await city.enrolment((await city.person())["id"])
    before = await city.basis()
    path = f"/enrolments/{enrolled['id']}"
    retracted = await city.made(f"{path}/retractions", {"reason": "Fel person"}, version=1)
    assert retracted["retracted"] is True
    assert (await city.read(path))["retracted"] is True
    assert await value(city, "enrolled", "2024-12-31", basis=before) == 1
    assert await value(city, "enrolled", "2024-12-31") == 0
    again = await city.refused("POST", f"{path}/retractions", {"reason": "Igen"}, version=2)
    assert again == "409 enrolment_retracted"
    assert await city.enrolment(enrolled["personId"])  # the time is free again


async def test_list_shows_the_callers_units_by_page(city: City) -> None:
    for unit in ("jobbtorg-vuxna", "jobbtorg-vuxna", "jobbtorg-unga"):
        await city.enrolment((await city.person())["id"], unit=unit)
    everything = await city.read("/enrolments", limit=2)
    assert (everything["_meta"]["totalRecords"], len(everything["items"])) == (3, 2)
    young = await city.read("/enrolments", units=("jobbtorg-unga",))
    assert [row["unit"] for row in young["items"]] == ["jobbtorg-unga"]
    hidden = await city.read("/enrolments", units=("jobbtorg-unga",), unit="jobbtorg-vuxna")
    assert hidden["items"] == []
    on_the_day = await city.read("/enrolments", on="2024-09-30")
    assert on_the_day["items"] == []


async def test_another_units_enrolment_is_not_there(city: City) -> None:
    enrolled = await city.enrolment((await city.person())["id"], unit="jobbtorg-vuxna")
    path = f"/enrolments/{enrolled['id']}"
    elsewhere = {"units": ("jobbtorg-unga",)}
    assert await city.refused("GET", path, **elsewhere) == "404 enrolment_not_found"
    exit_ = {"exitedOn": "2024-12-01", "outcome": "work"}
    assert (
        await city.refused("POST", f"{path}/exits", exit_, **elsewhere) == "404 enrolment_not_found"
    )
    body = entry((await city.person())["id"], unit="jobbtorg-vuxna")
    assert await city.refused("POST", "/enrolments", body, **elsewhere) == "403 unit_not_allowed"
    move = {"unit": "jobbtorg-unga", "reason": "Flyttad"}
    assert (
        await city.refused(
            "POST", f"{path}/corrections", move, units=("jobbtorg-vuxna",), version=1
        )
        == "403 unit_not_allowed"
    )


async def value(city: City, figure: str, period: str, **query: Any) -> int:
    total: int = (await city.figure(figure, period, **query))["total"]
    return total


async def test_enrolled_twice_at_once_leaves_one(city: City) -> None:
    person = (await city.person())["id"]
    answers = await asyncio.gather(
        *(
            city.call("POST", "/enrolments", entry(person, startedOn=f"2024-10-0{day}"))
            for day in range(1, 7)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409, 409]
    codes = {answer.json()["code"] for answer in answers if answer.status_code == 409}
    assert codes <= {"enrolment_overlap", "try_again"}


async def test_two_corrections_of_one_version_leave_one(city: City) -> None:
    enrolled = await city.enrolment((await city.person())["id"])
    path = f"/enrolments/{enrolled['id']}/corrections"
    answers = await asyncio.gather(
        *(
            city.call("POST", path, {"ground": ground, "reason": "Rättelse"}, version=1)
            for ground in ("decision_4_2", "voluntary", "outreach", "other_authority")
        )
    )
    assert sorted(answer.status_code for answer in answers) == [201, 412, 412, 412]
    assert (await city.read(f"/enrolments/{enrolled['id']}"))["version"] == 2
