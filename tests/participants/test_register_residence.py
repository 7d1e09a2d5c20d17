# ruff: noqa: ANN401  JSON bodies and query parameters are whatever a test sends
from __future__ import annotations

from itertools import count
from typing import Any

from shared.db import driver
from tests.participants.city import CLERK, City
from tests.participants.test_merges import counts, nothing_drifts

_keys = count(1)


def row(person: dict[str, Any], district: str, **more: Any) -> dict[str, Any]:
    return {
        "sourceKey": f"folk:{next(_keys)}",
        "identityNumber": person["identityNumber"],
        "district": district,
        "validFrom": "2020-01-01",
    } | more


async def lived(city: City, person: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    read = await city.read(f"/persons/{person['id']}")
    return [(it["district"], it["validFrom"], it["validTo"]) for it in read["residences"]]


async def test_delivered_residence_freezes_earlier_entries_anew(city: City) -> None:
    person, other = await city.person(), await city.person()
    await city.enrolment(person["id"], startedOn="2024-03-01")
    await city.enrolment(person["id"], startedOn="2024-10-01", programme="kvinnors-etablering")
    advice = {"personId": other["id"], "unit": "jobbtorg-unga", "heldOn": "2024-04-01"}
    await city.made("/advisory-sessions", advice)
    before = await city.basis()
    rows = [
        row(person, "kista", validTo="2024-05-31"),
        row(person, "jarva", validFrom="2024-06-01"),
        row(other, "farsta"),
    ]
    done = await city.delivered("residence", rows)
    assert (done.state, done.counts) == ("applied", {"rows": 3, "created": 3})
    moved = {"jarva": 1, "kista": 1}
    assert (await counts(city))["districts"] == moved
    assert (await counts(city, basis=before))["districts"] == {"unknown": 1}
    advised = await city.figure("advised", "2024", by="district")
    assert advised["rows"] == [{"district": "farsta", "value": 1}]
    assert await lived(city, person) == [
        ("kista", "2020-01-01", "2024-05-31"),
        ("jarva", "2024-06-01", None),
    ]
    again = await city.delivered("residence", rows)
    assert again.counts == {"rows": 3, "unchanged": 3}
    await nothing_drifts(city)


async def test_neighbours_move_and_a_row_is_taken_back(city: City) -> None:
    person = await city.person()
    await city.enrolment(person["id"], startedOn="2024-06-15")
    first = row(person, "kista", validTo="2024-05-31")
    second = row(person, "jarva", validFrom="2024-06-01")
    await city.delivered("residence", [first, second])
    later = [first | {"validTo": "2024-06-30"}, second | {"validFrom": "2024-07-01"}]
    assert (await city.delivered("residence", later)).counts == {"rows": 2, "changed": 2}
    assert (await counts(city))["districts"] == {"kista": 1}
    gone = {"op": "retract", "sourceKey": first["sourceKey"], "reason": "Fel person"}
    assert (await city.delivered("residence", [gone])).counts == {"rows": 1, "retracted": 1}
    assert (await city.delivered("residence", [gone])).counts == {"rows": 1, "unchanged": 1}
    assert (await counts(city))["districts"] == {"unknown": 1}
    assert await lived(city, person) == [("jarva", "2024-07-01", None)]
    assert (await city.delivered("residence", [later[0]])).counts == {"rows": 1, "changed": 1}
    assert (await counts(city))["districts"] == {"kista": 1}
    await nothing_drifts(city)


async def test_rows_are_refused_by_what_is_wrong_with_them(city: City) -> None:
    person, other = await city.person(), await city.person()
    stranger = {"identityNumber": city.person_number()}
    hidden = await city.person(protectedIdentity="secrecy_marking")
    held = row(person, "kista", validTo="2024-05-31")
    await city.delivered("residence", [held])
    done = await city.delivered(
        "residence",
        [
            row(person, "jarva", validFrom="2024-05-31"),
            row(other, "jarva", validTo="2024-05-31"),
            row(other, "kista", validFrom="2024-05-01"),
            row(stranger, "jarva"),
            row(hidden, "jarva"),
            row(other, "jarva", validFrom="2024-07-01", validTo="2024-06-30"),
            row(person, "Järva"),
            row(person, "jarva", identityNumber="200001092381"),
        ],
    )
    assert done.counts == {"rows": 8, "created": 1, "rejected": 7}
    assert done.refusals == [
        (1, "validFrom", "residence_overlap"),
        (3, "validFrom", "residence_overlap"),
        (4, "identityNumber", "residence_not_kept"),
        (5, "identityNumber", "residence_not_kept"),
        (6, "validTo", "ends_before_it_begins"),
        (7, "district", "wrong_pattern"),
        (8, "identityNumber", "wrong_check_digit"),
    ]
    unknown, protected = (error for error in done.errors if error["rowNumber"] in (4, 5))
    assert {**unknown, "rowNumber": 0} == {**protected, "rowNumber": 0}


async def test_snapshot_ends_what_is_gone_and_a_written_one_yields(city: City) -> None:
    stays, leaves, by_hand = [
        await city.person(residence={"district": "farsta", "validFrom": day})
        for day in ("2019-01-01", "2021-01-01", "2022-01-01")
    ]
    rows = [row(stays, "kista"), row(leaves, "jarva")]
    await city.delivered("residence", rows)
    assert await lived(city, stays) == [
        ("farsta", "2019-01-01", "2019-12-31"),
        ("kista", "2020-01-01", None),
    ]
    assert await lived(city, leaves) == [("jarva", "2020-01-01", None)]
    await city.enrolment(leaves["id"], startedOn="2024-12-15")
    done = await city.delivered("residence", rows[:1], mode="snapshot", deliveryDate="2024-12-15")
    assert done.counts == {"rows": 1, "unchanged": 1, "ended": 1}
    assert await lived(city, leaves) == [("jarva", "2020-01-01", "2024-12-14")]
    assert await lived(city, by_hand) == [("farsta", "2022-01-01", None)]
    assert (await counts(city))["districts"] == {"unknown": 1}
    moved = await city.call(
        "PATCH",
        f"/persons/{stays['id']}",
        {"residence": {"district": "farsta", "validFrom": "2024-01-01"}, "reason": "Flyttat"},
        version=1,
    )
    assert moved.status_code == 200
    assert [it[0] for it in await lived(city, stays)] == ["farsta", "kista", "farsta"]
    await nothing_drifts(city)


async def test_dry_run_tells_what_would_move(city: City) -> None:
    person = await city.person()
    await city.enrolment(person["id"])
    done = await city.delivered("residence", [row(person, "jarva")], dryRun=True)
    assert done.counts == {"rows": 1, "created": 1}
    assert await lived(city, person) == []
    assert (await counts(city))["districts"] == {"unknown": 1}


async def test_person_who_turned_protected_keeps_what_was_delivered_and_shows_none(
    city: City,
) -> None:
    person = await city.person()
    await city.enrolment(person["id"])
    delivered = row(person, "jarva")
    await city.delivered("residence", [delivered])
    marked = {"protectedIdentity": "protected_registration", "reason": "Aviserad"}
    await city.call("PATCH", f"/persons/{person['id']}", marked, version=1)
    done = await city.delivered("residence", [delivered], mode="snapshot")
    assert done.refusals == [(1, "identityNumber", "residence_not_kept")]
    assert (await counts(city))["districts"] == {"unknown": 1}
    read = await city.read(f"/persons/{person['id']}", scopes=CLERK)
    assert read["residences"] == []
    async with city.db.read() as session:
        kept = await (await driver(session)).fetchval("select valid_to from residence")
    assert kept is None  # a refused row ends nothing
