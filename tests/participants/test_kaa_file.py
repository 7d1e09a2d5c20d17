"""The half-yearly file: each check with its control, and a file that is kept and given out."""

# ruff: noqa: ANN401  JSON bodies are whatever a test sends
from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.participants.domain.kaa_codes import CODES, CodeList
from services.participants.domain.kaa_file import (
    BEGUN,
    COLUMNS,
    CONTACT,
    ENDED,
    LEFT,
    OBLIGATORY,
    REQUIRED,
    Contact,
    HalfYear,
    Line,
    Measure,
    Official,
    Youth,
    faults_of,
    lines_of,
    rendered,
)
from shared.db import driver
from tests.participants.city import City, number_of
from tests.participants.youths import KAA, UNIT, map_codes, open_unit, youth

EXAMPLE = Path(__file__).parents[2] / "docs/examples/kaa-code-mappings-invented.json"
HALF = HalfYear.parse("2024-H2")
BORN = date(2005, 3, 10)
ONE = UUID("0190a1b2-7c3d-7e4f-8a9b-0c1d2e3f4a5b")
EVERY_CODE = Official({(name, code): f"X{code}" for name, codes in CODES.items() for code in codes})
ASK = Youth(
    membership_id=ONE,
    person_id=ONE,
    number=number_of(BORN, 239),
    born=BORN,
    joined_on=date(2024, 3, 1),
    join_reason="never_started",
    ends_on=date(2024, 12, 1),
    end_reason="moved",
    contacts=(
        Contact(date(2024, 9, 1), "phone", two_way=True, occupation="none"),
        Contact(date(2024, 10, 1), "letter", two_way=False, occupation="unknown"),
    ),
    measures=(
        Measure("study_guidance", "municipality", date(2024, 9, 5), date(2024, 11, 1), "completed",
                "work"),
        Measure("other", "other_actor", date(2024, 5, 5), None, None, None),
    ),
)  # fmt: skip
LINES = list(lines_of(ASK, HALF))


def test_several_contacts_and_measures_make_a_line_each() -> None:
    assert [line.block for line in LINES] == [OBLIGATORY, CONTACT, CONTACT, BEGUN, ENDED, LEFT]
    assert faults_of(LINES, HALF, EVERY_CODE) == []
    content = rendered(LINES, HALF, EVERY_CODE).decode().split("\r\n")
    assert content[0].split(";") == list(COLUMNS)
    number, measured = ASK.number, "Xstudy_guidance;Xmunicipality"
    assert content[1:] == [
        f"1;20242;0180;{number};2024-03-01;;Xnever_started;;;;;",
        f"2;20242;0180;{number};2024-09-01;;;Xphone;Xyes;Xnone;;",
        f"2;20242;0180;{number};2024-10-01;;;Xletter;Xno;Xunknown;;",
        f"3;20242;0180;{number};2024-09-05;;;;;;{measured}",
        f"4;20242;0180;{number};2024-09-05;2024-11-01;Xcompleted;;;Xwork;{measured}",
        f"5;20242;0180;{number};2024-12-01;;Xmoved;;;;;",
        "",
    ]


def changed(block: int, **more: Any) -> list[Line]:
    """Return the good lines with the last one of a block changed."""
    at = max(place for place, line in enumerate(LINES) if line.block == block)
    return [*LINES[:at], replace(LINES[at], **more), *LINES[at + 1 :]]


def without(block: int, name: CodeList) -> list[Line]:
    at = next(line for line in LINES if line.block == block)
    rest = tuple((its, code) for its, code in at.codes if its is not name)
    return [replace(line, codes=rest) if line is at else line for line in LINES]


