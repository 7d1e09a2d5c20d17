"""Indicators of ESF+: who counts, for what, from which entry and which exit, at any basis."""

# ruff: noqa: ANN401  JSON bodies and query parameters are whatever a test sends
from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import pytest

from services.participants import esf_participations
from services.participants.figures import facts
from shared.db import driver
from shared.journal import Cause, drift
from tests.participants.city import City

PROJECT = "stockholmskraften"


@pytest.fixture
async def city(city: City) -> City:
    """The city, with a project that ESF+ pays for from 2024."""
    funding = {"esfFrom": "2024-01-01", "reason": "Beslut om stöd"}
    await city.made(f"/programmes/{PROJECT}/esf-fundings", funding)
    return city


async def enrolled(city: City, *, born: int = 1990, sex: str = "women", **more: Any) -> str:
    """Enrol somebody new with complete answers; return the enrolment."""
    person = await city.person(identityNumber=city.person_number(sex, year=born))
    entry = {"educationAtEntry": "compulsory", "startedOn": "2024-02-01"} | more
    return str((await city.enrolment(person["id"], **entry))["id"])


async def version_of(city: City, enrolment: str) -> int:
    return int((await city.read(f"/enrolments/{enrolment}"))["version"])


async def left(city: City, enrolment: str, on: str, outcome: str = "work") -> None:
    await city.made(f"/enrolments/{enrolment}/exits", {"exitedOn": on, "outcome": outcome})


async def said(city: City, enrolment: str, what: str, body: dict[str, Any]) -> dict[str, Any]:
    version = await version_of(city, enrolment)
    return await city.made(f"/enrolments/{enrolment}/{what}", body, version=version)


async def table(city: City, period: str = "2024", **query: Any) -> dict[str, Any]:
    query.setdefault("basis", await city.basis())
    return await city.read("/esf-indicators", period=period, programme=PROJECT, **query)


def numbers(found: dict[str, Any]) -> dict[str, tuple[int, int]]:
    """Return women and men by code, without the zeroes."""
    return {it["code"]: (it["women"], it["men"]) for it in found["indicators"] if it["total"]}


async def agree(city: City) -> None:
    """The journal holds what the records say now, and the table passes its checks."""
    async with city.db.read() as session:
        conn = await driver(session)
        ids = [row["id"] for row in await conn.fetch("select id from enrolment")]
        wanted = facts.ESF_PARTICIPATION
        assert await drift(conn, facts.JOURNAL, facts.ESF_KIND, ids, wanted_sql=wanted) == []
    assert all(check["holds"] for check in (await table(city))["checks"])


async def test_outputs_are_those_of_the_entry_and_incomplete_records_are_in_none(
    city: City,
) -> None:
    await enrolled(city, born=2006, statusAtEntry="inactive", educationAtEntry="upper_secondary")
    await enrolled(city, born=1960, statusAtEntry="long_term_unemployed")
    await enrolled(
        city, sex="men", statusAtEntry="employed", educationAtEntry="post_secondary_short"
    )
    young = await enrolled(city, born=2008, sex="men", educationAtEntry="post_secondary")
    before = await table(city)
    assert numbers(before) == {
        "EECO01": (2, 2),
        "EECO02": (1, 1),
        "EECO03": (1, 0),
        "EECO04": (1, 0),
        "EECO05": (0, 1),
        "EECO06": (0, 1),
        "EECO07": (1, 0),
        "EECO08": (1, 0),
        "EECO09": (1, 0),
        "EECO10": (1, 1),
        "EECO11": (0, 1),
    }
    notes = {it["code"]: it["note"] for it in before["indicators"] if it["total"] is None}
    assert sorted(notes) == ["EECO15", "EECO18", "EECO19"]
    assert "Samlas inte in" in notes["EECO15"]

    # Outside the project, and in it before ESF+ paid: no participants of its.
    await enrolled(city, programme="kvinnors-etablering")
    await enrolled(city, startedOn="2023-12-31")
    lacking = await enrolled(city, educationAtEntry=None)
    assert numbers(await table(city)) == numbers(before)
    assert (await table(city))["bases"]["incomplete"] == 1
    listed = (await city.read("/esf-incomplete-records", programme=PROJECT))["items"]
    assert [(it["enrolmentId"], it["missingAnswers"], it["faults"]) for it in listed] == [
        (lacking, ["education"], [])
    ]
    other: Any = {"units": ("jobbtorg-unga",)}
    assert (await city.read("/esf-incomplete-records", **other))["items"] == []
    found = await table(city, **other)
    assert (numbers(found), found["units"]) == ({}, ["jobbtorg-unga"])

    # Corrected, it counts, from this basis on; the basis before is as it was.
    change = {"educationAtEntry": "compulsory", "reason": "Uppgift kom in"}
    await city.made(f"/enrolments/{lacking}/corrections", change, version=1)
    gone = {"reason": "Aldrig deltagare"}
    await city.made(f"/enrolments/{young}/retractions", gone, version=1)
    after = await table(city)
    assert numbers(after)["EECO01"] == (3, 1)
    assert numbers(after)["EECO02"] == (2, 0)
    assert "EECO06" not in numbers(after)
    assert await table(city, basis=before["basis"]) == before
    await agree(city)
    figure = await city.figure("esf-eeco01", "2024", by="sex")
    assert {row["sex"]: row["value"] for row in figure["rows"]} == {"women": 3, "men": 1}


