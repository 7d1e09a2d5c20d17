"""Monthly participant files: what stands in which month, and what a correction issues anew."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from services.participants.domain.participant_files import ParticipantLine, content_hash, written
from shared.clock import today
from shared.db import driver
from tests.participants.city import City, number_of
from tests.participants.test_hour_attestations import attested

PROGRAMME = "stockholmskraften"
HEADER = "personnummer;startdatum;slutdatum;timmar\r\n"


@pytest.fixture
async def city(city: City) -> City:
    """The city, with a project that ESF+ pays for."""
    funding = {"esfFrom": "2023-01-01", "reason": "Beslut om stöd"}
    await city.made(f"/programmes/{PROGRAMME}/esf-fundings", funding)
    return city


async def issued(city: City, through: str) -> list[tuple[str, int, int]]:
    """Bring the series up to date; return month, issue and number of what was issued."""
    await city.basis()
    body = {"programme": PROGRAMME, "through": through, "reason": "Månadsrapport"}
    made = await city.made("/participant-files", body)
    return [(it["month"], it["issue"], it["number"]) for it in made["files"]]


async def texts(city: City) -> dict[tuple[str, int], str]:
    """Return the file of every issue, by month and issue."""
    listed = await city.read("/participant-files", programme=PROGRAMME, limit=200)
    found = {}
    for item in listed["items"]:
        answer = await city.call("GET", f"/participant-files/{item['id']}")
        assert answer.status_code == 200, answer.text
        assert answer.headers["cache-control"] == "no-store"
        found[item["month"], item["issue"]] = answer.text
    return found


async def test_dates_stand_in_their_month_and_a_correction_issues_what_changes(
    city: City,
) -> None:
    ada, bea = city.person_number(), city.person_number("men")
    first = await city.person(identityNumber=ada)
    enrolment = (await city.enrolment(first["id"], startedOn="2024-10-14"))["id"]
    await attested(city, enrolment, "2024-10", "40")
    november = await attested(city, enrolment, "2024-11", "60:30")
    exit_ = {"exitedOn": "2024-12-02", "outcome": "work"}
    exited = await city.made(f"/enrolments/{enrolment}/exits", exit_)
    other = (await city.enrolment((await city.person(identityNumber=bea))["id"]))["id"]
    assert enrolment < other  # the order of the rows
    series = await issued(city, "2024-12")
    assert series == [("2024-10", 1, 1), ("2024-11", 1, 2), ("2024-12", 1, 3)]
    before = await texts(city)
    assert before == {
        ("2024-10", 1): f"{HEADER}{ada};2024-10-14;;40:00\r\n{bea};2024-10-01;;0:00\r\n",
        ("2024-11", 1): f"{HEADER}{ada};;;60:30\r\n{bea};;;0:00\r\n",
        ("2024-12", 1): f"{HEADER}{ada};;2024-12-02;0:00\r\n{bea};;;0:00\r\n",
    }
    assert await issued(city, "2024-12") == []

    # The hours of November: that month, and no later one.
    change = {"hours": "59", "reason": "Räknade fel"}
    await city.made(f"/hour-attestations/{november['id']}/corrections", change, version=1)
    assert await issued(city, "2024-10") == [("2024-11", 2, 4)]
    # The exit never was: December changes; the months before it stand.
    correction: dict[str, Any] = {"exit": None, "reason": "Har inte slutat"}
    await city.made(f"/enrolments/{enrolment}/corrections", correction, version=exited["version"])
    assert await issued(city, "2024-12") == [("2024-12", 2, 5)]
    # One who never took part leaves every month, in the order of the months.
    gone = {"reason": "Fel person"}
    await city.made(f"/enrolments/{other}/retractions", gone, version=1)
    assert await issued(city, "2024-12") == [
        ("2024-10", 2, 6),
        ("2024-11", 3, 7),
        ("2024-12", 3, 8),
    ]
    after = await texts(city)
    assert after == before | {
        ("2024-11", 2): f"{HEADER}{ada};;;59:00\r\n{bea};;;0:00\r\n",
        ("2024-12", 2): f"{HEADER}{ada};;;0:00\r\n{bea};;;0:00\r\n",
        ("2024-10", 2): f"{HEADER}{ada};2024-10-14;;40:00\r\n",
        ("2024-11", 3): f"{HEADER}{ada};;;59:00\r\n",
        ("2024-12", 3): f"{HEADER}{ada};;;0:00\r\n",
    }


async def test_protected_are_replaced_and_a_code_nobody_published_is_not_invented(
    city: City,
) -> None:
    woman = await city.person(identityNumber=city.person_number(year=1981))
    await city.enrolment(woman["id"], startedOn="2024-10-14")
    assert await issued(city, "2024-10") == [("2024-10", 1, 1)]
    change = {"protectedIdentity": "secrecy_marking", "reason": "Uppgift från Skatteverket"}
    await city.call("PATCH", f"/persons/{woman['id']}", change, version=1)
    assert await issued(city, "2024-10") == [("2024-10", 2, 2)]
    replaced = f"{woman['birthDate'].replace('-', '')}Tf29"
    assert (await texts(city))["2024-10", 2] == f"{HEADER}{replaced};2024-10-14;;0:00\r\n"

    man = await city.person("men", protectedIdentity="protected_registration")
    await city.enrolment(man["id"], startedOn="2024-11-01")
    await city.basis()
    body = {"programme": PROGRAMME, "through": "2024-11", "reason": "Månadsrapport"}
    assert await city.refused("POST", "/participant-files", body) == (
        "409 replacement_code_missing"
    )
    code = {"sex": "men", "suffix": "Tm99", "source": "Påhittad för ett test"}
    assert await city.refused("POST", "/esf-replacement-codes", code, units=("x",)) == (
        "403 unit_not_allowed"
    )
    await city.made("/esf-replacement-codes", code)
    assert await issued(city, "2024-11") == [("2024-11", 1, 3)]
    replaced = f"{man['birthDate'].replace('-', '')}Tm99"
    assert replaced in (await texts(city))["2024-11", 1]
    listed = await city.read("/esf-replacement-codes")
    assert [(it["sex"], it["suffix"]) for it in listed["items"]] == [
        ("men", "Tm99"),
        ("women", "Tf29"),
    ]


async def test_files_are_for_who_may_see_everybody_in_them(city: City) -> None:
    person = await city.person()
    await city.enrolment(person["id"])
    body = {"programme": PROGRAMME, "through": "2024-10", "reason": "Månadsrapport"}
    unga: Any = {"units": ("jobbtorg-unga",)}
    await city.basis()
    for more, refusal in (
        ({"scopes": ("participants:write",)}, "403 insufficient_scope"),
        (unga, "403 unit_not_allowed"),
    ):
        assert await city.refused("POST", "/participant-files", body, **more) == refusal
    for wrong, refusal in (
        ({"through": f"{today():%Y-%m}"}, "409 month_not_over"),
        ({"programme": "okand"}, "422 unknown_programme"),
        ({"programme": "kvinnors-etablering"}, "409 not_an_esf_project"),
        ({"through": "2022-12"}, "409 not_an_esf_project"),
    ):
        assert await city.refused("POST", "/participant-files", body | wrong) == refusal
    await issued(city, "2024-10")
    path = f"/participant-files/{(await city.read('/participant-files'))['items'][0]['id']}"
    for more in (
        {"scopes": ("participants:identity",)},
        {"scopes": ("participants:protected", "participants:read")},
        unga,
    ):
        assert (await city.refused("GET", path, **more)).startswith("403")
    assert (await city.call("GET", path, subject="projektledare")).status_code == 200
    async with city.db.read() as session:
        seen = await (await driver(session)).fetchrow(
            "select subjects, purpose from access_log where actor = 'projektledare'"
        )
    assert seen is not None
    assert ([str(one) for one in seen["subjects"]], seen["purpose"]) == (
        [person["id"]],
        "participant_file",
    )
    # Changed past its versions: the file is not what was issued, and is not given out as it.
    async with city.db.begin() as session:
        await (await driver(session)).execute("update enrolment set started_on = '2024-10-02'")
    assert await city.refused("GET", path) == "409 participant_file_not_reproduced"


def test_hash_tells_contents_apart_and_knows_no_number() -> None:
    line = ParticipantLine(
        enrolment_id=UUID(int=1),
        person_id=UUID(int=2),
        numbers_before=0,
        substitute=None,
        started_on=date(2024, 10, 1),
        exited_on=None,
        minutes=61,
    )
    other = replace(line, enrolment_id=UUID(int=3))
    assert content_hash([line, other]) == content_hash([other, line])
    changes: list[dict[str, Any]] = [
        {"person_id": UUID(int=4)},
        {"numbers_before": 1},
        {"substitute": "19900101Tf29"},
        {"started_on": None},
        {"exited_on": date(2024, 10, 31)},
        {"minutes": 60},
    ]
    hashes = {content_hash([replace(line, **change)]) for change in [{}, *changes]}
    assert len(hashes) == 1 + len(changes)
    number = number_of(date(1990, 1, 1), 238)
    assert written([(number, line)]).decode() == f"{HEADER}{number};2024-10-01;;1:01\r\n"
    assert number not in written([(number, replace(line, substitute="19900101Tf29"))]).decode()
