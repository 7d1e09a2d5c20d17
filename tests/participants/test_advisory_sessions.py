# ruff: noqa: ANN401  JSON bodies and query parameters are whatever a test sends
from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
import pytest

from shared.db import driver
from tests.participants.city import City


def session(person_id: str, **more: Any) -> dict[str, Any]:
    return {"personId": person_id, "unit": "jobbtorg-vuxna", "heldOn": "2024-05-02"} | more


async def test_three_sessions_and_no_fourth(city: City) -> None:
    person = (await city.person())["id"]
    ordinals = [
        (await city.made("/advisory-sessions", session(person)))["ordinal"] for _ in range(3)
    ]
    assert ordinals == [1, 2, 3]
    refused = await city.call("POST", "/advisory-sessions", session(person))
    assert (refused.status_code, refused.json()["code"]) == (409, "fourth_advisory_session")
    assert refused.json()["title"] == "A person who is not enrolled is advised at most three times"
    assert (await city.figure("advised", "2024"))["total"] == 1


async def test_eight_sessions_at_once_leave_three(city: City) -> None:
    person = (await city.person())["id"]
    answers = await asyncio.gather(
        *(city.call("POST", "/advisory-sessions", session(person)) for _ in range(8))
    )
    codes = sorted(answer.status_code for answer in answers)
    assert codes == [201, 201, 201, 409, 409, 409, 409, 409]
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {
        "fourth_advisory_session"
    }


@pytest.mark.parametrize("ordinal", [3, 4])
async def test_the_table_refuses_a_fourth_whoever_forgets_to_ask(city: City, ordinal: int) -> None:
    person = (await city.person())["id"]
    for _ in range(3):
        await city.made("/advisory-sessions", session(person))
    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        async with city.db.begin() as writing:
            await (await driver(writing)).execute(
                "insert into advisory_session (person_id, unit, held_on, ordinal, sex, age_group,"
                " district) values ($1, 'jobbtorg-vuxna', '2024-05-02', $2, 'women', '30-39',"
                " 'unknown')",
                person,
                ordinal,
            )


async def test_retracted_session_makes_room(city: City) -> None:
    person = (await city.person())["id"]
    held = [await city.made("/advisory-sessions", session(person)) for _ in range(3)]
    path = f"/advisory-sessions/{held[1]['id']}/retractions"
    before = await city.basis()
    retracted = await city.made(path, {"reason": "Aldrig hållet"}, version=1)
    assert retracted["retracted"] is True
    again = await city.refused("POST", path, {"reason": "Igen"}, version=2)
    assert again == "409 advisory_session_retracted"
    assert (await city.made("/advisory-sessions", session(person)))["ordinal"] == 2
    assert (await city.figure("advised", "2024", basis=before))["total"] == 1


async def test_sessions_are_for_people_who_are_not_enrolled(city: City) -> None:
    person = (await city.person())["id"]
    enrolled = await city.enrolment(person, startedOn="2024-04-01")
    body = session(person)
    assert await city.refused("POST", "/advisory-sessions", body) == "409 person_is_enrolled"
    assert await city.made("/advisory-sessions", session(person, heldOn="2024-03-31"))
    exit_ = {"exitedOn": "2024-05-02", "outcome": "moved"}
    await city.made(f"/enrolments/{enrolled['id']}/exits", exit_)
    assert await city.made("/advisory-sessions", body)


REFUSED: tuple[tuple[dict[str, Any], str], ...] = (
    ({"unit": "no-such-unit"}, "409 unit_not_in_operation"),
    ({"heldOn": "2019-12-31"}, "409 unit_not_in_operation"),
    (
        {"programme": "stockholmskraften", "heldOn": "2022-12-31"},
        "409 programme_not_in_operation",
    ),
    ({"personId": "00000000-0000-7000-8000-000000000000"}, "404 person_not_found"),
)


async def test_hold_names_the_rule_that_is_broken(city: City) -> None:
    person = (await city.person())["id"]
    for change, refusal in REFUSED:
        body = session(person) | change
        assert await city.refused("POST", "/advisory-sessions", body) == refusal, change


async def test_advised_counts_persons_once_and_by_breakdown(city: City) -> None:
    for sex, times in (("women", 3), ("women", 1), ("men", 2)):
        person = (await city.person(sex))["id"]
        for _ in range(times):
            body = session(person, programme="kvinnors-etablering")
            await city.made("/advisory-sessions", body)
    answer = await city.figure("advised", "2024", by="sex", programme="kvinnors-etablering")
    assert {row["sex"]: row["value"] for row in answer["rows"]} == {"men": 1, "women": 2}
    assert (await city.figure("advised", "2023"))["total"] == 0


async def test_correction_moves_the_session_and_keeps_its_place(city: City) -> None:
    person = (await city.person(residence={"district": "kista", "validFrom": "2024-06-01"}))["id"]
    held = await city.made("/advisory-sessions", session(person))
    before = await city.basis()
    path = f"/advisory-sessions/{held['id']}/corrections"
    body = {"heldOn": "2025-01-02", "programme": "stockholmskraften", "reason": "Fel dag"}
    corrected = await city.made(path, body, version=1)
    assert (corrected["heldOn"], corrected["programme"], corrected["ordinal"]) == (
        "2025-01-02",
        "stockholmskraften",
        1,
    )
    assert (await city.figure("advised", "2024", basis=before))["total"] == 1
    assert (await city.figure("advised", "2024"))["total"] == 0
    assert (await city.figure("advised", "2025", by="district"))["rows"] == [
        {"district": "kista", "value": 1}
    ]
    await city.enrolment(person, startedOn="2025-02-01")
    refused: tuple[tuple[dict[str, Any], str], ...] = (
        ({"heldOn": "2025-02-01"}, "409 person_is_enrolled"),
        ({"heldOn": "2019-12-31"}, "409 unit_not_in_operation"),
        ({"heldOn": None}, "422 value_needed"),
    )
    for change, refusal in refused:
        body = {"reason": "Fel"} | change
        assert await city.refused("POST", path, body, version=2) == refusal, change
    moved = {"unit": "jobbtorg-unga", "reason": "Fel enhet"}
    theirs = {"units": ("jobbtorg-vuxna",), "version": 2}
    assert await city.refused("POST", path, moved, **theirs) == "403 unit_not_allowed"
    assert await city.refused("POST", path, moved, version=1) == "412 precondition_failed"
