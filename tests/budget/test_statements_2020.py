"""The four statements and the project appendix of August 2020, read through the API."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from services.budget.domain.layouts import LAYOUTS
from services.budget.domain.tables import read_label
from tests.budget.loading import load_ledger, load_plans, load_projects
from tests.budget.pushing import PRINTED, needs_printed

if TYPE_CHECKING:
    from tests.budget.calling import Clerk
    from tests.servers import DatabaseUrls

PERIOD = "2020-T2"


@pytest.fixture
async def loaded(clerk: Clerk) -> Clerk:
    deliveries = await load_ledger(clerk)
    assert [d["state"] for d in deliveries] == ["applied", "applied"]
    await load_plans(clerk)
    await load_projects(clerk)
    await clerk.settled()
    return clerk


def _cells(statement: dict[str, Any]) -> dict[tuple[str, str], str]:
    return {
        (row["code"], column): amount
        for row in statement["rows"]
        for column, amount in row["amounts"].items()
    }


def _printed(name: str, statement: str, columns: dict[str, str]) -> dict[tuple[str, str], str]:
    """Return the printed cells that the errors known in the print leave standing."""
    found = {}
    with (PRINTED / name).open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            label = read_label(row["row"], LAYOUTS[statement])
            assert label is not None, row["row"]
            for theirs, ours in columns.items():
                if row[theirs]:
                    found[label.code, ours] = row[theirs]
    return found


@needs_printed
async def test_income_statement_is_the_printed_one_to_the_ore(loaded: Clerk) -> None:
    statement = await loaded.get("/statements/income-statement", period=PERIOD)
    computed = _cells(statement)
    columns = {
        "external": "external",
        "municipal_companies": "municipalCompany",
        "internal": "internal",
        "total_as_printed": "total",
    }
    printed = _printed("income_statement_202008_as_printed.csv", "income-statement", columns)
    sums = {key: amount for key, amount in printed.items() if not key[0].isdigit()}
    assert len(sums) == 12 * 4
    assert {key: computed[key] for key in sums} == sums
    with (PRINTED / "income_statement_202008.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            for theirs in ("external", "internal", "total"):
                assert computed[row["account_group"], theirs] == row[theirs]
            assert computed[row["account_group"], "municipalCompany"] == row["municipal_companies"]
    assert all(computed[key] == "0.00" for key in computed if key[1] == "undivided")


@needs_printed
async def test_balance_sheet_is_the_printed_one_to_the_ore(loaded: Clerk) -> None:
    computed = _cells(await loaded.get("/statements/balance-sheet", period=PERIOD))
    columns = {
        "change_202001_202008": "change",
        "opening_202000": "opening",
        "closing_external": "external",
        "closing_municipal_companies": "municipalCompany",
        "closing_internal": "internal",
        "closing_total": "total",
    }
    printed = _printed("balance_sheet_202008_as_printed.csv", "balance-sheet", columns)
    misread = {("29", "change"), ("29", "external"), ("29", "total")}
    wanted = {key: amount for key, amount in printed.items() if key not in misread}
    assert len(wanted) > 90
    assert {key: computed[key] for key in wanted} == wanted
    assert computed["29", "total"] == "-158054926.94"
    assert computed["20", "change"] == "-147013331.35"


@needs_printed
async def test_settlement_is_the_printed_one_to_the_ore(loaded: Clerk) -> None:
    statement = await loaded.get("/statements/budget-settlement", period=PERIOD)
    computed = [
        tuple(row["amounts"][c] for c in ("budget", "outcome", "deviation"))
        for row in statement["rows"]
    ]
    with (PRINTED / "budget_settlement_202008_as_printed.csv").open(encoding="utf-8") as file:
        printed = [
            (row["budget_incl_adjustments"], row["outcome"], row["deviation"])
            for row in csv.DictReader(file)
        ]
    assert computed == printed


async def test_investments_show_plan_outcome_and_forecasts(loaded: Clerk) -> None:
    statement = await loaded.get("/statements/investments", period=PERIOD)
    assert statement["rows"][0]["amounts"] == {
        "outcomePreviousYear": "2700000.00",
        "plan": "4000000.00",
        "deviation": "0.00",
        "forecast2020": "4000000.00",
        "forecast2021": "4000000.00",
        "forecast2022": "4000000.00",
    }


async def test_appendix_groups_by_funder_and_never_adds_currencies(loaded: Clerk) -> None:
    appendix = await loaded.get("/statements/project-appendix", period=PERIOD)
    projects = [row for row in appendix["rows"] if row["kind"] == "project"]
    assert [row["code"] for row in projects] == [str(number) for number in range(1, 19)]
    sums = {row["code"]: row for row in appendix["rows"] if row["kind"] == "sum"}
    assert sums["esf-sum-sek"]["amounts"]["budget"] == "213900000.00"
    assert (sums["esf-sum-sek"]["projects"], sums["esf-sum-sek"]["notStated"]) == (10, 1)
    assert sums["eu-commission-sum-eur"]["amounts"] == {
        "budget": "2379041.00",
        "committeeShare": "342156.00",
        "cofinancing": "71000.00",
    }
    assert sums["total-sum-sek"]["amounts"]["budget"] == "261200000.00"
    assert sums["total-sum-sek"]["amounts"]["cofinancing"] == "76500000.00"
    unstated = projects[9]
    assert unstated["amounts"]["budget"] is None
    assert unstated["budgetNote"]
    assert (projects[13]["start"], projects[13]["end"]) == ("2017", "2020")
    in_kronor = sums["total-sum-in-sek"]
    assert in_kronor["amounts"]["budget"] == "261200000.00"
    assert in_kronor["missing"]["budget"] == (
        "utan projekt 10 (belopp anges inte), 11 (kurs för EUR saknas)"
    )
    assert sums["eu-commission-sum-in-sek"]["amounts"]["budget"] == "4900000.00"
    assert appendix["notes"][-1].startswith("Kurs för EUR saknas per 2020-08-31")


async def test_appendix_sums_euro_in_kronor_once_a_rate_is_stated(loaded: Clerk) -> None:
    path = "/statements/project-appendix"
    before = await loaded.get(path, period=PERIOD)
    stated = {"currency": "EUR", "validOn": "2020-08-28", "rate": "10.5", "source": "Provkurs"}
    await loaded.post("/exchange-rates", stated)
    await loaded.post("/exchange-rates", stated | {"validOn": "2020-09-01", "rate": "99"})
    await loaded.settled()
    appendix = await loaded.get(path, period=PERIOD)
    rows = {row["code"]: row for row in appendix["rows"]}
    assert rows["eu-commission-sum-in-sek"]["amounts"] == {
        "budget": "29879930.50",
        "committeeShare": "8492638.00",
        "cofinancing": "1245500.00",
    }
    assert rows["eu-commission-sum-in-sek"]["missing"] == {}
    assert rows["total-sum-in-sek"]["missing"] == {
        "budget": "utan projekt 10 (belopp anges inte)",
        "committeeShare": "utan projekt 10 (belopp anges inte)",
    }
    assert "kursen 10,5 kronor per 2020-08-28 (Provkurs)" in appendix["notes"][-1]
    assert [(rate["rate"], rate["validOn"]) for rate in appendix["rates"]] == [
        ("10.5000", "2020-08-28")
    ]
    assert await loaded.get(path, period=PERIOD, basis=before["basis"]) == before


async def test_appendix_shows_who_shares_a_project_and_what_part_is_ours(loaded: Clerk) -> None:
    ours = {"name": "Nämnden", "role": "partner", "isCommittee": True, "shareBasisPoints": 2500}
    shared = {"name": "Regionen", "role": "owner", "amount": {"amount": "7", "currency": "SEK"}}
    made = await loaded.post(
        "/projects",
        {
            "number": "19",
            "name": "Delat",
            "funder": "other",
            "programme": "Regionala medel",
            "role": "partner",
            "responsibleDepartment": "Jobbtorg Stockholm",
            "budget": {"amount": "1000.02", "currency": "SEK"},
            "cofinancing": {"amount": "5.00", "currency": "EUR"},
            "partners": [shared, ours],
            "start": "2020",
            "end": "2021",
        },
    )
    await loaded.post(f"/projects/{made['id']}/decisions", {"decidedOn": "2020-01-10"})
    await loaded.settled()
    appendix = await loaded.get("/statements/project-appendix", period=PERIOD)
    row = next(row for row in appendix["rows"] if row["code"] == "19")
    assert row["amounts"] == {
        "budget": "1000.02",
        "committeeShare": "250.01",
        "cofinancing": "5.00",
    }
    assert row["currencies"] == {"budget": "SEK", "committeeShare": "SEK", "cofinancing": "EUR"}
    assert [(p["name"], p["isCommittee"]) for p in row["partners"]] == [
        ("Regionen", False),
        ("Nämnden", True),
    ]


async def test_every_tie_holds(loaded: Clerk) -> None:
    ties = await loaded.get("/ties", period=PERIOD)
    assert ties["hold"], [tie for tie in ties["ties"] if not tie["holds"]]
    assert len(ties["ties"]) == 11
    by_code = {tie["code"]: tie for tie in ties["ties"]}
    assert by_code["settlement-result"]["left"] == "558655127.57"
    assert by_code["ledger-is-as-delivered"]["left"] == "0.00"


async def test_one_ore_changed_behind_our_back_is_named_by_the_ties(
    loaded: Clerk, budget_urls: DatabaseUrls
) -> None:
    """The negative control of the ties: the owner breaks a posting, past every trigger."""
    owner = await asyncpg.connect(budget_urls.owner)
    await owner.execute("alter table posting disable trigger user")
    await owner.execute(
        "update posting set amount = amount + 1 where account = '50' and period = 202008"
    )
    await owner.close()
    await loaded.settled()
    ties = await loaded.get("/ties", period=PERIOD)
    broken = {tie["code"]: tie for tie in ties["ties"] if not tie["holds"]}
    assert broken["vouchers-balance"]["culprits"] == ["SB 1 (2020)"]
    assert broken["vouchers-balance"]["difference"] == "0.01"
    # Equity carries the result, so that the öre shows there too.
    assert broken["ledger-is-as-delivered"]["culprits"] == [
        "balance-sheet 20 change",
        "balance-sheet 20 external",
        "balance-sheet 20 total",
        "income-statement 50 external",
        "income-statement 50 total",
    ]
    assert broken["result-is-balance-change"]["difference"] == "0.01"
    assert not ties["hold"]


async def test_statement_says_what_it_stands_on(loaded: Clerk) -> None:
    statement = await loaded.get("/statements/income-statement", period="202001-202008")
    assert statement["period"] == "202001-202008"
    assert [source["register"] for source in statement["sources"]] == ["trial-balance"] * 2
    assert statement["reopenings"] == []
    again = await loaded.get(
        "/statements/income-statement", period=PERIOD, basis=statement["basis"]
    )
    assert again == statement
    await loaded.get("/statements/income-statement", period="2020-13", status=422)
    await loaded.get(
        "/statements/income-statement", period=PERIOD, basis="2999-01-01T00:00:00Z", status=409
    )


async def test_figures_come_from_the_same_postings(loaded: Clerk) -> None:
    outcome = await loaded.get("/figures/outcome", period="2020-08", by="accountGroup")
    by_group = {row["accountGroup"]: row["value"] for row in outcome["rows"]}
    assert by_group["50"] == "283186318.42"
    active = await loaded.get("/figures/projects-active", period="2020-08-31")
    assert active["total"] == 18
    later = await loaded.get("/figures/projects-active", period="2020-09-01")
    assert later["total"] == 16
