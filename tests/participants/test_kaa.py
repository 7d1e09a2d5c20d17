"""Contacts and measures of the responsibility for activity, and what is counted."""

# ruff: noqa: ANN401  JSON bodies are whatever a test sends
from __future__ import annotations

import asyncio
from datetime import date
from typing import Any

import pytest

from services.participants.figures import facts
from shared.db import driver
from shared.journal import drift
from tests.participants.city import City, number_of
from tests.participants.test_entry_rules import waits
from tests.participants.youths import KAA, UNIT, open_unit, youth

OFFICER = (*KAA, "participants:write")
OURS: dict[str, Any] = {"scopes": OFFICER, "units": (UNIT,)}


@pytest.fixture
async def register(city: City) -> City:
    """Ask has been a member since 1 September 2024 and turns twenty on 10 March 2025."""
    await open_unit(city)
    ask = youth(
        number_of(date(2005, 3, 10), 239),
        phone="070-1740600",
        givenName="Test",
        familyName="Ask",
        residenceDistrict="jarva",
    )
    await city.delivered("kaa", [ask])
    return city


async def membership(city: City) -> dict[str, Any]:
    found: dict[str, Any] = (await city.read("/kaa-memberships", **OURS))["items"][0]
    return found


def contact(of: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "membershipId": of["id"],
        "heldOn": "2024-10-01",
        "channel": "phone",
        "twoWay": True,
        "occupation": "none",
    } | more


def measure(of: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "membershipId": of["id"],
        "kind": "study_guidance",
        "responsible": "municipality",
        "startedOn": "2024-10-10",
        "goal": "Söka till ett nationellt program",
        "followUpDays": ["2024-12-01", "2024-11-01", "2024-12-01"],
    } | more


async def test_member_is_shown_with_conditions_to_the_unit_and_the_scope_only(
    register: City,
) -> None:
    ask = await membership(register)
    assert (ask["endsOn"], ask["endReason"]) == ("2025-03-10", "turned_twenty")
    path = f"/kaa-memberships/{ask['id']}"
    shown = await register.read(path, on="2025-03-09", **OURS)
    assert (shown["phone"], shown["belongs"], shown["homeAddress"]) == ("070-1740600", True, None)
    shown = await register.read(path, on="2025-03-10", **OURS)
    assert shown["conditions"][0] == {
        "code": "not_twenty",
        "met": False,
        "explanation": "Fyllde tjugo år 2025-03-10.",
    }
    assert all(condition["met"] for condition in shown["conditions"][1:])
    assert not shown["belongs"]
    clerk = ("participants:read", "participants:write")
    assert await register.refused("GET", path, scopes=clerk) == "403 insufficient_scope"
    elsewhere: dict[str, Any] = {"scopes": KAA, "units": ("jobbtorg-unga",)}
    assert await register.refused("GET", path, **elsewhere) == "404 kaa_membership_not_found"
    assert (await register.read("/kaa-memberships", **elsewhere))["items"] == []
    person = await register.read(f"/persons/{ask['personId']}", **OURS)
    assert person["name"] == {"given": "Test", "family": "Ask"}
    on = (await register.read("/kaa-memberships", on="2025-03-10", **OURS))["items"]
    assert on == []


@pytest.mark.parametrize("kind", ["kaa-contacts", "kaa-measures"])
async def test_what_cannot_have_happened_is_refused(register: City, kind: str) -> None:
    ask = await membership(register)
    make, day = (contact, "heldOn") if kind == "kaa-contacts" else (measure, "startedOn")
    cases: list[tuple[dict[str, Any], str]] = [
        ({day: "2024-08-31"}, "409 outside_membership"),
        ({day: "2025-03-10"}, "409 outside_membership"),
        ({day: "2199-01-01"}, "422 kaa_day_in_future"),
    ]
    if kind == "kaa-measures":
        cases += [
            ({"declinedOn": "2024-10-10"}, "422 begun_or_declined"),
            ({"startedOn": None}, "422 begun_or_declined"),
            ({"followUpDays": ["2024-10-09"]}, "422 follow_up_before_measure"),
        ]
    for wrong, refusal in cases:
        assert await register.refused("POST", f"/{kind}", make(ask, **wrong), **OURS) == refusal
    reader: dict[str, Any] = {"scopes": KAA, "units": (UNIT,)}
    assert await register.refused("POST", f"/{kind}", make(ask), **reader) == (
        "403 insufficient_scope"
    )


