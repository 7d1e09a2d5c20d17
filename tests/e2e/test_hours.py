"""Hours attested in participants become co-financing in budget, over the queue, end to end."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from jarva.demo import DATA
from jarva.demo.steps import STEPS
from tests.e2e.conftest import City, eventually
from tests.e2e.test_flows import PLACES, someone

NUMBER = "E2E-7"
SOURCE = {"source": "Påhittat för test", "validFrom": "2021-01-01"}


@pytest.fixture(scope="module")
def places(city: City) -> City:
    """The city with its units and programmes."""
    for title, step in STEPS:
        if title in PLACES:
            step(city.target, DATA)
    return city


def granted(city: City) -> None:
    """Decide a project whose participants' hours are worth 150 kronor each."""
    programme = "/programme-periods/e2e-2021-2027"
    period = {"name": "Prov", "firstDay": "2021-01-01", "lastDay": "2029-12-31"}
    terms = {"hoursPerYear": 1720, "hoursPerDay": 13, "source": "Prov"}
    city.post("budget", "/programme-periods", {"code": "e2e-2021-2027"} | period | terms)
    city.post("budget", f"{programme}/cost-types", {"code": "deltagare", "name": "D"} | SOURCE)
    rate = {"kind": "participant", "code": "deltagare", "name": "D", "costType": "deltagare"}
    city.post("budget", f"{programme}/hourly-rates", rate | SOURCE | {"amount": "150.00"})
    project = {
        "number": NUMBER,
        "name": "Timmar som räknas",
        "funder": "esf",
        "programme": "ESF+",
        "role": "owner",
        "responsibleDepartment": "Jobbtorg Stockholm",
        "budget": {"amount": "1200000.00", "currency": "SEK"},
        "start": "2024-05",
        "end": "2026-04",
    }
    made = city.post("budget", "/projects", project)
    city.post("budget", f"/projects/{made['id']}/decisions", {"decidedOn": "2024-04-20"})
    grant = {
        "amount": {"amount": "500000.00", "currency": "SEK"},
        "decidedOn": "2024-04-22",
        "reference": "Prov",
        "programmePeriod": "e2e-2021-2027",
        "supportRate": 5000,
        "staffCosts": "actual",
        "participantRate": "deltagare",
        "eligibleFrom": "2024-05-01",
        "eligibleTo": "2026-04-30",
    }
    city.post("budget", f"/projects/{made['id']}/grants", grant)


def cofinancing(city: City) -> str:
    answer = city.get("budget", "/figures/cofinancing", period="2024-06", project=NUMBER)
    return str(answer["total"])


def test_attested_hours_become_cofinancing_and_are_corrected(places: City) -> None:
    granted(places)
    programmes = eventually(
        lambda: [
            each
            for each in places.every("participants", "/programmes")
            if each["projectReference"] == NUMBER
        ]
    )
    enrolment = places.post(
        "participants",
        "/enrolments",
        {
            "personId": someone(places, date(1993, 3, 1)),
            "unit": "jobbtorg-vuxna-jarva",
            "programme": programmes[0]["code"],
            "ground": "social_assistance",
            "statusAtEntry": "unemployed",
            "startedOn": "2024-05-20",
        },
    )
    body: dict[str, Any] = {"enrolmentId": enrolment["id"], "month": "2024-06", "hours": "40:30"}
    made = places.post("participants", "/hour-attestations", body)
    eventually(lambda: cofinancing(places) == "6075.00")

    with places.client("participants") as client:
        answer = client.post(
            f"/hour-attestations/{made['id']}/corrections",
            json={"hours": "20", "reason": "Räknade fel"},
            headers={"If-Match": '"v1"'},
        )
    assert answer.status_code == 201, answer.text
    eventually(lambda: cofinancing(places) == "3000.00")
