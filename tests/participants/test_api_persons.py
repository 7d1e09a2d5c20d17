# ruff: noqa: ANN401  JSON bodies and query parameters are whatever a test sends
from __future__ import annotations

import json
from datetime import date
from typing import Any

from shared.db import driver
from tests.participants.city import CLERK, READ, WRITE, City, entry, number_of


async def test_register_reads_birth_date_and_sex_from_the_number(city: City) -> None:
    number = city.person_number("men", year=1984)
    person = await city.person(identityNumber=f"{number[2:8]}-{number[8:]}")
    assert person["identityNumber"] == number
    assert person["birthDate"] == f"{number[:4]}-{number[4:6]}-{number[6:8]}"
    assert (person["sex"], person["protectedIdentity"], person["masked"]) == (
        "men",
        "none",
        False,
    )


async def test_register_keeps_a_birth_date_and_sex_that_differ(city: City) -> None:
    person = await city.person(birthDate="1990-12-24", sex="unknown")
    assert (person["birthDate"], person["sex"]) == ("1990-12-24", "unknown")


async def test_register_says_what_is_wrong_with_a_number_and_never_which(city: City) -> None:
    for written, fault in (
        ("200001092381", "wrong_check_digit"),
        ("20000109x2382", "malformed"),
        (number_of(date(2099, 1, 9), 238), "not_yet_born"),
    ):
        response = await city.call("POST", "/persons", {"identityNumber": written})
        problem = response.json()
        assert (response.status_code, problem["code"]) == (422, "identity_number_refused")
        assert problem["invalid-parameters"][0]["code"] == fault
        assert written not in response.text


async def test_the_same_number_is_one_person_however_it_is_written(city: City) -> None:
    number = city.person_number()
    person = await city.person(identityNumber=number)
    again = await city.call("POST", "/persons", {"identityNumber": f"{number[2:8]}-{number[8:]}"})
    assert (again.status_code, again.json()["code"]) == (409, "person_exists")
    assert again.json()["personId"] == person["id"]


async def test_look_up_finds_by_number_in_the_body(city: City) -> None:
    number = city.person_number()
    person = await city.person(identityNumber=number, name={"given": "Test", "family": "Ek"})
    found = await city.call("POST", "/person-lookups", {"identityNumber": number})
    assert found.status_code == 200
    assert found.json() == person
    unknown = {"identityNumber": city.person_number()}
    assert await city.refused("POST", "/person-lookups", unknown) == "404 person_not_found"


async def test_number_needs_its_own_scope(city: City) -> None:
    person = await city.person(name={"given": "Test", "family": "Ek"})
    read = await city.read(f"/persons/{person['id']}", scopes=CLERK)
    assert read["identityNumber"] is None
    assert read["name"] == {"given": "Test", "family": "Ek"}


async def test_nothing_readable_lies_in_the_database(city: City) -> None:
    number = city.person_number()
    await city.person(identityNumber=number, name={"given": "Kanarie", "family": "Fågel"})
    async with city.db.read() as session:
        conn = await driver(session)
        tables = await conn.fetch("select tablename from pg_tables where schemaname = 'public'")
        dump = ""
        for table in tables:
            rows = await conn.fetch(f"select t::text as row from {table['tablename']} t")
            dump += "\n".join(row["row"] for row in rows)
    assert "stockholmskraften" in dump  # the dump does show what is not sealed
    for secret in (number, number[2:], number.encode().hex(), "Kanarie", b"Kanarie".hex()):
        assert secret not in dump


async def test_person_is_seen_through_what_a_unit_does_with_them(city: City) -> None:
    vuxna, unga = {"units": ("jobbtorg-vuxna",)}, {"units": ("jobbtorg-unga",)}
    number = city.person_number()
    person = await city.person(identityNumber=number, unit="jobbtorg-vuxna")
    path = f"/persons/{person['id']}"
    assert (await city.read(path, **vuxna))["id"] == person["id"]
    assert await city.refused("GET", path, **unga) == "404 person_not_found"
    lookup = {"identityNumber": number}
    assert await city.refused("POST", "/person-lookups", lookup, **unga) == "404 person_not_found"
    patch = {"education": "compulsory", "reason": "Uppgift"}
    assert await city.refused("PATCH", path, patch, version=1, **unga) == "404 person_not_found"
    await city.enrolment(person["id"], unit="jobbtorg-unga")
    assert (await city.read(path, **unga))["id"] == person["id"]


