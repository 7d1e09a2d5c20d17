"""Two records of one person: merged, counted once, taken apart again, beside everything else."""

# ruff: noqa: ANN401  JSON bodies and query parameters are whatever a test sends
from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

from services.participants.figures import facts
from shared.db import driver
from shared.journal import drift
from tests.participants.city import CLERK, EVERYTHING, READ, WRITE, City, entry

PROJECT = "kvinnors-etablering"
WITH_NUMBERS = (READ, WRITE, "participants:identity")


def body(absorbed: dict[str, Any], survivor: dict[str, Any]) -> dict[str, Any]:
    return {
        "absorbedId": absorbed["id"],
        "survivorId": survivor["id"],
        "reason": "Samma person med två nummer",
    }


async def merged(
    city: City, absorbed: dict[str, Any], survivor: dict[str, Any], **more: Any
) -> dict[str, Any]:
    return await city.made("/person-merges", body(absorbed, survivor), **more)


async def reversed_(city: City, merge: dict[str, Any]) -> dict[str, Any]:
    path = f"/person-merges/{merge['id']}/reversals"
    return await city.made(path, {"reason": "Det var två personer"})


async def counts(city: City, **query: Any) -> dict[str, Any]:
    by_district = await city.figure("persons-enrolled", "2024", by="district", **query)
    by_sex = await city.figure("persons-enrolled", "2024", by="sex", **query)
    return {
        "persons": by_district["total"],
        "districts": {row["district"]: row["value"] for row in by_district["rows"]},
        "sexes": {row["sex"]: row["value"] for row in by_sex["rows"]},
        "advised": (await city.figure("advised", "2024", **query))["total"],
    }


async def nothing_drifts(city: City) -> None:
    async with city.db.read() as session:
        conn = await driver(session)
        everybody = [row["id"] for row in await conn.fetch("select id from person")]
        for about in facts.ABOUT_PEOPLE:
            ids = [row["id"] for row in await conn.fetch(about.ids, everybody)]
            wrong = await drift(conn, facts.JOURNAL, about.kind, ids, wanted_sql=about.wanted)
            assert wrong == [], about.kind


async def test_merged_people_are_counted_once_as_the_survivor_and_apart_again(city: City) -> None:
    temporary = await city.person("men", residence={"district": "kista", "validFrom": "2020-01-01"})
    lasting = await city.person(residence={"district": "jarva", "validFrom": "2020-01-01"})
    first = await city.enrolment(temporary["id"])
    await city.enrolment(lasting["id"], programme=PROJECT)
    await city.made("/advisory-sessions", advice(temporary, "2024-03-01"))
    apart = {
        "persons": 2,
        "districts": {"jarva": 1, "kista": 1},
        "sexes": {"men": 1, "women": 1},
        "advised": 1,
    }
    before = await city.basis()
    merge = await merged(city, temporary, lasting)
    while_one = await city.basis()
    as_one = {"persons": 1, "districts": {"jarva": 1}, "sexes": {"women": 1}, "advised": 1}
    assert await counts(city, basis=while_one) == as_one
    assert await counts(city, basis=before) == apart

    assert (await city.read(f"/persons/{temporary['id']}"))["mergedInto"] == lasting["id"]
    assert (await city.read(f"/persons/{lasting['id']}"))["mergedRecords"] == [temporary["id"]]
    for of in (temporary, lasting):
        listed = await city.read("/enrolments", personId=of["id"])
        assert listed["_meta"]["totalRecords"] == 2
    found = await city.call(
        "POST", "/person-lookups", {"identityNumber": temporary["identityNumber"]}
    )
    assert found.json()["id"] == lasting["id"]
    again = {"identityNumber": temporary["identityNumber"]}
    assert (await city.call("POST", "/persons", again)).json()["personId"] == lasting["id"]

    await reversed_(city, merge)
    assert await counts(city) == apart
    assert await counts(city, basis=while_one) == as_one
    assert await counts(city, basis=before) == apart
    back = await city.read(f"/enrolments/{first['id']}")
    assert (back["district"], back["sex"], back["personId"]) == ("kista", "men", temporary["id"])
    assert (await city.read(f"/persons/{temporary['id']}"))["mergedInto"] is None
    assert (await city.read("/enrolments", personId=lasting["id"]))["_meta"]["totalRecords"] == 1
    await nothing_drifts(city)