async def test_results_are_those_of_the_last_exit_within_four_weeks(city: City) -> None:
    first = await enrolled(city, statusAtEntry="inactive")
    body: dict[str, Any] = {"results": ["job_searching"], "observedOn": "2024-03-15"}
    path = f"/enrolments/{first}/esf-results"
    assert await city.refused("POST", path, body, version=1) == "409 results_before_exit"
    await left(city, first, "2024-03-01", "other")
    for day in ("2024-02-29", "2024-03-30"):
        wrong = body | {"observedOn": day}
        assert await city.refused("POST", path, wrong, version=2) == "422 result_outside_window"
    assert await city.refused("POST", path, body, version=1) == "412 precondition_failed"
    answered = await said(city, first, "esf-results", body | {"observedOn": "2024-03-29"})
    assert answered["esfResults"] == ["job_searching"]
    assert numbers(await table(city))["EECR01"] == (1, 0)

    # Back again, later employed: one participant, entered as at first, left as at last.
    again = await city.enrolment(
        answered["personId"],
        startedOn="2024-04-01",
        statusAtEntry="unemployed",
        educationAtEntry="upper_secondary",
    )
    found = await table(city)
    assert (numbers(found)["EECO01"], numbers(found)["EECO04"]) == ((1, 0), (1, 0))
    assert not {"EECR01", "EECO02", "EECO10"} & numbers(found).keys()
    assert found["bases"]["leavers"] == 0
    await left(city, again["id"], "2024-06-01")
    results = {"results": ["employment", "qualification"], "observedOn": "2024-06-01"}
    await said(city, again["id"], "esf-results", results)
    found = await table(city)
    assert {code: it for code, it in numbers(found).items() if code > "EECR"} == {
        "EECR03": (1, 0),
        "EECR04": (1, 0),
    }
    assert found["bases"] == {
        "incomplete": 0,
        "leavers": 1,
        "leaversAnswered": 1,
        "sixMonthsAnswered": 0,
    }
    assert numbers(await table(city, "2024-05")) == {}

    # The exit moves past what was observed: on record, listed, and in no result.
    version = await version_of(city, again["id"])
    change = {"exit": {"exitedOn": "2024-06-15", "outcome": "work"}, "reason": "Fel dag"}
    await city.made(f"/enrolments/{again['id']}/corrections", change, version=version)
    found = await table(city)
    assert not [code for code in numbers(found) if code > "EECR"]
    listed = (await city.read("/esf-incomplete-records"))["items"]
    assert [(it["enrolmentId"], it["faults"]) for it in listed] == [
        (again["id"], ["result_outside_window"])
    ]
    # The second entry never was: the first exit is the last one again.
    version = await version_of(city, again["id"])
    gone = {"reason": "Fel person"}
    await city.made(f"/enrolments/{again['id']}/retractions", gone, version=version)
    assert numbers(await table(city))["EECR01"] == (1, 0)
    await agree(city)


async def test_six_months_later_comes_from_the_follow_up(city: City) -> None:
    jobless = await enrolled(city)
    employed = await enrolled(city, sex="men", statusAtEntry="employed")
    await left(city, jobless, "2024-03-01")
    await left(city, employed, "2024-03-01")
    asked = {
        it["enrolmentId"]: it["id"]
        for it in (await city.read("/follow-ups", limit=200))["items"]
        if it["kind"] == "esf"
    }
    answer: dict[str, Any] = {
        "result": "work",
        "answeredOn": "2024-09-10",
        "employmentStatus": "employed",
    }
    await city.made(f"/follow-ups/{asked[jobless]}/results", answer)
    improved = answer | {"improvement": "promotion"}
    await city.made(f"/follow-ups/{asked[employed]}/results", improved)
    found = await table(city)
    assert numbers(found)["EECR05"] == (1, 0)
    assert numbers(found)["EECR06"] == (0, 1)
    assert found["bases"]["sixMonthsAnswered"] == 2
    await agree(city)


