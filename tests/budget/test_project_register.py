"""Projects pushed by the city's project system: a version for each row that says anything new."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.budget.loading import DATA
from tests.budget.project_bodies import change, decided, sek

if TYPE_CHECKING:
    from shared.deliveries.resource import DeliveryOut
    from tests.budget.calling import Clerk
    from tests.budget.pushing import Pushing

ROW = {
    "number": "7",
    "name": "Provprojektet",
    "funder": "esf",
    "programme": "ESF",
    "role": "owner",
    "responsibleDepartment": "Jobbtorg",
    "budget": "60000000.00",
    "budgetCurrency": "SEK",
    "start": "2034-03",
    "end": "2036-06",
}
"""What `project_bodies.project` describes, as a row."""


async def push(
    pushing: Pushing,
    *rows: dict[str, Any],
    dry_run: bool = False,
) -> DeliveryOut:
    body = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
    return await pushing.push(
        body,
        register="projects",
        content_type="application/x-ndjson",
        dry_run=dry_run,
        atomic=False,
    )


async def test_file_of_projects_is_taken_once_and_decides_them(
    clerk: Clerk, pushing: Pushing
) -> None:
    body = (DATA / "projects.csv").read_bytes()
    first = await pushing.push(body, register="projects")
    assert (first.state, first.counts.created) == ("applied", 18)
    second = await pushing.push(body, register="projects")
    assert (second.counts.created, second.counts.changed, second.counts.unchanged) == (0, 0, 18)
    await clerk.settled()
    appendix = await clerk.get("/statements/project-appendix", period="2020-T2")
    sums = {row["code"]: row["amounts"]["budget"] for row in appendix["rows"]}
    assert (sums["esf-sum-sek"], sums["total-sum-eur"]) == ("213900000.00", "2379041.00")
    told = "select count(*) from outbox where type = 'budget.project.decided.v1'"
    assert await pushing.value(told) == 18


async def test_row_that_says_something_else_is_a_version_that_keeps_the_partners(
    clerk: Clerk, pushing: Pushing
) -> None:
    ours = {"name": "Nämnden", "role": "owner", "isCommittee": True, "shareBasisPoints": 7000}
    made = await decided(clerk, partners=[ours])
    same = await push(pushing, ROW)
    assert same.counts.unchanged == 1
    changed = await push(pushing, ROW | {"end": "2037", "grantShareBasisPoints": 6700})
    assert changed.counts.changed == 1
    history = (await clerk.get(f"/projects/{made['id']}/versions"))["items"]
    assert [each["field"] for each in history[-1]["changes"]] == ["grantShareBasisPoints", "end"]
    newest = history[-1]["project"]
    assert (newest["state"], newest["by"]) == ("decided", "city-ledger")
    assert newest["reason"] == f"delivery:{changed.id}"
    assert [partner["shareBasisPoints"] for partner in newest["partners"]] == [7000]


async def test_proposed_project_is_decided_by_a_row_and_never_undecided(
    clerk: Clerk, pushing: Pushing
) -> None:
    await push(pushing, ROW)
    (made,) = (await clerk.get("/projects"))["items"]
    assert made["state"] == "proposed"
    decision = await push(pushing, ROW | {"decidedOn": "2034-01-10"})
    assert decision.counts.changed == 1
    shown = await clerk.get(f"/projects/{made['id']}")
    assert (shown["state"], shown["version"]) == ("decided", 2)
    assert (await push(pushing, ROW)).counts.unchanged == 1
    otherwise = await push(pushing, ROW | {"decidedOn": "2034-01-11"})
    (error,) = await pushing.errors(otherwise)
    assert (error["field"], error["code"]) == ("decidedOn", "decided_on_another_day")


@pytest.mark.parametrize(
    ("wrong", "field", "code"),
    [
        ({"budget": None, "budgetCurrency": None}, "budgetNote", "note_missing"),
        ({"budgetCurrency": None}, "budget", "currency_missing"),
        ({"cofinancing": "5.00"}, "cofinancing", "currency_missing"),
        ({"funder": "nobody"}, "funder", "unknown_funder"),
        ({"end": "2034-02-30"}, "end", "not_a_date"),
        ({"end": "2033"}, "end", "before_start"),
        ({"forecastEnd": "2037"}, "forecastEnd", "not_explained"),
        (
            {"decidedIncome": "5.00", "decidedIncomeCurrency": "SEK"},
            "decidedIncome",
            "positive",
        ),
    ],
)
async def test_faulty_row_is_named_and_stops_no_good_one(
    clerk: Clerk, pushing: Pushing, wrong: dict[str, Any], field: str, code: str
) -> None:
    delivery = await push(pushing, ROW | wrong, ROW | {"number": "8"})
    (error,) = await pushing.errors(delivery)
    assert (error["row_no"], error["key"], error["field"], error["code"]) == (1, "7", field, code)
    assert (delivery.counts.created, delivery.counts.rejected) == (1, 1)
    assert [item["number"] for item in (await clerk.get("/projects"))["items"]] == ["8"]


async def test_row_that_its_partners_contradict_is_refused(clerk: Clerk, pushing: Pushing) -> None:
    ours = {"name": "Nämnden", "role": "owner", "isCommittee": True, "amount": sek("500.00")}
    await change(clerk, await decided(clerk), partners=[ours])
    for said, code in (
        ({"budget": "499.99"}, "more_than_budget"),
        ({"ownShare": "501.00", "ownShareCurrency": "SEK"}, "not_own_share"),
    ):
        (error,) = await pushing.errors(await push(pushing, ROW | said))
        assert error["code"] == code


async def test_dry_run_says_what_would_move_and_moves_nothing(
    clerk: Clerk, pushing: Pushing
) -> None:
    row = ROW | {"decidedOn": "2034-01-10", "cofinancing": "10.00", "cofinancingCurrency": "SEK"}
    delivery = await push(pushing, row, dry_run=True)
    assert delivery.counts.created == 1
    assert delivery.moved_figures
    assert (await clerk.get("/projects"))["items"] == []
    assert await pushing.value("select count(*) from outbox") == 0
