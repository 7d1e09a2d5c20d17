# ruff: noqa: ANN401  JSON bodies and query parameters are whatever a test sends
from __future__ import annotations

from itertools import count
from typing import Any

from tests.participants.city import City

_keys = count(1)


def row(number: str, **more: Any) -> dict[str, Any]:
    return {
        "sourceKey": f"flai:a{next(_keys)}",
        "identityNumber": number,
        "unit": "jobbtorg-vuxna",
        "programme": "kvinnors-etablering",
        "heldOn": "2024-05-02",
    } | more


async def test_delivery_counts_people_once(city: City) -> None:
    often, once = city.person_number(), city.person_number("men")
    rows = [row(often), row(often, heldOn="2024-06-01"), row(once)]
    done = await city.delivered("advisory-sessions", rows)
    assert done.counts == {"rows": 3, "created": 3}
    figure = await city.figure("advised", "2024", by="sex", programme="kvinnors-etablering")
    assert {r["sex"]: r["value"] for r in figure["rows"]} == {"men": 1, "women": 1}
    assert (await city.delivered("advisory-sessions", rows)).counts == {"rows": 3, "unchanged": 3}


async def test_fourth_is_refused_in_one_delivery_and_across_several(city: City) -> None:
    number, other = city.person_number(), city.person_number()
    rows = [row(number, heldOn=f"2024-05-{day:02}") for day in (4, 3, 2, 1)]
    done = await city.delivered("advisory-sessions", [*rows, row(other)])
    assert done.refusals == [(1, None, "fourth_advisory_session")]
    assert done.counts == {"rows": 5, "created": 4, "rejected": 1}
    # What is on record stands, also against a new session held earlier.
    again = await city.delivered("advisory-sessions", [row(number, heldOn="2024-01-01"), *rows[1:]])
    assert again.refusals == [(1, None, "fourth_advisory_session")]
    assert again.counts == {"rows": 4, "unchanged": 3, "rejected": 1}


async def test_sessions_recorded_by_hand_count_as_well(city: City) -> None:
    number = city.person_number()
    person = await city.person(identityNumber=number)
    body = {"personId": person["id"], "unit": "jobbtorg-vuxna", "heldOn": "2024-05-02"}
    for _ in range(2):
        await city.made("/advisory-sessions", body)
    done = await city.delivered("advisory-sessions", [row(number), row(number)])
    assert done.counts == {"rows": 2, "created": 1, "rejected": 1}


async def test_retraction_and_correction_to_another_person(city: City) -> None:
    number, right = city.person_number(), city.person_number()
    rows = [row(number) for _ in range(3)]
    await city.delivered("advisory-sessions", rows)
    retraction = {"op": "retract", "sourceKey": rows[0]["sourceKey"], "reason": "Aldrig hållet"}
    await city.delivered("advisory-sessions", [retraction])
    moved = rows[1] | {"identityNumber": right}
    done = await city.delivered("advisory-sessions", [moved, rows[0], row(number)])
    assert done.counts == {"rows": 3, "created": 1, "changed": 2}
    assert (await city.figure("advised", "2024"))["total"] == 2


async def test_rows_about_enrolled_people_and_unknown_places_are_refused(city: City) -> None:
    number = city.person_number()
    person = await city.person(identityNumber=number)
    await city.enrolment(person["id"], startedOn="2024-05-01")
    done = await city.delivered(
        "advisory-sessions",
        [
            row(number),
            row(city.person_number(), unit="no-such-unit"),
            row(city.person_number(), programme="none"),
            row(city.person_number(), programme=None),
        ],
    )
    assert done.refusals == [
        (1, "heldOn", "person_is_enrolled"),
        (2, "unit", "unknown_unit"),
        (3, "programme", "unknown_programme"),
    ]
    assert done.counts == {"rows": 4, "created": 1, "rejected": 3}