async def test_circumstances_count_with_consent_and_while_it_lasts(city: City) -> None:
    enrolment = await enrolled(city)
    assert (await city.read(f"/enrolments/{enrolment}/esf-answers"))["esfCircumstances"] is None
    path = f"/enrolments/{enrolment}/esf-statements"
    body: dict[str, Any] = {
        "circumstances": ["foreign_background", "disability"],
        "consentedOn": "2024-02-01",
    }
    for wrong, refusal in (
        ({"consentedOn": None}, "422 consent_needed"),
        ({"circumstances": None}, "422 consent_needed"),
        ({"consentedOn": "2199-01-01"}, "422 esf_answer_to_come"),
        ({"circumstances": ["roma"]}, "422 invalid_request"),
    ):
        assert await city.refused("POST", path, body | wrong, version=1) == refusal
    await said(city, enrolment, "esf-statements", body)
    stated = {"EECO12": (1, 0), "EECO14": (1, 0)}
    assert numbers(await table(city)).items() >= stated.items()
    withdrawn = {"circumstances": None, "consentedOn": None, "reason": "Samtycket återkallat"}
    answers = await said(city, enrolment, "esf-statements", withdrawn)
    assert answers["esfCircumstances"] is None
    assert not stated.keys() & numbers(await table(city)).keys()
    elsewhere = await enrolled(city, programme="kvinnors-etablering")
    path = f"/enrolments/{elsewhere}/esf-statements"
    assert await city.refused("POST", path, body, version=1) == "409 not_an_esf_project"


async def test_funding_decides_who_counts_and_a_birth_date_how(city: City) -> None:
    enrolment = await enrolled(city, born=1970)
    person = (await city.read(f"/enrolments/{enrolment}"))["personId"]
    assert "EECO08" not in numbers(await table(city))
    basis = await city.basis()
    shown = await city.read(f"/persons/{person}")
    change = {"birthDate": "1969-01-31", "reason": "Rättat i folkbokföringen"}
    response = await city.call("PATCH", f"/persons/{person}", change, version=shown["version"])
    assert response.status_code == 200, response.text
    assert numbers(await table(city))["EECO08"] == (1, 0)
    for funding, wanted in (
        ({"esfFrom": "2024-02-02"}, None),
        ({"esfFrom": None}, None),
        ({"esfFrom": "2024-02-01", "esfTo": "2024-02-01"}, (1, 0)),
    ):
        body = funding | {"reason": "Rättat beslut"}
        await city.made(f"/programmes/{PROJECT}/esf-fundings", body)
        assert numbers(await table(city)).get("EECO08") == wanted
    assert "EECO08" not in numbers(await table(city, basis=basis))
    await agree(city)


def delivered(city: City, key: str, **more: Any) -> dict[str, Any]:
    return {
        "sourceKey": f"vera:{key}",
        "identityNumber": city.person_number(),
        "unit": "jobbtorg-vuxna",
        "programme": PROJECT,
        "ground": "voluntary",
        "statusAtEntry": "unemployed",
        "educationAtEntry": "compulsory",
        "startedOn": "2024-02-01",
    } | more


LEFT = {"exitedOn": "2024-06-01", "outcome": "work"}


async def test_delivered_answers_count_as_recorded_ones_and_lose_none(city: City) -> None:
    work = {"esfResults": ["employment"], "esfResultsOn": "2024-06-29"}
    rows = [
        delivered(city, "1", **LEFT, **work),
        delivered(city, "2", esfCircumstances=["rural_area"], esfConsentedOn="2024-02-01"),
        delivered(city, "3", **LEFT, **work | {"esfResultsOn": "2024-06-30"}),
        delivered(city, "4", **work),
        delivered(city, "5", esfCircumstances=["rural_area"]),
        delivered(city, "6", **LEFT, **work, programme="kvinnors-etablering"),
        delivered(city, "7", **LEFT, esfResultsOn="2024-06-29"),
        delivered(city, "8", esfCircumstances=["roma"], esfConsentedOn="2024-02-01"),
    ]
    done = await city.delivered("enrolments", rows)
    assert [refusal[0::2] for refusal in done.refusals] == [
        (3, "result_outside_window"),
        (4, "results_before_exit"),
        (5, "esf_answer_without_day"),
        (6, "not_an_esf_project"),
        (8, "not_allowed"),
    ]
    wanted = {"EECO01": (3, 0), "EECO17": (1, 0), "EECR04": (1, 0)}
    before = await table(city)
    assert numbers(before).items() >= wanted.items()
    assert before["bases"]["leaversAnswered"] == 2
    good = [rows[0], rows[1], rows[6]]
    assert (await city.delivered("enrolments", good)).counts == {"rows": 3, "unchanged": 3}
    # A source that has no such fields takes nothing away.
    silent = {key: value for key, value in rows[0].items() if not key.startswith("esf")}
    assert (await city.delivered("enrolments", [silent])).counts["unchanged"] == 1
    moved = await city.delivered("enrolments", [silent | {"unit": "jobbtorg-unga"}])
    assert moved.counts["changed"] == 1
    assert numbers(await table(city)).items() >= wanted.items()
    # Retracted, and gone from a snapshot that the guard lets through.
    gone = [{"op": "retract", "sourceKey": "vera:1", "reason": "Fel person"}]
    await city.delivered("enrolments", gone)
    found = await table(city)
    assert (numbers(found)["EECO01"], "EECR04" in numbers(found)) == ((2, 0), False)
    await city.delivered("enrolments", [rows[6]], mode="snapshot")
    assert (await table(city, "2024-01-01/2099-12-31"))["bases"]["leavers"] == 2
    assert await table(city, basis=before["basis"]) == before
    await agree(city)


