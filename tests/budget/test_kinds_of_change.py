"""Each thing that can happen in budget moves the numbers by the part of its kind, and no other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from shared.clock import today
from tests.budget.pushing import as_csv
from tests.budget.years import book, decide_budget, open_years

if TYPE_CHECKING:
    from tests.budget.calling import Clerk

YEAR = today().year
PAST, COMING = YEAR - 3, YEAR + 3
"""Years whose every day an earlier basis has passed, and not reached."""

Parts = dict[str, str]


async def moved(clerk: Clerk, since: str, cell: tuple[str, str, str], year: int) -> Parts:
    """Return the parts that are not zero of a cell: statement, row and column."""
    basis = await clerk.settled()
    answer = await clerk.get("/statement-changes", period=f"{year}-12", since=since, basis=basis)
    statement, code, column = cell
    (rows,) = (each["rows"] for each in answer["items"] if each["statement"] == statement)
    (row,) = (each for each in rows if each["code"] == code)
    parts = row["amounts"][column]["parts"]
    return {name: part for name, part in parts.items() if part != "0.00"}


async def figure_moved(clerk: Clerk, since: str, figure: str, period: str) -> Parts:
    body = {"queries": [{"figure": figure, "period": period}], "since": since}
    answer = await clerk.post("/figure-changes", body, status=200)
    parts = answer["items"][0]["total"]["parts"]
    return {name: part for name, part in parts.items() if part != "0.00"}


COSTS = ("budget-settlement", "operations", "outcome")
LOANS = ("income-statement", "50", "external")


@pytest.mark.parametrize(("year", "kind"), [(PAST, "lateFacts"), (COMING, "newFacts")])
async def test_a_voucher_is_late_or_new_by_its_day(clerk: Clerk, year: int, kind: str) -> None:
    await open_years(clerk, year)
    since = await clerk.settled()
    await book(clerk, year * 100 + 5, "5010", 700)
    for cell in (COSTS, LOANS):
        assert await moved(clerk, since, cell, year) == {kind: "7.00"}
    assert await figure_moved(clerk, since, "outcome", f"{year}") == {}, "debit and credit"


async def test_a_reversal_is_a_retraction_and_what_is_booked_after_it_is_not(clerk: Clerk) -> None:
    await open_years(clerk, PAST)
    voucher = await book(clerk, PAST * 100 + 5, "5010", 700)
    since = await clerk.settled()
    await clerk.post(f"/vouchers/{voucher['id']}/reversals", {"reason": "Fel konto"})
    await book(clerk, PAST * 100 + 5, "5010", 500)
    assert await moved(clerk, since, COSTS, PAST) == {"lateFacts": "5.00", "retractions": "-7.00"}


async def test_a_table_that_is_told_anew_is_a_correction_and_a_later_one_is_not(
    clerk: Clerk,
) -> None:
    await open_years(clerk, PAST)
    await clerk.push(table("04", "100.00"))
    since = await clerk.settled()
    await clerk.push(table("04", "130.00"))
    assert await moved(clerk, since, LOANS, PAST) == {"corrections": "30.00"}
    since = await clerk.settled()
    await clerk.push(table("08", "150.00"))
    assert await moved(clerk, since, LOANS, PAST) == {"lateFacts": "20.00"}


async def test_a_first_table_beside_a_corrected_one_corrects_nothing(clerk: Clerk) -> None:
    await open_years(clerk, PAST)
    await clerk.push(table("04", "100.00"))
    since = await clerk.settled()
    first = {"statement": "balance-sheet", "period": f"{PAST}01-{PAST}04", "opening": "0.00"}
    balance = [
        first | {"line": "15", "external": "130.00", "total": "130.00"},
        first | {"line": "20", "external": "-130.00", "total": "-130.00"},
    ]
    await clerk.push(table("04", "130.00", *balance))
    assert await moved(clerk, since, LOANS, PAST) == {"corrections": "30.00"}
    claims = ("balance-sheet", "15", "external")
    assert await moved(clerk, since, claims, PAST) == {"lateFacts": "130.00"}


def table(until: str, amount: str, *others: dict[str, str]) -> bytes:
    row = {"statement": "income-statement", "period": f"{PAST}01-{PAST}{until}"}
    row |= {"line": "50 Löner", "external": amount, "internal": "0.00"}
    return as_csv([row, *others])


async def test_an_account_that_counts_in_another_row_is_a_changed_rule(clerk: Clerk) -> None:
    await open_years(clerk, PAST)
    await book(clerk, PAST * 100 + 5, "3510", -700)
    since = await clerk.settled()
    renamed = {
        "name": "Bidrag",
        "validFrom": "2000-01-01",
        "settlementRow": "recognised-investment-income",
    }
    await clerk.post("/accounts/3510/versions", renamed)
    revenue = ("budget-settlement", "revenue", "outcome")
    recognised = ("budget-settlement", "recognised-investment-income", "outcome")
    assert await moved(clerk, since, revenue, PAST) == {"ruleChanges": "7.00"}
    assert await moved(clerk, since, recognised, PAST) == {"ruleChanges": "-7.00"}
    both = ("budget-settlement", "revenues", "outcome")
    assert await moved(clerk, since, both, PAST) == {}


@pytest.mark.parametrize(("year", "kind"), [(PAST, "lateFacts"), (COMING, "newFacts")])
async def test_a_budget_is_late_where_it_takes_effect_before_it_was_told(
    clerk: Clerk, year: int, kind: str
) -> None:
    await open_years(clerk, year)
    since = await clerk.settled()
    await decide_budget(clerk, year, operations="1000.00")
    budget = ("budget-settlement", "operations", "budget")
    assert await moved(clerk, since, budget, year) == {kind: "1000.00"}
    assert await figure_moved(clerk, since, "budget", f"{year}") == {kind: "1000.00"}


async def test_a_forecast_that_follows_another_is_new(clerk: Clerk) -> None:
    await open_years(clerk, PAST)
    await decide_budget(clerk, PAST, operations="1000.00")
    await forecast(clerk, "900.00")
    since = await clerk.settled()
    await forecast(clerk, "950.00")
    compared = ("deviations", "settlement-row/operations", "compared")
    assert await moved(clerk, since, compared, PAST) == {"newFacts": "50.00"}
    assert await figure_moved(clerk, since, "forecast", f"{PAST}") == {"newFacts": "50.00"}


async def forecast(clerk: Clerk, amount: str) -> Any:  # noqa: ANN401  as the API shows it
    body = {
        "year": PAST,
        "occasion": "T2",
        "reason": "Ny bedömning",
        "lines": [{"row": "operations", "amount": amount}],
    }
    return await clerk.post("/forecasts", body)