async def test_a_unit_registers_in_its_own_name(city: City) -> None:
    body = {"identityNumber": city.person_number()}
    unga = {"units": ("jobbtorg-unga",)}
    assert await city.refused("POST", "/persons", body, **unga) == "422 unit_needed"
    elsewhere = body | {"unit": "jobbtorg-vuxna"}
    assert await city.refused("POST", "/persons", elsewhere, **unga) == "403 unit_not_allowed"
    assert await city.made("/persons", body | {"unit": "jobbtorg-unga"}, **unga)


async def test_reading_a_person_is_logged_and_a_refused_reading_is_not(city: City) -> None:
    person = await city.person()
    path = f"/persons/{person['id']}"
    await city.read(path, subject="curious-clerk")
    await city.refused("GET", path, scopes=(WRITE,), subject="no-scope")
    async with city.db.read() as session:
        lines = await (await driver(session)).fetch(
            "select actor, route from access_log where subjects @> array[$1::uuid] order by seq",
            person["id"],
        )
    seen = [(line["actor"], line["route"]) for line in lines]
    assert ("curious-clerk", "GET /persons/{personId}") in seen
    assert "no-scope" not in {actor for actor, _ in seen}


async def test_moving_keeps_the_history_and_corrects_later_entries(city: City) -> None:
    person = await city.person(residence={"district": "jarva", "validFrom": "2023-01-01"})
    early = await city.enrolment(person["id"], startedOn="2024-01-15")
    late = await city.enrolment(person["id"], programme="kvinnors-etablering")
    before = await city.basis()
    moved = await city.call(
        "PATCH",
        f"/persons/{person['id']}",
        {"residence": {"district": "kista", "validFrom": "2024-09-01"}, "reason": "Flyttat"},
        version=1,
    )
    assert moved.json()["residences"] == [
        {"district": "jarva", "validFrom": "2023-01-01", "validTo": "2024-08-31"},
        {"district": "kista", "validFrom": "2024-09-01", "validTo": None},
    ]
    assert (await city.read(f"/enrolments/{early['id']}"))["district"] == "jarva"
    assert (await city.read(f"/enrolments/{late['id']}"))["district"] == "kista"
    assert await entered_by_district(city, basis=before) == {"jarva": 1}
    assert await entered_by_district(city) == {"jarva": 1, "kista": 1}


async def test_moving_back_in_time_replaces_what_was_said_of_later_days(city: City) -> None:
    person = await city.person(residence={"district": "jarva", "validFrom": "2024-01-01"})
    moved = await city.call(
        "PATCH",
        f"/persons/{person['id']}",
        {"residence": {"district": "kista", "validFrom": "2023-06-01"}, "reason": "Rättelse"},
        version=1,
    )
    assert moved.json()["residences"] == [
        {"district": "kista", "validFrom": "2023-06-01", "validTo": None}
    ]
    async with city.db.read() as session:
        kept = await (await driver(session)).fetchval(
            "select body->>'district' from record_version where kind = 'residence'"
        )
    assert kept == "jarva"


async def test_change_needs_the_version_that_was_read(city: City) -> None:
    person = await city.person()
    path, body = f"/persons/{person['id']}", {"education": "compulsory", "reason": "Uppgift"}
    assert await city.refused("PATCH", path, body) == "428 precondition_required"
    assert (await city.call("PATCH", path, body, version=1)).json()["education"] == "compulsory"
    assert await city.refused("PATCH", path, body, version=1) == "412 precondition_failed"
    null = {"sex": None, "reason": "Uppgift"}
    assert await city.refused("PATCH", path, null, version=2) == "422 value_needed"


async def test_reason_may_not_name_a_person(city: City) -> None:
    person = await city.person()
    body = {"education": "compulsory", "reason": f"Samma som {city.person_number()}"}
    refused = await city.refused("PATCH", f"/persons/{person['id']}", body, version=1)
    assert refused == "422 invalid_request"


async def entered_by_district(city: City, **query: Any) -> dict[str, int]:
    answer = await city.figure("persons-enrolled", "2024", by="district", **query)
    return {row["district"]: row["value"] for row in answer["rows"]}


CANARY = {"given": "Kanariella", "family": "Burfågel"}


