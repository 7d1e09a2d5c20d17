"""Whoever becomes protected is out of sight at once, of everything recorded before, too."""

# ruff: noqa: ANN401  JSON bodies and query parameters are whatever a test sends
from __future__ import annotations

from typing import Any

import pytest

from services.participants.domain.codes import Protection
from services.participants.rotation import rekey
from services.participants.sealing import Seals
from services.participants.settings import Settings
from tests.participants.city import CLERK, EVERYTHING, ROOT, City, entry
from tests.participants.conftest import key
from tests.participants.test_register_enrolments import row

PUSHING = (*CLERK, "registers:push", "registers:release")
FORMS = tuple(form for form in Protection if form is not Protection.NONE)


async def protect(city: City, person: str, protection: str = "secrecy_marking") -> None:
    path = f"/persons/{person}"
    version = (await city.read(path))["version"]
    body = {"protectedIdentity": protection, "reason": "Aviserad"}
    assert (await city.call("PATCH", path, body, version=version)).status_code == 200


async def errors(city: City, path: str, scopes: tuple[str, ...]) -> dict[int, str | None]:
    """Return the key of each refused row, as JSON has it and CSV does not contradict."""
    listed = (await city.read(path, scopes=scopes))["items"]
    headers = city.issuer.headers(*scopes) | {"Accept": "text/csv"}
    written = (await city.client.get(f"{ROOT}{path}", headers=headers)).text
    keys = {error["rowNumber"]: error["key"] for error in listed}
    for number, shown in keys.items():
        assert f"\n{number};{shown or ''};" in written
    return keys


@pytest.mark.parametrize("protection", FORMS)
async def test_refused_rows_of_who_becomes_protected_lose_their_keys(
    city: City, protection: str
) -> None:
    number, other, stated = (city.person_number() for _ in range(3))
    person = await city.person(identityNumber=number)
    faulty: list[dict[str, Any]] = [
        row(number, sourceKey="vera:1", unit="nowhere"),  # a rule refuses it
        row(number, sourceKey="vera:2", startedOn="igår"),  # it cannot be read
        row(f"{number[2:8]}-{number[8:]}", sourceKey="vera:3", exitedOn="2024-10-02"),
        row(other, sourceKey="vera:4", unit="nowhere"),
        row(stated, sourceKey="vera:5", unit="nowhere", protectedIdentity=protection),
        row(stated, sourceKey="vera:6", unit="nowhere", protectedIdentity=protection) | {"x": 1},
        row("20000101-2380", sourceKey="vera:7"),  # of nobody knows whom
        row(other, sourceKey="vera:4", unit="jobbtorg-vuxna"),  # stands twice
    ]
    done = await city.delivered("enrolments", faulty, dryRun="true")
    assert done.counts == {"rows": 8, "rejected": 8}
    path = f"/registers/enrolments/deliveries/{done.resource['id']}/errors"
    known = {1: "vera:1", 2: "vera:2", 3: "vera:3", 4: "vera:4", 8: "vera:4"}
    nobodys = {5: None, 6: None, 7: None}
    assert await errors(city, path, PUSHING) == known | nobodys
    await protect(city, person["id"], protection)
    assert await errors(city, path, PUSHING) == known | nobodys | dict.fromkeys((1, 2, 3))
    assert await errors(city, path, EVERYTHING) == known | nobodys
    await protect(city, person["id"], "none")
    assert await errors(city, path, PUSHING) == known | nobodys


async def test_a_register_protects_and_never_lifts_a_protection(city: City) -> None:
    number = city.person_number()
    sent = row(number)
    await city.delivered("enrolments", [sent])
    lookup = {"identityNumber": number}
    for said, held, counts in (
        ("secrecy_marking", "secrecy_marking", {"rows": 1, "changed": 1}),
        ("none", "secrecy_marking", {"rows": 1, "unchanged": 1}),
        ("protected_registration", "protected_registration", {"rows": 1, "changed": 1}),
        ("secrecy_marking", "protected_registration", {"rows": 1, "unchanged": 1}),
    ):
        done = await city.delivered("enrolments", [sent | {"protectedIdentity": said}])
        assert done.counts == counts, said
        found = (await city.call("POST", "/person-lookups", lookup)).json()
        assert found["protectedIdentity"] == held, said
    # Of several rows in one delivery the strictest word counts, whatever their order.
    other = city.person_number()
    stated = ("protected_registration", "none", "secrecy_marking")
    rows = [
        row(other, protectedIdentity=each, programme=programme)
        for each, programme in zip(
            stated, ("stockholmskraften", "kvinnors-etablering", "stockholmskraften"), strict=True
        )
    ]
    rows[2]["startedOn"] = "2025-02-01"
    rows[0] |= {"exitedOn": "2025-01-01", "outcome": "other"}
    assert (await city.delivered("enrolments", rows)).counts == {"rows": 3, "created": 3}
    found = (await city.call("POST", "/person-lookups", {"identityNumber": other})).json()
    assert found["protectedIdentity"] == "protected_registration"


