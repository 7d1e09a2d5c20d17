"""Why a report's numbers moved: every value of every report, after anything may have happened."""

from __future__ import annotations

import os
import re
import signal
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from uuid import uuid4

import pytest

from jarva.demo.demonstration import REPORTS, SCOPES
from jarva.demo.steps import STEPS
from jarva.running import Running
from shared.clock import utcnow
from tests.e2e.conftest import City, eventually, everything_is_settled, report
from tests.e2e.moved_values import Body, add_up, checked, explained, items_of
from tests.e2e.person import Person
from tests.e2e.shaking import held_back, shake

if TYPE_CHECKING:
    from pathlib import Path

SEED = 20261126
TOLD = {
    "fokus-jarva": {"corrections", "retractions", "ruleChanges"},
    "tertialrapport": {"retractions"},
    "projektbilaga": {"retractions"},
    "esf-indicators": {"corrections", "merges"},
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
    """Return a basis at which everything told so far counts: it lags behind the clock."""
    told = utcnow()

    def passed() -> str | None:
        document = report(city, **REPORTS["tertialrapport"]).json()
        whole = everything_is_settled(document) and moment(document["basis"]) > told
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


@pytest.mark.parametrize("name", REPORTS)
def test_before_anything_was_told_there_was_nothing(shaken: Shaken, name: str) -> None:
    told = changes_of(replace(shaken, since="2020-01-01T00:00:00Z"), name)
    assert told["status"] == "complete"
    changes = [change for item in items_of(told) for change in explained(item).values()]
    assert {str(change["before"]) for change in changes} <= {"None", "0", "0.00"}
    moved = sum(map(add_up, changes), Counter[str]())
    assert moved


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


@pytest.mark.parametrize("kept_at", ["since", "basis"])
def test_a_kept_report_is_explained_to_and_from_its_own_basis(shaken: Shaken, kept_at: str) -> None:
    own = getattr(shaken, kept_at)
    other = shaken.basis if kept_at == "since" else shaken.since
    kept = kept_report(shaken, own)
    with shaken.city.client("reports") as client:
        answer = client.get(f"/committee-reports/{kept}/changes", params={"since": other})
    assert answer.status_code == 200, answer.text
    assert answer.json() == changes_of(shaken, "fokus-jarva")


def test_a_basis_is_not_compared_with_itself(shaken: Shaken) -> None:
    kept = kept_report(shaken, shaken.since)
    for address, params in (
        (f"/committee-reports/{kept}/changes", {"since": shaken.since}),
        ("/committee-report-changes", asked(shaken.basis, shaken.basis)),
        ("/committee-report-changes", asked(shaken.basis, shaken.since)),
    ):
        with shaken.city.client("reports") as client:
            refused = client.get(address, params=params)
        assert refused.status_code == 422, refused.text
        assert refused.json()["code"] == "not_earlier"


def test_the_public_is_not_told_exact_differences(shaken: Shaken) -> None:
    params = asked(shaken.since, shaken.basis)
    with shaken.city.client("reports") as client:
        refused = client.get("/committee-report-changes", params=params | {"audience": "public"})
    assert (refused.status_code, refused.json()["code"]) == (403, "changes_not_public")
    with shaken.city.client("reports", "reports:read", "figures:read") as client:
        refused = client.get("/committee-report-changes", params=params)
    assert (refused.status_code, refused.json()["code"]) == (403, "insufficient_scope")


def test_a_person_reads_what_moved(shaken: Shaken) -> None:
    told = changes_of(shaken, "fokus-jarva")
    question = urlencode(REPORTS["fokus-jarva"] | {"basis": shaken.basis})
    with Person(shaken.city) as clerk:
        clerk.sign_in("handlaggare", f"/rapport?{question}")
        assert ">Varför ändrades det?</a>" in clerk.page
        clerk.go(f"/rapport/andringar?{question}")
        assert "Så delas skillnaden upp" in clerk.page
        assert "värden har ändrats" not in clerk.page
        compared = f"/rapport/andringar?{question}&{urlencode({'tidigare': shaken.since})}"
        clerk.go(compared)
        assert clerk.status == 200
        assert f"{told['moved']} värden har ändrats" in clerk.page
        assert "Ändrad områdesindelning" in clerk.page
        moved = clerk.page.count("<tr>")
        clerk.go(f"{compared}&alla=1")
        assert clerk.page.count("<tr>") > moved
        clerk.go(f"/rapport/andringar?{question}&tidpunkt=i-forrgar")
        assert (clerk.status, "Tidpunkten går inte att läsa" in clerk.page) == (422, True)
        clerk.go(f"{compared}&audience=public")
        assert clerk.status == 403


def test_a_person_compares_a_kept_report_with_another(shaken: Shaken) -> None:
    kept, _ = kept_report(shaken, shaken.basis), kept_report(shaken, shaken.since)
    with Person(shaken.city) as clerk:
        clerk.sign_in("handlaggare", f"/rapporter/{kept}")
        clerk.go(f"/rapporter/{kept}/andringar")
        offered = re.findall(r'<option value="([^"]+)"', clerk.page)
        (earlier,) = (each for each in offered if moment(each) == moment(shaken.since))
        clerk.go(f"/rapporter/{kept}/andringar?{urlencode({'tidigare': earlier})}")
        assert "värden har ändrats" in clerk.page
        assert "Visa alla värden" in clerk.page


def kept_report(shaken: Shaken, basis: str) -> str:
    """Keep the report of Järva at a basis."""
    body = REPORTS["fokus-jarva"] | {"basis": basis}
    with shaken.city.client("reports", *SCOPES, "reports:write") as client:
        answer = client.post(
            "/committee-reports", json=body, headers={"Idempotency-Key": str(uuid4())}
        )
    assert answer.status_code == 201, answer.text
    assert answer.json()["status"] == "complete"
    return str(answer.json()["id"])


def asked(since: str, basis: str) -> dict[str, str]:
    return REPORTS["fokus-jarva"] | {"since": since, "basis": basis}


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