async def test_protected_identity_shows_nothing_without_its_scope(city: City) -> None:
    number = city.person_number(year=1977)
    person = await city.person(
        identityNumber=number,
        name=CANARY,
        residence={"district": "canary-district", "validFrom": "2020-01-01"},
        guardianOfChildren=True,
        education="post_secondary",
        unit="jobbtorg-vuxna",
    )
    enrolled = await city.enrolment(person["id"], startedOn="2024-10-01")
    assert enrolled["district"] == "canary-district"
    protect = {"protectedIdentity": "secrecy_marking", "reason": "Aviserad markering"}
    response = await city.call("PATCH", f"/persons/{person['id']}", protect, version=1)
    assert response.json()["name"] == CANARY  # this caller may see protected people

    without = (READ, WRITE, "participants:identity", "figures:read", "registers:read")
    answers = await crawl(city, person["id"], enrolled["id"], number, without)
    for canary in ("Kanariella", "Burfågel", "canary-district", "1977", number, number[2:]):
        assert canary not in answers, canary
    assert '"masked":true' in answers
    # The negative control: with the scope the same crawl is full of them.
    with_scope = (*without, "participants:protected")
    answers = await crawl(city, person["id"], enrolled["id"], number, with_scope)
    for canary in ("Kanariella", "1977", number):
        assert canary in answers, canary


async def crawl(
    city: City, person_id: str, enrolment_id: str, number: str, scopes: tuple[str, ...]
) -> str:
    """Ask everything that could show the person; return all bodies."""
    paths = (
        f"/persons/{person_id}",
        "/enrolments",
        f"/enrolments?personId={person_id}",
        f"/enrolments/{enrolment_id}",
        "/advisory-sessions",
        "/pending-enrolments",
        "/follow-ups",
        "/figures/enrolled?period=2024-12-31&by=district&by=ageGroup",
    )
    bodies = [(await city.call("GET", path, scopes=scopes)).text for path in paths]
    lookup = await city.call("POST", "/person-lookups", {"identityNumber": number}, scopes=scopes)
    bodies.append(lookup.text)
    return "\n".join(bodies)


async def test_protected_identity_has_no_district_in_figures_from_then_on(city: City) -> None:
    person = await city.person(residence={"district": "jarva", "validFrom": "2020-01-01"})
    await city.enrolment(person["id"])
    before = await city.basis()
    path = f"/persons/{person['id']}"
    protect = {"protectedIdentity": "protected_registration", "reason": "Aviserad"}
    await city.call("PATCH", path, protect, version=1)
    assert await entered_by_district(city) == {"unknown": 1}
    assert await entered_by_district(city, basis=before) == {"jarva": 1}
    move = {"residence": {"district": "kista", "validFrom": "2024-01-01"}, "reason": "Flytt"}
    refused = await city.refused("PATCH", path, move, version=2)
    assert refused == "409 residence_of_protected_identity"


async def test_protected_identity_cannot_be_changed_or_enrolled_without_its_scope(
    city: City,
) -> None:
    person = await city.person(protectedIdentity="secrecy_marking")
    patch = {"education": "compulsory", "reason": "Uppgift"}
    path = f"/persons/{person['id']}"
    assert (
        await city.refused("PATCH", path, patch, version=1, scopes=CLERK) == "404 person_not_found"
    )
    assert (
        await city.refused("POST", "/enrolments", entry(person["id"]), scopes=CLERK)
        == "404 person_not_found"
    )


async def test_registering_a_known_number_does_not_find_a_protected_identity(city: City) -> None:
    number = city.person_number()
    person = await city.person(identityNumber=number, protectedIdentity="secrecy_marking")
    again = {"identityNumber": number}
    answer = await city.call("POST", "/persons", again, scopes=CLERK)
    assert (answer.status_code, answer.json()["code"]) == (409, "person_exists")
    assert person["id"] not in answer.text
    shown = await city.call("POST", "/persons", again, scopes=(*CLERK, "participants:protected"))
    assert shown.json()["personId"] == person["id"]


async def test_registering_masks_the_answer_as_reading_does(city: City) -> None:
    body = {
        "identityNumber": city.person_number(),
        "name": CANARY,
        "protectedIdentity": "secrecy_marking",
    }
    made = await city.made("/persons", body, scopes=CLERK)
    assert made["masked"] is True
    assert "Kanariella" not in json.dumps(made)
