"""What happens in one service and takes effect in another, over the queue, end to end."""

from __future__ import annotations

import os
import signal
from datetime import date
from typing import Any

import pytest

from jarva.demo import DATA
from jarva.demo.inventing.people import identity_number
from jarva.demo.steps import STEPS
from tests.e2e.conftest import City, eventually

PROJECT = {
    "number": "E2E-1",
    "name": "Nya vägar in",
    "funder": "esf",
    "programme": "ESF+",
    "role": "owner",
    "responsibleDepartment": "Jobbtorg Stockholm",
    "budget": {"amount": "1200000.00", "currency": "SEK"},
    "start": "2024-05",
    "end": "2026-04",
}
PLACES = {
    "participants: units",
    "participants: programmes",
    "participants: teams",
    "outreach: operations",
    "outreach: venues",
}


@pytest.fixture(scope="module")
def places(city: City) -> City:
    """The city with its units, programmes, operations and venues."""
    for title, step in STEPS:
        if title in PLACES:
            step(city.target, DATA)
    return city


def someone(city: City, born: date) -> str:
    """Register somebody who is none of the demonstration's people, whoever loads them first."""
    number = identity_number(born, "women")
    assert number not in (DATA / "participants" / "enrolments.csv").read_text("utf-8")
    person = city.post(
        "participants",
        "/persons",
        {
            "identityNumber": number,
            "name": {"given": "Test", "family": "Testsson"},
            "residence": {"district": "jarva", "validFrom": "2024-01-01"},
        },
    )
    return str(person["id"])


def referred(city: City, person: str) -> dict[str, Any]:
    return city.post(
        "outreach",
        "/referrals",
        {
            "personId": person,
            "unit": "jobbtorg-vuxna-jarva",
            "programme": "kvinnors-etablering",
            "referredOn": "2024-03-04",
            "operation": "stadsdelsmammor",
        },
    )


def pending(city: City, referral: str) -> dict[str, Any]:
    def found() -> dict[str, Any] | None:
        items = city.every("participants", "/pending-enrolments")
        return next((item for item in items if item["referralId"] == referral), None)

    waiting: dict[str, Any] = eventually(found)
    return waiting


def test_a_referral_becomes_a_pending_enrolment_and_its_acceptance_closes_it(places: City) -> None:
    referral = referred(places, someone(places, date(1990, 3, 2)))
    waiting = pending(places, referral["id"])
    assert waiting["state"] == "pending"

    places.post(
        "participants",
        f"/pending-enrolments/{waiting['id']}/acceptances",
        {"ground": "outreach", "statusAtEntry": "inactive", "startedOn": "2024-03-11"},
    )

    closed = eventually(
        lambda: (
            (found := places.get("outreach", f"/referrals/{referral['id']}"))["state"] == "enrolled"
            and found
        )
    )
    assert closed["enrolledOn"] == "2024-03-11"
    assert closed["enrolmentId"]


def test_a_refused_referral_is_declined_with_its_reason(places: City) -> None:
    referral = referred(places, someone(places, date(1991, 3, 1)))
    waiting = pending(places, referral["id"])
    places.post(
        "participants",
        f"/pending-enrolments/{waiting['id']}/refusals",
        {"reason": "no_contact"},
    )
    declined = eventually(
        lambda: (
            (found := places.get("outreach", f"/referrals/{referral['id']}"))["state"] == "declined"
            and found
        )
    )
    assert declined["declineReason"] == "no_contact"


def test_a_referral_of_somebody_unknown_is_declined(places: City) -> None:
    referral = referred(places, "0198a0c4-5a2e-7c1b-9d3e-8f4a6b2c1d0e")
    eventually(
        lambda: places.get("outreach", f"/referrals/{referral['id']}")["state"] == "declined"
    )


def test_an_exit_opens_one_follow_up_due_three_months_later(places: City) -> None:
    enrolment = places.post(
        "participants",
        "/enrolments",
        {
            "personId": someone(places, date(1992, 3, 1)),
            "unit": "jobbtorg-vuxna-jarva",
            "programme": "kvinnors-etablering",
            "ground": "outreach",
            "statusAtEntry": "inactive",
            "startedOn": "2024-02-01",
        },
    )
    with places.client("participants") as client:
        shown = client.get(f"/enrolments/{enrolment['id']}")
        exited = client.post(
            f"/enrolments/{enrolment['id']}/exits",
            json={"exitedOn": "2024-11-30", "outcome": "work"},
            headers={"If-Match": shown.headers["ETag"], "Idempotency-Key": enrolment["id"]},
        )
    assert exited.is_success, exited.text

    def opened() -> list[dict[str, Any]]:
        items = places.every("participants", "/follow-ups")
        return [item for item in items if item["enrolmentId"] == enrolment["id"]]

    follow_ups = eventually(opened)
    assert [item["dueOn"] for item in follow_ups] == ["2025-02-28"]


async def test_months_closed_before_closings_were_told_become_known_to_reports(city: City) -> None:
    city.post("budget", "/fiscal-years", {"year": 2035})
    budget = await city.database("budget")
    try:
        for month in range(1, 5):
            await budget.execute(
                "insert into period_event (period, action, by) values ($1, 'closed', 'old')",
                203500 + month,
            )
    finally:
        await budget.close()
    before = city.get("reports", "/ready-periods", year="2035")["items"][0]
    assert before["openPeriods"] == [203501, 203502, 203503, 203504], "an old version told nobody"

    os.kill(city.running.pids["budget-worker"], signal.SIGTERM)

    def known() -> bool:
        return bool(city.get("reports", "/ready-periods", year="2035")["items"][0]["ready"])

    eventually(known, within=60)


def test_a_project_decided_in_budget_becomes_a_programme_in_participants(places: City) -> None:
    project = places.post("budget", "/projects", PROJECT)
    places.post("budget", f"/projects/{project['id']}/decisions", {"decidedOn": "2024-05-02"})

    def programme() -> dict[str, Any] | None:
        items = places.every("participants", "/programmes")
        return next((item for item in items if item["name"] == PROJECT["name"]), None)

    made = eventually(programme)
    assert made["kind"] == "project"
