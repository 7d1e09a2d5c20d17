"""Rules of entry and exit that several records break, put to the API and the register."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any

from shared.db import driver
from tests.participants.city import City, entry
from tests.participants.test_register_enrolments import row
from tests.participants.youths import open_unit, youth


async def test_who_has_died_is_not_enrolled_again_and_nobody_outlives_a_death(city: City) -> None:
    person = await city.person()
    first = await city.enrolment(person["id"], startedOn="2024-01-10")
    later = await city.enrolment(
        person["id"], programme="kvinnors-etablering", startedOn="2024-06-01"
    )
    died = {"exitedOn": "2024-05-31", "outcome": "deceased"}
    path = f"/enrolments/{first['id']}"
    assert await city.refused("POST", f"{path}/exits", died) == "409 enrolled_after_death"
    await city.made(f"{path}/exits", died | {"exitedOn": "2024-06-01"})
    again = entry(person["id"], startedOn="2024-06-02")
    assert await city.refused("POST", "/enrolments", again) == "409 person_deceased"
    moved = {"startedOn": "2024-06-02", "reason": "Fel dag"}
    assert await city.refused(
        "POST", f"/enrolments/{later['id']}/corrections", moved, version=1
    ) == ("409 person_deceased")
    back = {"exit": {"exitedOn": "2024-04-01", "outcome": "deceased"}, "reason": "Fel dag"}
    assert await city.refused("POST", f"{path}/corrections", back, version=2) == (
        "409 enrolled_after_death"
    )
    undone = {"exit": {"exitedOn": "2024-06-01", "outcome": "moved"}, "reason": "Fel person"}
    await city.made(f"{path}/corrections", undone, version=2)
    assert (await city.made("/enrolments", again))["startedOn"] == "2024-06-02"


async def test_register_holds_to_death_as_the_api_does(city: City) -> None:
    number, other = city.person_number(), city.person_number()
    died = row(number, exitedOn="2024-12-01", outcome="deceased")
    await city.delivered("enrolments", [died])
    elsewhere = {"programme": "kvinnors-etablering", "startedOn": "2024-12-02"}
    done = await city.delivered(
        "enrolments",
        [
            row(number, **elsewhere),
            row(other, exitedOn="2024-12-01", outcome="deceased"),
            row(other, **elsewhere),
        ],
    )
    assert done.refusals == [
        (1, "startedOn", "person_deceased"),
        (3, "startedOn", "person_deceased"),
    ]
    that_day = row(number, programme="kvinnors-etablering", startedOn="2024-12-01")
    assert (await city.delivered("enrolments", [that_day])).counts == {"rows": 1, "created": 1}
    earlier = await city.delivered("enrolments", [died | {"exitedOn": "2024-11-01"}])
    assert earlier.refusals == [(1, "exitedOn", "enrolled_after_death")]
    mended = [died | {"outcome": "moved"}, row(number, **elsewhere | {"startedOn": "2025-01-01"})]
    done = await city.delivered("enrolments", mended)
    assert done.refusals == [(2, "startedOn", "enrolment_overlap")]  # the death is gone


async def test_exit_is_recorded_when_it_has_happened(city: City) -> None:
    enrolled = await city.enrolment((await city.person())["id"])
    ahead = {"exitedOn": "2199-01-01", "outcome": "work"}
    path = f"/enrolments/{enrolled['id']}"
    assert await city.refused("POST", f"{path}/exits", ahead) == "422 exit_in_future"
    body = {"exit": ahead, "reason": "Planerat"}
    assert await city.refused("POST", f"{path}/corrections", body, version=1) == (
        "422 exit_in_future"
    )
    done = await city.delivered("enrolments", [row(city.person_number(), **ahead)])
    assert done.refusals == [(1, "exitedOn", "exit_in_future")]


async def test_ground_kaa_is_for_those_it_covers(city: City) -> None:
    await open_unit(city)
    young, grown, left = (city.person_number(year=year) for year in (2006, 2004, 2006))
    twentieth = date.fromisoformat(grown[:8]).replace(year=2024).isoformat()
    gone = youth(left, joinedOn="2024-02-01", leftOn="2024-08-01", leaveReason="moved")
    assert (await city.delivered("kaa", [gone])).errors == []
    asked: tuple[tuple[str, dict[str, Any], bool], ...] = (
        (young, {}, True),  # the register may come later
        (grown, {"startedOn": twentieth}, False),
        (left, {"startedOn": "2024-08-01"}, False),
        (left, {"startedOn": "2024-07-31"}, True),
    )
    for number, change, stands in asked:
        sent = row(number, ground="kaa", **change)
        done = await city.delivered("enrolments", [sent])
        refused = [] if stands else [(1, "ground", "ground_not_in_kaa")]
        assert done.refusals == refused, change
        if stands:
            gone_again = {"op": "retract", "sourceKey": sent["sourceKey"], "reason": "Prov"}
            await city.delivered("enrolments", [gone_again])
        found = await city.call("POST", "/person-lookups", {"identityNumber": number})
        person = (
            found.json() if found.status_code == 200 else await city.person(identityNumber=number)
        )
        body = entry(person["id"], ground="kaa", **change)
        answer = await city.call("POST", "/enrolments", body)
        assert (answer.status_code, answer.json().get("code")) == (
            (201, None) if stands else (409, "ground_not_in_kaa")
        ), change


async def test_register_of_kaa_that_comes_later_judges_anew(city: City) -> None:
    await open_unit(city)
    number = city.person_number(year=2005)
    await city.delivered("enrolments", [row(number, ground="outreach")])
    enrolled = (await city.read("/enrolments"))["items"][0]
    assert enrolled["targetGroups"] == ["uvas"]
    before = await city.basis()
    sent = youth(number, joinedOn="2024-02-01")
    assert (await city.delivered("kaa", [sent])).errors == []
    path = f"/enrolments/{enrolled['id']}"
    assert (await city.read(path))["targetGroups"] == ["kaa"]
    assert (await city.figure("uvas-reached", "2024"))["total"] == 0
    assert (await city.figure("uvas-reached", "2024", basis=before))["total"] == 1
    gone = {"op": "retract", "sourceKey": sent["sourceKey"], "reason": "Fel person"}
    await city.delivered("kaa", [gone])
    assert (await city.read(path))["targetGroups"] == ["uvas"]


async def test_programme_moves_with_its_team_by_correction(city: City) -> None:
    enrolled = await city.enrolment((await city.person())["id"], team="pilot-one")
    path = f"/enrolments/{enrolled['id']}/corrections"
    other = {"programme": "kvinnors-etablering", "reason": "Fel program"}
    assert await city.refused("POST", path, other, version=1) == "422 unknown_team"
    moved = await city.made(path, other | {"team": None}, version=1)
    assert (moved["programme"], moved["team"]) == ("kvinnors-etablering", None)


async def test_entry_waits_for_a_closing_beside_it_and_sees_the_last_day(city: City) -> None:
    person = await city.person()
    async with city.db.begin() as session:
        conn = await driver(session)
        await conn.execute("select from unit where code = 'jobbtorg-vuxna' for update")
        await conn.execute("update unit set valid_to = '2024-09-30' where code = 'jobbtorg-vuxna'")
        entering = asyncio.create_task(city.call("POST", "/enrolments", entry(person["id"])))
        await waits(city)
        assert not entering.done()
    answer = await entering
    assert (answer.status_code, answer.json()["code"]) == (409, "unit_not_in_operation")


async def waits(city: City) -> None:
    """Return when a session of this database waits for a lock."""
    async with asyncio.timeout(10), city.db.read() as session:
        conn = await driver(session)
        while not await conn.fetchval(
            "select exists (select from pg_stat_activity where wait_event_type = 'Lock'"
            " and datname = current_database())"
        ):
            await asyncio.sleep(0.01)


async def test_history_says_what_was_known_when(city: City) -> None:
    enrolled = await city.enrolment((await city.person())["id"])
    before = await city.basis()
    path = f"/enrolments/{enrolled['id']}"
    wrong = {"startedOn": "2024-10-05", "reason": "Fel startdag"}
    await city.made(f"{path}/corrections", wrong, version=1, subject="coach-7")
    await city.made(f"{path}/exits", {"exitedOn": "2024-12-01", "outcome": "work"})
    await city.made(f"{path}/retractions", {"reason": "Fel person"}, version=3)
    told = (await city.read(f"{path}/versions"))["versions"]
    assert [
        (one["startedOn"], one["exitedOn"], one["retracted"], one["reason"], one["changedBy"])
        for one in told
    ] == [
        ("2024-10-01", None, False, "Fel startdag", "coach-7"),
        ("2024-10-05", None, False, "exited", "test-clerk"),
        ("2024-10-05", "2024-12-01", False, "Fel person", "test-clerk"),
        ("2024-10-05", "2024-12-01", True, None, None),
    ]
    assert [one["supersededAt"] for one in told[:-1]] == [one["recordedAt"] for one in told[1:]]
    then = await city.read(f"{path}/versions", basis=before)
    assert [(one["startedOn"], one["supersededAt"], one["reason"]) for one in then["versions"]] == [
        ("2024-10-01", None, None)
    ]
    elsewhere = {"units": ("jobbtorg-unga",)}
    assert await city.refused("GET", f"{path}/versions", **elsewhere) == "404 enrolment_not_found"