def advice(person: dict[str, Any], day: str) -> dict[str, Any]:
    return {"personId": person["id"], "unit": "jobbtorg-unga", "heldOn": day}


async def test_what_is_recorded_meanwhile_stays_with_the_record_it_was_recorded_with(
    city: City,
) -> None:
    one, other = await city.person(), await city.person()
    merge = await merged(city, one, other)
    mine = await city.enrolment(one["id"])
    theirs = await city.enrolment(other["id"], programme=PROJECT)
    assert (await counts(city))["persons"] == 1
    await reversed_(city, merge)
    assert (await counts(city))["persons"] == 2
    for person, enrolled in ((one, mine), (other, theirs)):
        listed = await city.read("/enrolments", personId=person["id"])
        assert [item["id"] for item in listed["items"]] == [enrolled["id"]]
    await nothing_drifts(city)


async def test_merge_is_refused_with_every_reason(city: City) -> None:
    one, other, third = [await city.person() for _ in range(3)]
    for programme in ("stockholmskraften", PROJECT):
        await city.enrolment(one["id"], programme=programme)
        await city.enrolment(other["id"], programme=programme, startedOn="2024-11-01")
    answer = await city.call("POST", "/person-merges", body(one, other))
    assert (answer.status_code, answer.json()["code"]) == (409, "merge_refused")
    reasons = answer.json()["reasons"]
    assert [(r["code"], r["programme"], len(r["enrolmentIds"])) for r in reasons] == [
        ("enrolments_overlap", "stockholmskraften", 2),
        ("enrolments_overlap", PROJECT, 2),
    ]
    await merged(city, third, one)
    for pair, absorbed in (((third, other), third), ((other, third), third)):
        answer = await city.call("POST", "/person-merges", body(*pair))
        assert answer.json()["reasons"] == [
            {"code": "already_merged", "personId": absorbed["id"], "mergedInto": one["id"]}
        ]
    refusals = (
        (body(one, one), "422 merge_with_itself", EVERYTHING),
        (body(one, other), "403 insufficient_scope", CLERK),
        (body(one, {"id": str(UUID(int=7))}), "404 person_not_found", EVERYTHING),
    )
    for wrong, refusal, scopes in refusals:
        assert await city.refused("POST", "/person-merges", wrong, scopes=scopes) == refusal
    patch = {"education": "compulsory", "reason": "Uppgift"}
    path = f"/persons/{third['id']}"
    answer = await city.call("PATCH", path, patch, version=2)
    assert (answer.json()["code"], answer.json()["mergedInto"]) == ("person_merged", one["id"])


async def test_chain_of_merges_is_one_person_and_comes_apart_link_by_link(city: City) -> None:
    first, second, third = [await city.person() for _ in range(3)]
    for person, programme in ((first, "stockholmskraften"), (second, PROJECT)):
        await city.enrolment(person["id"], programme=programme)
    lower = await merged(city, first, second)
    upper = await merged(city, second, third)
    assert (await counts(city))["persons"] == 1
    assert (await city.read(f"/persons/{first['id']}"))["mergedInto"] == third["id"]
    overlapping = entry(third["id"], startedOn="2024-12-01")
    assert await city.refused("POST", "/enrolments", overlapping) == "409 enrolment_overlap"
    await reversed_(city, lower)
    assert (await counts(city))["persons"] == 2
    assert (await city.read(f"/persons/{second['id']}"))["mergedInto"] == third["id"]
    await city.enrolment(third["id"], startedOn="2024-12-01")
    await reversed_(city, upper)
    assert (await counts(city))["persons"] == 3
    path = f"/person-merges/{upper['id']}/reversals"
    assert await city.refused("POST", path, {"reason": "En gång till"}) == "409 merge_reversed"
    listed = await city.read("/person-merges", personId=second["id"])
    assert [(m["id"], m["reversedAt"] is not None) for m in listed["items"]] == [
        (upper["id"], True),
        (lower["id"], True),
    ]
    again = await merged(city, first, second)
    assert (await city.read(f"/person-merges/{again['id']}"))["reversedAt"] is None
    await nothing_drifts(city)