async def test_contact_is_corrected_and_retracted_and_old_bases_stand(register: City) -> None:
    ask = await membership(register)
    made = await register.made("/kaa-contacts", contact(ask), **OURS)
    await register.made("/kaa-contacts", contact(ask, twoWay=False, channel="letter"), **OURS)
    before = await register.basis()
    path = f"/kaa-contacts/{made['id']}"
    change = {"twoWay": False, "reason": "Ingen svarade"}
    assert (
        await register.refused(
            "POST", f"{path}/corrections", {"twoWay": None, "reason": "Fel"}, version=1, **OURS
        )
        == "422 value_needed"
    )
    corrected = await register.made(f"{path}/corrections", change, version=1, **OURS)
    assert (corrected["twoWay"], corrected["version"]) == (False, 2)
    assert (await register.figure("kaa-contacted", "2024", basis=before))["total"] == 1
    assert (await register.figure("kaa-contacted", "2024"))["total"] == 0
    assert (await register.figure("kaa-contact-sought", "2024"))["total"] == 1
    by_channel = await register.figure("kaa-contacts", "2024-10", by="kind")
    assert by_channel["rows"] == [{"kind": "letter", "value": 1}, {"kind": "phone", "value": 1}]
    gone = {"reason": "Fel ungdom"}
    assert (await register.made(f"{path}/retractions", gone, version=2, **OURS))["retracted"]
    assert await register.refused("POST", f"{path}/retractions", gone, version=3, **OURS) == (
        "409 kaa_record_retracted"
    )
    assert (await register.figure("kaa-contacts", "2024"))["total"] == 1
    assert (await register.figure("kaa-contacts", "2024", basis=before))["total"] == 2


async def test_measure_begins_ends_and_is_documented(register: City) -> None:
    ask = await membership(register)
    made = await register.made("/kaa-measures", measure(ask), **OURS)
    assert made["followUpDays"] == ["2024-11-01", "2024-12-01"]
    assert "goal" not in made
    offered = measure(ask, startedOn=None, declinedOn="2024-11-20", followUpDays=[], goal=None)
    declined = await register.made("/kaa-measures", offered, **OURS)
    ending = {
        "endedOn": "2025-04-01",
        "endReason": "completed",
        "occupationAfter": "municipal_adult_education",
    }
    path = f"/kaa-measures/{made['id']}"
    early = ending | {"endedOn": "2024-10-09"}
    assert await register.refused("POST", f"{path}/endings", early, **OURS) == (
        "422 measure_ends_before_start"
    )
    due = await register.read("/kaa-measures", followUpBefore="2024-11-02", **OURS)
    assert [item["id"] for item in due["items"]] == [made["id"]]
    ended = await register.made(f"{path}/endings", ending, **OURS)
    assert ended["occupationAfter"] == "municipal_adult_education"
    assert await register.refused("POST", f"{path}/endings", ending, **OURS) == (
        "409 measure_ended_already"
    )
    assert (
        await register.refused("POST", f"/kaa-measures/{declined['id']}/endings", ending, **OURS)
        == "409 measure_not_begun"
    )
    documented = await register.read(f"/kaa-memberships/{ask['id']}/records", **OURS)
    assert [m["goal"] for m in documented["measures"]] == [None, measure(ask)["goal"]]
    figure = await register.figure("kaa-measures-ended", "2025", by="activity,outcome")
    assert figure["rows"] == [
        {"activity": "study_guidance", "outcome": "municipal_adult_education", "value": 1}
    ]
    assert (await register.figure("kaa-measures-begun", "2024-Q4", ageGroup="19"))["total"] == 1
    assert (await register.figure("kaa-offers-declined", "2024"))["total"] == 1
    half = {"endReason": None, "reason": "Fel"}
    assert await register.refused("POST", f"{path}/corrections", half, version=2, **OURS) == (
        "422 measure_end_incomplete"
    )
    reopened = half | {"endedOn": None, "occupationAfter": None, "goal": "Nytt mål"}
    await register.made(f"{path}/corrections", reopened, version=2, **OURS)
    assert (await register.figure("kaa-measures-ended", "2025"))["total"] == 0
    shown = await register.read(path, **OURS)
    assert (shown["goal"], shown["endedOn"], shown["version"]) == ("Nytt mål", None, 3)
    await register.made(f"{path}/retractions", {"reason": "Fel"}, version=3, **OURS)
    assert (await register.figure("kaa-measures-begun", "2024"))["total"] == 0


async def test_membership_that_moves_takes_its_contacts_with_it(register: City) -> None:
    ask = await membership(register)
    await register.made("/kaa-contacts", contact(ask), **OURS)
    await register.made("/kaa-measures", measure(ask), **OURS)
    before = await register.basis()
    moved = youth(number_of(date(2005, 3, 10), 239), sourceKey=ask["externalReference"])
    await register.delivered("kaa", [moved | {"leftOn": "2024-10-05", "leaveReason": "moved"}])
    assert (await register.figure("kaa-contacted", "2024"))["total"] == 1
    assert (await register.figure("kaa-measures-begun", "2024"))["total"] == 0
    assert (await register.figure("kaa-measures-begun", "2024", basis=before))["total"] == 1
    assert (await register.figure("kaa-left", "2024", by="outcome"))["rows"] == [
        {"outcome": "moved", "value": 1}
    ]
    retraction = {"op": "retract", "sourceKey": ask["externalReference"], "reason": "Fel person"}
    await register.delivered("kaa", [retraction])
    assert (await register.figure("kaa-contacted", "2024"))["total"] == 0
    assert (await register.figure("kaa-contacted", "2024", basis=before))["total"] == 1
    assert await register.refused("POST", "/kaa-contacts", contact(ask), **OURS) == (
        "409 kaa_record_retracted"
    )


