"""Contact details, origin, identity levels, and another number for the same person."""

# ruff: noqa: ANN401  JSON bodies and query parameters are whatever a test sends
from __future__ import annotations

import asyncio
from datetime import date
from typing import Any

import pytest

from services.participants.domain.coordination import rests_from
from services.participants.domain.identity import parse_identity_number
from shared.db import driver
from tests.participants.city import CLERK, City
from tests.participants.test_merges import counts, nothing_drifts

ADDRESS = {"careOf": None, "street": "Kanariegatan 1", "postalCode": "163 74", "city": "Spånga"}
DETAILS: dict[str, Any] = {
    "contact": {"phone": "070-174 06 05", "email": "kanarie@example.se"},
    "postalAddress": ADDRESS,
    "countryOfBirth": "other",
    "arrivedOn": "2022-03-01",
}


def coordination_number(born: date, serial: int) -> str:
    """Return a samordningsnummer: the day raised by 60, one of the test birth numbers."""
    nine = f"{born:%Y%m}{born.day + 60}{serial}"
    for check in range(10):
        try:
            return parse_identity_number(f"{nine}{check}", reference=date(2199, 1, 1)).digits
        except ValueError:
            continue
    raise AssertionError


@pytest.mark.parametrize(
    ("confirmed", "rests"),
    [
        ("2020-01-01", "2026-01-01"),
        ("2020-12-31", "2026-01-01"),
        ("2021-01-01", "2027-01-01"),
        ("2020-02-29", "2026-01-01"),
    ],
)
def test_number_rests_after_the_fifth_calendar_year(confirmed: str, rests: str) -> None:
    assert rests_from(date.fromisoformat(confirmed)) == date.fromisoformat(rests)


async def test_details_are_kept_sealed_and_shown_as_given(city: City) -> None:
    person = await city.person(**DETAILS)
    assert {name: person[name] for name in DETAILS} == DETAILS
    assert person["forwardingAddress"] is None
    async with city.db.read() as session:
        row = await (await driver(session)).fetchval("select p::text from person p")
    for secret in ("Kanarie", b"Kanarie".hex(), "1740605", b"174 06 05".hex(), "example"):
        assert secret not in row, secret
    change = {"contact": {"phone": "08-508 00 000"}, "arrivedOn": None, "reason": "Nytt nummer"}
    changed = await city.call("PATCH", f"/persons/{person['id']}", change, version=1)
    assert changed.json()["contact"] == {"phone": "08-508 00 000", "email": None}
    assert (changed.json()["arrivedOn"], changed.json()["countryOfBirth"]) == (None, "other")
    assert changed.json()["postalAddress"] == ADDRESS


async def test_protected_registration_keeps_a_forwarding_address_only(city: City) -> None:
    person = await city.person(**DETAILS)
    path = f"/persons/{person['id']}"
    forwarding = {"forwardingAddress": ADDRESS, "reason": "Förmedling"}
    refused = await city.refused("PATCH", path, forwarding, version=1)
    assert refused == "409 forwarding_address_not_needed"
    protect = {"protectedIdentity": "protected_registration", **forwarding}
    changed = (await city.call("PATCH", path, protect, version=1)).json()
    assert (changed["postalAddress"], changed["forwardingAddress"]) == (None, ADDRESS)
    masked = await city.read(path, scopes=CLERK)
    hidden = (*DETAILS, "forwardingAddress", "identityLevel", "restsFrom", "numberConfirmedOn")
    assert [name for name in hidden if masked[name] is not None] == []
    postal = {"postalAddress": ADDRESS, "reason": "Adress"}
    refused = await city.refused("PATCH", path, postal, version=changed["version"])
    assert refused == "409 postal_address_of_protected_registration"
    lifted = {"protectedIdentity": "none", "reason": "Hävd"}
    back = await city.call("PATCH", path, lifted, version=changed["version"])
    assert back.json()["forwardingAddress"] is None


async def test_delivered_protection_lets_go_of_the_postal_address(city: City) -> None:
    person = await city.person(**DETAILS)
    row = {
        "sourceKey": "flai:1",
        "identityNumber": person["identityNumber"],
        "unit": "jobbtorg-unga",
        "heldOn": "2024-04-01",
        "protectedIdentity": "protected_registration",
    }
    assert (await city.delivered("advisory-sessions", [row])).counts == {"rows": 1, "created": 1}
    read = await city.read(f"/persons/{person['id']}")
    assert (read["postalAddress"], read["contact"]) == (None, DETAILS["contact"])


REFUSED: tuple[tuple[dict[str, Any], str], ...] = (
    ({"arrivedOn": "2199-01-01"}, "422 arrived_after_today"),
    ({"identityLevel": "probable"}, "422 not_a_coordination_number"),
    ({"numberConfirmedOn": "2024-01-01"}, "422 not_a_coordination_number"),
    ({"countryOfBirth": "atlantis"}, "422 invalid_request"),
    ({"contact": {"email": "nobody"}}, "422 invalid_request"),
    ({"contact": {"phone": "ring mig"}}, "422 invalid_request"),
)