async def test_facts_of_the_protected_are_in_no_lineage_but_in_the_figure(city: City) -> None:
    people = [
        await city.person(residence={"district": "jarva", "validFrom": "2020-01-01"})
        for _ in range(2)
    ]
    for person in people:
        await city.enrolment(person["id"])
    before = await city.basis()
    rows = (*CLERK, "figures:rows")
    path = "/figures/persons-enrolled/rows"
    at = {"period": "2024", "district": "jarva", "basis": before}
    assert (await city.read(path, scopes=rows, **at))["_meta"]["totalRecords"] == 2
    await protect(city, people[0]["id"])
    after = await city.basis()
    # What was reported stays as it was reported; who stands behind it is not shown any more.
    assert (await city.figure("persons-enrolled", "2024", basis=before))["total"] == 2
    assert (await city.figure("persons-enrolled", "2024", basis=after))["total"] == 2
    for basis in (before, after):
        at["basis"] = basis
        assert (await city.read(path, scopes=rows, **at))["_meta"]["totalRecords"] == 1
    every = (*rows, "participants:protected")
    assert (await city.read(path, scopes=every, **at))["_meta"]["totalRecords"] == 3


async def test_where_somebody_lived_before_being_protected_is_in_no_reason_for_a_change(
    city: City,
) -> None:
    long_ago = await city.basis()
    person = await city.person(residence={"district": "kista", "validFrom": "2020-01-01"})
    await city.enrolment(person["id"])
    await protect(city, person["id"])
    asked = {"figure": "persons-enrolled", "period": "2024"}
    there = {"where": {"district": ["kista"]}}
    queries = [asked | {"by": ["district"]}, asked | there, asked | there | {"by": ["district"]}]
    body = {"since": long_ago, "basis": await city.basis(), "queries": queries}
    told = (await city.call("POST", "/figure-changes", body)).json()["items"]
    assert [cell["district"] for cell in told[0]["cells"]] == ["unknown"]
    assert (told[0]["total"]["difference"], told[0]["total"]["parts"]["lateFacts"]) == (1, 1)
    nothing = dict.fromkeys(told[0]["total"]["parts"], 0)
    assert told[1]["total"]["parts"] == told[2]["cells"][0]["parts"] == nothing


async def test_refused_rows_stay_out_of_sight_under_new_keys(
    city: City, settings: Settings
) -> None:
    number = city.person_number()
    person = await city.person(identityNumber=number)
    done = await city.delivered("enrolments", [row(number, sourceKey="vera:1", unit="nowhere")])
    await protect(city, person["id"])
    newer = Seals.of(
        settings.model_copy(
            update={"seal_keys": {1: key(1), 2: key(3)}, "index_keys": {1: key(2), 2: key(4)}}
        )
    )
    assert await rekey(city.db, newer)
    path = f"/registers/enrolments/deliveries/{done.resource['id']}/errors"
    assert await errors(city, path, PUSHING) == {1: None}


async def test_kept_answer_is_not_given_again_to_whom_it_would_not_be_given(city: City) -> None:
    body = {"identityNumber": city.person_number(), "name": {"given": "Kanarie", "family": "Ek"}}

    person = (await city.call("POST", "/persons", body, idempotency_key="a")).json()
    enrolment = entry(person["id"])
    first = await city.call("POST", "/enrolments", enrolment, idempotency_key="b")

    async def again(path: str, sent: Any, idempotency_key: str, *scopes: str) -> Any:
        return await city.call("POST", path, sent, idempotency_key=idempotency_key, scopes=scopes)

    # A token that may no longer see numbers does not get one out of the first answer.
    refused = await again("/persons", body, "a", *CLERK)
    assert (refused.status_code, refused.json()["code"]) == (403, "insufficient_scope")
    assert (await again("/persons", body, "a", *EVERYTHING)).json() == person
    assert (await again("/enrolments", enrolment, "b", *CLERK)).json() == first.json()
    await protect(city, person["id"])
    for path, sent, kept in (("/persons", body, "a"), ("/enrolments", enrolment, "b")):
        refused = await again(path, sent, kept, *CLERK, "participants:identity")
        assert (refused.status_code, refused.json()["code"]) == (404, "person_not_found")
        assert "Kanarie" not in refused.text
    shown = await again("/persons", body, "a", *EVERYTHING)
    assert (shown.json(), shown.headers["idempotent-replayed"]) == (person, "true")