async def test_birth_date_that_proves_wrong_moves_the_end_and_the_ages(register: City) -> None:
    ask = await membership(register)
    await register.made("/kaa-contacts", contact(ask, heldOn="2025-01-10"), **OURS)
    before = await register.basis()
    patch = {"birthDate": "2005-01-05", "reason": "Rätt födelsedag"}
    answer = await register.call("PATCH", f"/persons/{ask['personId']}", patch, version=1)
    assert answer.status_code == 200, answer.text
    assert (await membership(register))["endsOn"] == "2025-01-05"
    assert (await register.figure("kaa-left", "2025-01"))["total"] == 1
    assert (await register.figure("kaa-contacted", "2025"))["total"] == 0
    assert (await register.figure("kaa-contacted", "2025", basis=before))["total"] == 1
    assert (await register.figure("kaa-left", "2025-03", basis=before))["total"] == 1


async def test_protected_youth_is_hidden_and_has_no_district(register: City) -> None:
    ask = await membership(register)
    await register.made("/kaa-contacts", contact(ask), **OURS)
    shown = await register.figure("kaa-members", "2024-12", by="district")
    assert shown["rows"] == [{"district": "jarva", "value": 1}]
    patch = {"protectedIdentity": "secrecy_marking", "reason": "Markering"}
    answer = await register.call("PATCH", f"/persons/{ask['personId']}", patch, version=1)
    assert answer.status_code == 200, answer.text
    shown = await register.figure("kaa-members", "2024-12", by="district")
    assert shown["rows"] == [{"district": "unknown", "value": 1}]
    for path in ("/kaa-memberships", "/kaa-contacts", "/kaa-measures"):
        assert (await register.read(path, **OURS))["items"] == []
    assert await register.refused("GET", f"/kaa-memberships/{ask['id']}/records", **OURS) == (
        "404 kaa_membership_not_found"
    )


AGES = [("0-15", 2008, 12, 31), ("16", 2008, 6, 1), ("17", 2007, 6, 1), ("19", 2005, 1, 2)]


async def test_members_are_counted_by_their_age_of_the_day(register: City) -> None:
    rows = [youth(number_of(date(y, m, d), 238)) for _, y, m, d in AGES]
    await register.delivered("kaa", rows)
    figure = await register.figure("kaa-members", "2024-12-30", by="ageGroup")
    assert {row["ageGroup"]: row["value"] for row in figure["rows"]} == {
        "0-15": 1, "16": 1, "17": 1, "19": 2,
    }  # fmt: skip
    figure = await register.figure("kaa-members", "2025-01-02", by="ageGroup")
    assert {row["ageGroup"]: row["value"] for row in figure["rows"]} == {"16": 2, "17": 1, "19": 1}
    during = await register.figure("kaa-members-during", "2025-01", by="sex")
    assert (during["total"], during["rows"]) == (
        5,
        [{"sex": "men", "value": 1}, {"sex": "women", "value": 4}],
    )
    async with register.db.read() as session:
        conn = await driver(session)
        ids = [r["id"] for r in await conn.fetch("select id from kaa_membership")]
        wanted = facts.KAA_MEMBERSHIP
        assert await drift(conn, facts.JOURNAL, "kaa_membership", ids, wanted_sql=wanted) == []


BESIDE = (
    ("update kaa_membership set left_on = '2024-09-20', leave_reason = 'moved'", "kaa_membership"),
    ("update person set birth_date = '2004-09-20'", "person"),
)


@pytest.mark.parametrize(("change", "table"), BESIDE, ids=lambda it: it.split()[-1])
async def test_contact_waits_for_what_changes_beside_it(
    register: City, change: str, table: str
) -> None:
    """Neither counts by what the other is about to change; without the locks, one would."""
    ask = await membership(register)
    async with register.db.begin() as session:
        conn = await driver(session)
        await conn.execute(f"select from {table} for update")
        await conn.execute(change)
        recording = asyncio.create_task(
            register.call("POST", "/kaa-contacts", contact(ask), **OURS)
        )
        await waits(register)
        assert not recording.done()
    answer = await recording
    assert (answer.status_code, answer.json()["code"]) == (409, "outside_membership")
    assert answer.json()["endsOn"] == "2024-09-20"