async def test_details_that_cannot_be_are_refused(city: City) -> None:
    for details, refusal in REFUSED:
        body = {"identityNumber": city.person_number(), **details}
        assert await city.refused("POST", "/persons", body) == refusal, details


async def renumbered(
    city: City, person: dict[str, Any], number: str, **more: Any
) -> dict[str, Any]:
    body = {"identityNumber": number, "reason": "Fått personnummer", **more}
    path = f"/persons/{person['id']}/number-changes"
    return await city.made(path, body, version=person["version"])


async def test_coordination_number_becomes_a_personnummer_and_both_find_the_person(
    city: City,
) -> None:
    temporary = coordination_number(date(1990, 5, 6), 239)
    level = {"identityLevel": "probable", "numberConfirmedOn": "2021-04-01"}
    name = {"given": "Test", "family": "Ek"}
    person = await city.person(identityNumber=temporary, name=name, **DETAILS, **level)
    assert (person["identityLevel"], person["restsFrom"]) == ("probable", "2027-01-01")
    await city.enrolment(person["id"])
    before = await city.basis()
    lasting = city.person_number("women")
    changed = await renumbered(city, person, lasting)
    assert (changed["id"], changed["identityNumber"]) == (person["id"], lasting)
    assert (changed["name"], changed["postalAddress"]) == (name, ADDRESS)
    assert (changed["identityLevel"], changed["restsFrom"]) == (None, None)
    assert (changed["sex"], changed["birthDate"]) == (
        "women",
        f"{lasting[:4]}-{lasting[4:6]}-{lasting[6:8]}",
    )
    assert (await counts(city))["sexes"] == {"women": 1}
    assert (await counts(city, basis=before))["sexes"] == {"men": 1}
    for number in (temporary, lasting):
        found = await city.call("POST", "/person-lookups", {"identityNumber": number})
        assert found.json()["id"] == person["id"]
        again = await city.call("POST", "/persons", {"identityNumber": number})
        assert (again.status_code, again.json()["personId"]) == (409, person["id"])
    row = {
        "sourceKey": "flai:1",
        "identityNumber": temporary,
        "givenName": "Annan",
        "familyName": "Stavning",
        "unit": "jobbtorg-unga",
        "programme": "kvinnors-etablering",
        "ground": "voluntary",
        "statusAtEntry": "inactive",
        "startedOn": "2024-03-01",
    }
    assert (await city.delivered("enrolments", [row])).counts == {"rows": 1, "created": 1}
    assert (await counts(city))["persons"] == 1
    assert (await city.delivered("enrolments", [row])).counts == {"rows": 1, "unchanged": 1}
    live = {
        "sourceKey": "folk:1",
        "identityNumber": temporary,
        "district": "jarva",
        "validFrom": "2020-01-01",
    }
    assert (await city.delivered("residence", [live])).counts == {"rows": 1, "created": 1}
    assert (await counts(city))["districts"] == {"jarva": 1}
    await nothing_drifts(city)


async def test_number_in_use_is_refused_with_the_merge_as_the_way_out(city: City) -> None:
    person, other = await city.person(), await city.person()
    body = {"identityNumber": other["identityNumber"], "reason": "Fått personnummer"}
    path = f"/persons/{person['id']}/number-changes"
    answer = await city.call("POST", path, body, version=1)
    assert (answer.status_code, answer.json()["code"]) == (409, "number_in_use")
    assert answer.json()["personId"] == other["id"]
    earlier = other["identityNumber"]
    other = await renumbered(city, other, city.person_number())
    assert await city.refused("POST", path, body, version=1) == "409 number_in_use"
    assert await city.refused("POST", path, body, version=1, scopes=CLERK) == (
        "403 insufficient_scope"
    )
    same = body | {"identityNumber": person["identityNumber"]}
    assert await city.refused("POST", path, same, version=1) == "409 number_unchanged"
    # back to the earlier number: the alias and the present one change places
    other = await renumbered(city, other, earlier)
    assert other["identityNumber"] == earlier


async def test_mistyped_number_does_not_find_the_person_any_more(city: City) -> None:
    wrong, right = city.person_number(), city.person_number()
    person = await city.person(identityNumber=wrong)
    await renumbered(city, person, right, presentWasWrong=True)
    lookup = {"identityNumber": wrong}
    assert await city.refused("POST", "/person-lookups", lookup) == "404 person_not_found"
    assert (await city.person(identityNumber=wrong))["id"] != person["id"]


async def test_registering_beside_a_change_of_number_makes_no_second_holder(city: City) -> None:
    for _ in range(4):
        person = await city.person()
        number = person["identityNumber"]
        change = {"identityNumber": city.person_number(), "reason": "Fått personnummer"}
        path = f"/persons/{person['id']}/number-changes"
        answers = await asyncio.gather(
            city.call("POST", path, change, version=1),
            city.call("POST", "/persons", {"identityNumber": number}),
            city.call("POST", "/persons", {"identityNumber": number}),
        )
        assert [answer.status_code for answer in answers] == [201, 409, 409], answers[1].text