async def test_three_sessions_count_over_both_records_and_those_held_stand(city: City) -> None:
    one, other = await city.person(), await city.person()
    for person, days in ((one, (1, 2)), (other, (3,))):
        for day in days:
            await city.made("/advisory-sessions", advice(person, f"2024-03-{day:02}"))
    merge = await merged(city, one, other)
    refused = await city.refused("POST", "/advisory-sessions", advice(other, "2024-04-01"))
    assert refused == "409 fourth_advisory_session"
    row = {
        "sourceKey": "flai:4",
        "identityNumber": other["identityNumber"],
        "unit": "jobbtorg-unga",
        "heldOn": "2024-04-01",
    }
    done = await city.delivered("advisory-sessions", [row])
    assert [code for _, _, code in done.refusals] == ["fourth_advisory_session"]
    assert (await city.read("/advisory-sessions", personId=one["id"]))["_meta"]["totalRecords"] == 3
    await reversed_(city, merge)
    await city.made("/advisory-sessions", advice(other, "2024-04-01"))
    await city.delivered("advisory-sessions", [row])
    merge = await merged(city, one, other)  # five stand
    assert (await counts(city))["advised"] == 1
    await city.enrolment(one["id"], startedOn="2024-05-01")
    enrolled = await city.refused("POST", "/advisory-sessions", advice(other, "2024-06-01"))
    assert enrolled == "409 person_is_enrolled"


async def test_both_are_protected_as_the_more_protected_until_the_reversal(city: City) -> None:
    hidden = await city.person(protectedIdentity="secrecy_marking")
    plain = await city.person(residence={"district": "jarva", "validFrom": "2020-01-01"})
    enrolled = await city.enrolment(plain["id"])
    refused = await city.refused("POST", "/person-merges", body(hidden, plain), scopes=WITH_NUMBERS)
    assert refused == "404 person_not_found"
    merge = await merged(city, hidden, plain)
    masked = await city.read(f"/persons/{plain['id']}", scopes=CLERK)
    assert (masked["masked"], masked["birthDate"]) == (True, None)
    assert (await counts(city))["districts"] == {"unknown": 1}
    hidden_from = f"/enrolments/{enrolled['id']}"
    assert await city.refused("GET", hidden_from, scopes=CLERK) == "404 enrolment_not_found"
    path = f"/person-merges/{merge['id']}"
    assert await city.refused("GET", path, scopes=CLERK) == "404 person_merge_not_found"
    assert (await city.read("/person-merges", scopes=CLERK))["items"] == []

    await reversed_(city, merge)
    assert (await city.read(f"/persons/{plain['id']}", scopes=CLERK))["masked"] is False
    assert (await city.read(f"/persons/{hidden['id']}", scopes=CLERK))["masked"] is True
    assert (await counts(city))["districts"] == {"jarva": 1}


async def test_protection_of_one_record_is_that_of_all(city: City) -> None:
    one, other = await city.person(), await city.person()
    await merged(city, one, other)
    marked = {"protectedIdentity": "secrecy_marking", "reason": "Aviserad markering"}
    await city.call("PATCH", f"/persons/{other['id']}", marked, version=1)
    assert (await city.read(f"/persons/{one['id']}"))["protectedIdentity"] == "secrecy_marking"
    row = {
        "sourceKey": "flai:1",
        "identityNumber": one["identityNumber"],
        "unit": "jobbtorg-unga",
        "heldOn": "2024-04-01",
        "protectedIdentity": "protected_registration",
    }
    await city.delivered("advisory-sessions", [row])
    for person in (one, other):
        read = await city.read(f"/persons/{person['id']}")
        assert read["protectedIdentity"] == "protected_registration"