TWENTY = ((CodeList.LEAVE_REASON, "turned_twenty"),)
WRONG: tuple[tuple[list[Line], tuple[int, str, str]], ...] = (
    (changed(CONTACT, day=date(2024, 6, 30)), (CONTACT, "day", "outside_half_year")),
    (changed(BEGUN, day=date(2024, 6, 30)), (BEGUN, "day", "outside_half_year")),
    (changed(ENDED, last_day=date(2025, 1, 1)), (ENDED, "day", "outside_half_year")),
    (changed(ENDED, last_day=date(2024, 9, 4)), (ENDED, "last_day", "ends_before_start")),
    (changed(ENDED, last_day=None), (ENDED, "last_day", "missing")),
    (changed(LEFT, codes=TWENTY), (LEFT, "day", "not_yet_twenty")),
    (changed(LEFT, born=date(2004, 11, 30)), (LEFT, "day", "already_twenty")),
    (changed(CONTACT, born=date(2004, 10, 1)), (CONTACT, "day", "already_twenty")),
    (changed(BEGUN, born=date(2004, 9, 5)), (BEGUN, "day", "already_twenty")),
    (changed(CONTACT, day=date(2024, 12, 1)), (CONTACT, "day", "outside_responsibility")),
    (changed(BEGUN, day=date(2024, 12, 31)), (BEGUN, "day", "outside_responsibility")),
    (changed(CONTACT, membership_id=UUID(int=1)), (CONTACT, "block", "no_obligatory")),
    (changed(OBLIGATORY, number=""), (OBLIGATORY, "number", "missing")),
    ([*LINES, LINES[1]], (CONTACT, "block", "duplicate")),
    *(
        (without(block, name), (block, name.value, "missing"))
        for block, names in REQUIRED.items()
        for name in names
    ),
)


@pytest.mark.parametrize(("lines", "expected"), WRONG, ids=lambda it: str(it)[:60])
def test_each_fault_is_found_and_nothing_else(
    lines: list[Line], expected: tuple[int, str, str]
) -> None:
    found = faults_of(lines, HALF, EVERY_CODE)
    assert [(fault.block, fault.field, fault.code) for fault in found] == [expected]
    assert found[0].explanation.endswith(".")


def test_responsibility_that_begins_after_the_half_year_is_found() -> None:
    lines = [replace(LINES[0], day=date(2025, 1, 1))]
    assert [fault.code for fault in faults_of(lines, HALF, EVERY_CODE)] == ["outside_half_year"]


def test_every_own_code_without_an_official_one_is_named() -> None:
    for name, code in EVERY_CODE.codes:
        official = Official(
            {key: it for key, it in EVERY_CODE.codes.items() if key != (name, code)}
        )
        line = replace(LINES[0], codes=((name, code), *LINES[0].codes))
        found = [fault for fault in faults_of([line], HALF, official) if fault.code == "unmapped"]
        assert {(fault.field, fault.code) for fault in found} == {(name.value, "unmapped")}


def test_twentieth_birthday_in_the_half_year_is_reported_on_its_day() -> None:
    """Day by day around both ends of the half-year: a leaving is in exactly one file."""
    halves = [HalfYear.parse(text) for text in ("2024-H1", "2024-H2", "2025-H1")]
    for day in (date(2024, 6, 28) + timedelta(days=each) for each in range(190)):
        leaver = replace(ASK, ends_on=day, end_reason="turned_twenty", contacts=(), measures=())
        told = [half for half in halves for line in lines_of(leaver, half) if line.block == LEFT]
        assert told == [half for half in halves if half.first <= day <= half.last]
        assert len(told) == 1


def test_half_year_is_read_strictly() -> None:
    assert (HALF.first, HALF.last) == (date(2024, 7, 1), date(2024, 12, 31))
    assert HalfYear.parse("2024-H1").last == date(2024, 6, 30)
    for text in ("2024-H3", "2024", "1999-H1", "2024-h1"):
        with pytest.raises(ValueError, match="half-year"):
            HalfYear.parse(text)


CODES_OF_ASK = (
    ("join_reason", "never_started"),
    ("channel", "phone"),
    ("two_way", "yes"),
    ("occupation", "none"),
)
OFFICER: dict[str, Any] = {
    "scopes": (*KAA, "participants:write", "participants:identity"),
}


@pytest.fixture
async def register(city: City) -> City:
    """Two youths, one of them protected; one contact."""
    await open_unit(city)
    ask = youth(number_of(BORN, 239))
    hidden = youth(number_of(BORN, 238), protectedIdentity="protected_registration")
    await city.delivered("kaa", [ask, hidden])
    found = (await city.read("/kaa-memberships", scopes=KAA))["items"]
    contact = {
        "membershipId": found[0]["id"],
        "heldOn": "2024-10-01",
        "channel": "phone",
        "twoWay": True,
        "occupation": "none",
    }
    await city.made("/kaa-contacts", contact)
    return city