async def test_changes_of_one_person_at_once_leave_nothing_uncounted(city: City) -> None:
    firsts = [await enrolled(city) for _ in range(4)]
    people = [(await city.read(f"/enrolments/{each}"))["personId"] for each in firsts]
    for each in firsts:
        await left(city, each, "2024-03-01", "other")
    correction = {"educationAtEntry": "post_secondary", "reason": "Rättad uppgift"}
    entry = {"educationAtEntry": "compulsory", "startedOn": "2024-04-01"}
    await asyncio.gather(
        *(city.made(f"/enrolments/{each}/corrections", correction, version=2) for each in firsts),
        *(city.enrolment(person, **entry) for person in people),
    )
    assert numbers(await table(city)) == {
        "EECO01": (4, 0),
        "EECO02": (4, 0),
        "EECO11": (4, 0),
    }
    await agree(city)


_WAITING = "select exists (select from pg_locks where locktype = 'advisory' and not granted)"


async def test_second_change_of_a_person_waits_for_the_first(city: City) -> None:
    first = await enrolled(city)
    await left(city, first, "2024-03-01", "other")
    person = (await city.read(f"/enrolments/{first}"))["personId"]
    entry = {"educationAtEntry": "compulsory", "startedOn": "2024-04-01"}
    second = (await city.enrolment(person, **entry))["id"]

    async def changed(conn: Any, enrolment: str, values: str) -> None:
        await conn.execute(f"update enrolment set {values} where id = $1", UUID(enrolment))
        await esf_participations.settle(
            conn, [UUID(enrolment)], cause=Cause.CORRECTION, reason="test"
        )

    async def enters_earlier() -> None:
        """Make the second entry the first."""
        async with city.db.begin() as session:
            values = "started_on = '2024-01-02', exited_on = '2024-01-03', outcome = 'other'"
            await changed(await driver(session), second, values)

    async with city.db.begin() as session:
        conn = await driver(session)
        await changed(conn, first, "education_at_entry = 'post_secondary'")
        later = asyncio.create_task(enters_earlier())
        while not later.done() and not await conn.fetchval(_WAITING):
            await asyncio.sleep(0.01)
        assert not later.done()
    await later
    await agree(city)


async def test_merged_records_are_one_participant_until_they_are_parted(city: City) -> None:
    first = await enrolled(city, statusAtEntry="inactive")
    await left(city, first, "2024-03-01", "other")
    second = await enrolled(city, startedOn="2024-04-01")
    await left(city, second, "2024-05-01")
    results = {"results": ["employment"], "observedOn": "2024-05-02"}
    await said(city, second, "esf-results", results)
    apart = await table(city)
    assert numbers(apart)["EECO01"] == (2, 0)
    survivor = (await city.read(f"/enrolments/{first}"))["personId"]
    absorbed = (await city.read(f"/enrolments/{second}"))["personId"]
    body = {"survivorId": survivor, "absorbedId": absorbed, "reason": "Samma person"}
    merge = await city.made("/person-merges", body)
    found = await table(city)
    assert numbers(found) == {
        "EECO01": (1, 0),
        "EECO04": (1, 0),
        "EECO09": (1, 0),
        "EECR04": (1, 0),
    }
    assert found["bases"]["leavers"] == 1
    await agree(city)
    undone = {"reason": "Två personer"}
    await city.made(f"/person-merges/{merge['id']}/reversals", undone, version=merge["version"])
    again = await table(city)
    assert {**again, "basis": ""} == {**apart, "basis": ""}
    await agree(city)