async def test_delivered_enrolments_of_merged_records_may_not_overlap(city: City) -> None:
    one, other = await city.person(), await city.person()
    await merged(city, one, other)

    def row(key: str, person: dict[str, Any], **more: Any) -> dict[str, Any]:
        return {
            "sourceKey": key,
            "identityNumber": person["identityNumber"],
            "unit": "jobbtorg-vuxna",
            "programme": "stockholmskraften",
            "ground": "social_assistance",
            "statusAtEntry": "unemployed",
            "startedOn": "2024-10-01",
        } | more

    done = await city.delivered("enrolments", [row("k:1", one), row("k:2", other)])
    assert [(n, code) for n, _, code in done.refusals] == [(2, "enrolment_overlap")]
    done = await city.delivered("enrolments", [row("k:3", other, startedOn="2024-12-01")])
    assert [(n, code) for n, _, code in done.refusals] == [(1, "enrolment_overlap")]
    done = await city.delivered("enrolments", [row("k:3", other, programme=PROJECT)])
    assert done.counts == {"rows": 1, "created": 1}
    assert (await counts(city))["persons"] == 1


async def test_units_see_a_person_through_either_record(city: City) -> None:
    unga = {"units": ("jobbtorg-unga",)}
    one = await city.person(unit="jobbtorg-unga")
    other = await city.person(unit="jobbtorg-vuxna")
    path = f"/persons/{other['id']}"
    assert await city.refused("GET", path, **unga) == "404 person_not_found"
    refused = await city.refused("POST", "/person-merges", body(one, other), **unga)
    assert refused == "404 person_not_found"
    await merged(city, one, other)
    assert (await city.read(path, **unga))["id"] == other["id"]


async def test_merge_waits_for_an_enrolment_and_an_enrolment_for_a_merge(city: City) -> None:
    for seed in range(4):
        one, other = await city.person(), await city.person()
        await city.enrolment(one["id"])
        racing = (
            city.call("POST", "/person-merges", body(one, other)),
            city.call("POST", "/enrolments", entry(other["id"], startedOn="2024-11-01")),
        )
        answers = await asyncio.gather(*(racing if seed % 2 else reversed(racing)))
        statuses = sorted(answer.status_code for answer in answers)
        assert statuses == [201, 409], [answer.text for answer in answers]
    await nothing_drifts(city)


async def test_enrolment_beside_a_merge_is_counted_as_the_survivor(city: City) -> None:
    one, other = await city.person("men"), await city.person()
    async with city.db.begin() as session:
        conn = await driver(session)
        await conn.execute(
            "update person set merged_into = $2, merged_root = $2 where id = $1",
            one["id"],
            other["id"],
        )
        enrolling = asyncio.create_task(city.call("POST", "/enrolments", entry(one["id"])))
        await somebody_waits(city)
    answer = await enrolling
    assert answer.status_code == 201, answer.text
    assert answer.json()["sex"] == "women"  # the survivor's, as the merge had made it
    await nothing_drifts(city)


async def somebody_waits(city: City) -> None:
    """Return once a statement waits for a lock in this database."""
    async with asyncio.timeout(15):
        while True:
            async with city.db.read() as session:
                if await (await driver(session)).fetchval(
                    "select exists (select from pg_stat_activity where wait_event_type = 'Lock'"
                    " and datname = current_database())"
                ):
                    return
            await asyncio.sleep(0.01)


async def test_of_two_merges_at_once_one_is_made(city: City) -> None:
    one, other, third = [await city.person() for _ in range(3)]
    pairs = ((one, other), (other, one), (one, third))
    answers = await asyncio.gather(
        *(city.call("POST", "/person-merges", body(*pair)) for pair in pairs)
    )
    assert sorted(answer.status_code for answer in answers).count(201) >= 1
    async with city.db.read() as session:
        conn = await driver(session)
        rings = await conn.fetchval(
            "select count(*) from person p join person r on r.id = p.merged_root"
            " where r.merged_root is not null"
        )
        mislaid = await conn.fetchval(
            "select count(*) from person p join person d on d.id = p.merged_into"
            " where d.subject_id <> p.subject_id"
        )
    assert (rings, mislaid) == (0, 0)