async def test_file_is_refused_with_its_faults_then_made_kept_and_logged(register: City) -> None:
    city, asked = register, {"halfYear": "2024-H2"}
    answer = await city.call("POST", "/kaa-files", asked, **OFFICER)
    assert (answer.status_code, answer.json()["code"]) == (409, "kaa_file_not_ready")
    assert answer.json()["unmapped"] == sorted(f"{name}:{code}" for name, code in CODES_OF_ASK)
    faults = await city.read("/kaa-file-faults", **asked, **OFFICER)
    assert {item["code"] for item in faults["items"]} == {"unmapped"}
    assert (await city.read("/kaa-files", **OFFICER))["items"] == []
    await map_codes(city, *CODES_OF_ASK)
    assert (await city.read("/kaa-file-faults", **asked, **OFFICER))["items"] == []
    made = await city.made("/kaa-files", asked, **OFFICER)
    assert (made["number"], made["rows"], made["youths"]) == (1, 2, 1)
    assert (made["protectedLeftOut"], made["protectedIncluded"]) == (1, False)
    content = await city.call("GET", f"/kaa-files/{made['id']}/contents", **OFFICER)
    assert sha256(content.content).hexdigest() == made["sha256"]
    assert content.text.split("\r\n")[1:] == [
        f"1;20242;0180;{number_of(BORN, 239)};2024-09-01;;P01;;;;;",
        f"2;20242;0180;{number_of(BORN, 239)};2024-10-01;;;P02;P03;P04;;",
        "",
    ]
    async with city.db.read() as session:
        lines = await (await driver(session)).fetch(
            "select route, cardinality(subjects) as persons from access_log"
            " where purpose = 'kaa-file 2024-H2 1' order by recorded_at"
        )
    assert [tuple(line) for line in lines] == [
        ("POST /kaa-files", 1),
        ("GET /kaa-files/{kaaFileId}/contents", 1),
    ]
    everybody = await city.made("/kaa-files", {**asked, "includeProtected": True})
    assert (everybody["number"], everybody["youths"]) == (2, 2)
    path = f"/kaa-files/{everybody['id']}/contents"
    assert await city.refused("GET", path, **OFFICER) == "403 insufficient_scope"
    assert number_of(BORN, 238) in (await city.call("GET", path)).text
    assert [it["number"] for it in (await city.read("/kaa-files", **OFFICER))["items"]] == [2, 1]


async def test_file_is_for_those_who_may(register: City) -> None:
    asked: Any = {"halfYear": "2024-H2"}
    refused = register.refused
    assert await refused("POST", "/kaa-files", asked, scopes=KAA) == "403 insufficient_scope"
    assert await refused("POST", "/kaa-files", asked, **OFFICER, units=(UNIT,)) == (
        "403 unit_not_allowed"
    )
    everybody = {**asked, "includeProtected": True}
    assert await refused("POST", "/kaa-files", everybody, **OFFICER) == "403 insufficient_scope"
    wrong = {
        "codeList": "channel",
        "code": "pigeon",
        "officialCode": "1",
        "validFrom": "2024-01-01",
        "source": "Prov",
    }
    assert await refused("POST", "/kaa-code-mappings", wrong) == "422 unknown_own_code"


async def test_codes_hold_from_their_day_and_the_last_entered(register: City) -> None:
    await map_codes(register, *CODES_OF_ASK)
    for code, day in (("NEW", "2025-01-01"), ("LATE", "2024-01-01"), ("LAST", "2024-01-01")):
        entry = {
            "codeList": "join_reason",
            "code": "never_started",
            "officialCode": code,
            "validFrom": day,
            "source": "Påhittad för prov",
        }
        await register.made("/kaa-code-mappings", entry)
    for half, expected in (("2024-H2", "LAST"), ("2025-H1", "NEW")):
        if half == "2025-H1":
            await map_codes(register, ("leave_reason", "turned_twenty"))
        made = await register.made("/kaa-files", {"halfYear": half})
        content = await register.call("GET", f"/kaa-files/{made['id']}/contents")
        assert content.text.split("\r\n")[1].endswith(f";;{expected};;;;;")
    listed = await register.read("/kaa-code-mappings", codeList="join_reason")
    assert [it["officialCode"] for it in listed["items"]] == ["P01", "LATE", "LAST", "NEW"]


def test_invented_example_maps_every_own_code_and_says_that_it_is_invented() -> None:
    example = json.loads(EXAMPLE.read_text(encoding="utf-8"))
    bodies = [post["body"] for post in example["posts"]]
    assert {(body["codeList"], body["code"]) for body in bodies} == {
        (name.value, code) for name, codes in CODES.items() for code in codes
    }
    assert example["about"].startswith("INVENTED")
    assert all(body["officialCode"].startswith("X") for body in bodies)
