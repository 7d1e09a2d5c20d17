"""Why a report's numbers moved: every value of every report, after anything may have happened."""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING

import pytest

from jarva.demo.demonstration import REPORTS
from jarva.demo.steps import STEPS
from jarva.running import Running
from tests.e2e.conftest import City, eventually, everything_is_settled, report
from tests.e2e.moved_values import Body, add_up, checked, explained, items_of
from tests.e2e.shaking import held_back, shake

if TYPE_CHECKING:
    from pathlib import Path

SEED = 20261126
TOLD = {
    "fokus-jarva": {"corrections"},
    "tertialrapport": {"retractions"},
    "projektbilaga": {"retractions"},
    "esf-indicators": {"corrections"},
}
"""What else must have moved something in each report, for all that was done."""


@dataclass(frozen=True)
class Shaken:
    """A city that was changed between two bases."""

    city: City
    since: str
    basis: str


@pytest.fixture(scope="module")
def shaken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shaken]:
    folder: Path = tmp_path_factory.mktemp("moving")
    random = Random(SEED)
    late = held_back(folder / "data", random)
    running = Running(folder / "var", environment={**os.environ, "REPORTS_TIME_BUDGET": "12"})
    running.start()
    try:
        city = City(running)
        for _, step in STEPS:
            step(city.target, folder / "data")
        since = settled_basis(city)
        shake(city, folder / "data", late, random)
        yield Shaken(city, since, settled_basis(city))
    finally:
        running.stop()


def settled_basis(city: City) -> str:
    """Return a basis at which everything told so far counts."""
    told = max(
        city.get(service, "/basis")["settledAt"]
        for service in ("participants", "outreach", "budget")
    )

    def passed() -> str | None:
        document = report(city, **REPORTS["tertialrapport"]).json()
        whole = everything_is_settled(document) and document["basis"] > told
        return document["basis"] if whole else None

    return str(eventually(passed))


def changes_of(shaken: Shaken, name: str) -> Body:
    with shaken.city.client("reports") as client:
        answer = client.get(
            "/committee-report-changes",
            params=REPORTS[name] | {"since": shaken.since, "basis": shaken.basis},
        )
    assert answer.status_code == 200, answer.text
    found: Body = answer.json()
    return found


@pytest.mark.parametrize("name", REPORTS)
def test_every_value_of_every_report_is_explained(shaken: Shaken, name: str) -> None:
    told = changes_of(shaken, name)
    assert told["status"] == "complete", [
        (item["key"], item["reason"]) for item in items_of(told) if item["status"] != "ok"
    ]
    ends = [
        {
            item["key"]: item
            for item in items_of(report(shaken.city, **REPORTS[name], basis=at).json())
        }
        for at in (shaken.since, shaken.basis)
    ]
    moved = sum((checked(item, ends) for item in items_of(told)), Counter[str]())
    assert {"lateFacts", *TOLD[name]} <= set(moved)


@pytest.mark.parametrize("part", ["lateFacts", "corrections"])
def test_negative_control_a_part_that_is_left_out_is_missed(shaken: Shaken, part: str) -> None:
    told = changes_of(shaken, "fokus-jarva")
    changes = [change for item in items_of(told) for change in explained(item).values()]
    moved = next(one for one in changes if one["parts"] and Decimal(one["parts"][part]))
    add_up(moved)
    with pytest.raises(AssertionError):
        add_up(moved | {"parts": {**moved["parts"], part: 0}})


def test_negative_control_a_value_that_is_not_the_reports_is_seen(shaken: Shaken) -> None:
    told = changes_of(shaken, "fokus-jarva")
    key = "guidance.visits"
    (item,) = (each for each in items_of(told) if each["key"] == key)
    document = report(shaken.city, **REPORTS["fokus-jarva"], basis=shaken.basis).json()
    ends = [{each["key"]: each for each in items_of(document)}] * 2
    with pytest.raises(AssertionError, match="guidance"):
        checked(item, ends)


def test_a_provider_that_is_away_costs_its_own_items(shaken: Shaken) -> None:
    pid = shaken.city.running.pids["outreach-api"]
    os.kill(pid, signal.SIGSTOP)
    try:
        told = changes_of(shaken, "fokus-jarva")
    finally:
        os.kill(pid, signal.SIGCONT)
    assert told["status"] == "partial"
    missing = [item for item in items_of(told) if item["status"] != "ok"]
    assert missing
    assert {item["reason"] for item in missing} == {"outreach: timeout"}
    assert all(item["tables"] == [] for item in missing)
    (enrolled,) = (item for item in items_of(told) if item["key"] == "jobbtorg.enrolled")
    assert enrolled["moved"]
