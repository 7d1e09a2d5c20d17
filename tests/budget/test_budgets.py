"""The budget of a year: the council's decision with its adjustments, at any basis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from tests.budget.years import decide_budget, open_years

if TYPE_CHECKING:
    from tests.budget.calling import Clerk


async def _adjust(clerk: Clerk, amount: str, decided_on: str, **more: str) -> dict[str, Any]:
    made: dict[str, Any] = await clerk.post(
        "/budget-versions",
        {
            "year": 2035,
            "kind": "adjustment",
            "decidedOn": decided_on,
            "decidedBy": "Kommunstyrelsen",
            "reference": "KS 2035/17",
            "lines": [{"row": "operations", "amount": amount}],
        }
        | more,
    )
    return made


async def _budget(clerk: Clerk, period: str) -> dict[str, Any]:
    await clerk.settled()
    answer = await clerk.get("/budgets", period=period)
    found: dict[str, Any] = {row["row"]: row for row in answer["rows"]}["operations"]
    return found


async def test_row_shows_the_versions_that_it_is_made_up_of(clerk: Clerk) -> None:
    await decide_budget(clerk, 2035, operations="1000.00")
    await _adjust(clerk, "100.00", "2035-02-10", reason="Medel för feriejobb")
    await _adjust(clerk, "-30.00", "2035-06-10", effectiveOn="2035-09-01", reason="Omfördelning")
    april, december = await _budget(clerk, "2035-T1"), await _budget(clerk, "2035")
    assert (april["amount"], [part["number"] for part in april["parts"]]) == ("1100.00", [1, 2])
    assert (december["amount"], december["parts"][2]) == (
        "1070.00",
        {"number": 3, "amount": "-30.00"},
    )
    statement = await clerk.get("/statements/budget-settlement", period="2035-T2")
    assert statement["rows"][0]["amounts"]["budget"] == "1100.00", "it takes effect in September"


async def test_adjustment_that_takes_effect_earlier_changes_later_readings_only(
    clerk: Clerk,
) -> None:
    await decide_budget(clerk, 2035, operations="1000.00")
    await clerk.settled()
    before = await clerk.get("/budgets", period="2035-T1")
    await _adjust(clerk, "5.00", "2035-06-10", effectiveOn="2035-01-01")
    assert (await _budget(clerk, "2035-T1"))["amount"] == "1005.00"
    assert await clerk.get("/budgets", period="2035-T1", basis=before["basis"]) == before


async def test_budget_of_a_broken_year_counts_by_the_days_of_its_months(clerk: Clerk) -> None:
    """July is the first month of a year that ends in June; by the calendar it would be January."""
    await clerk.post("/fiscal-years", {"year": 2035, "firstDay": "2034-07-01"})
    await decide_budget(clerk, 2035, operations="1000.00")
    await _adjust(clerk, "100.00", "2034-12-31")
    await _adjust(clerk, "10.00", "2035-07-01")
    budgets = [
        (await _budget(clerk, period))["amount"]
        for period in ("203504", "203505", "203506", "203514")
    ]
    assert budgets == ["0.00", "1000.00", "1100.00", "1100.00"]


async def test_version_is_read_by_its_id_with_who_and_when(clerk: Clerk) -> None:
    await decide_budget(clerk, 2035, operations="1000.00")
    made = await _adjust(clerk, "5.00", "2035-06-10", reason="Medel för feriejobb")
    assert await clerk.get(f"/budget-versions/{made['id']}") == made
    assert (made["effectiveOn"], made["reason"]) == ("2035-06-10", "Medel för feriejobb")
    missing = await clerk.get(f"/budget-versions/{uuid4()}", status=404)
    assert missing["code"] == "budget_version_not_found"


async def test_figure_is_the_budget_in_force_on_the_periods_last_day(clerk: Clerk) -> None:
    await open_years(clerk, 2035)
    await decide_budget(clerk, 2035, operations="1000.00", revenue="-500.00")
    await decide_budget(clerk, 2036, operations="1200.00")
    await _adjust(clerk, "100.00", "2035-02-10")
    await _adjust(clerk, "7.00", "2036-02-10")
    await clerk.settled()
    answers = {
        period: await clerk.get("/figures/budget", period=period, by="settlementRow")
        for period in ("2034", "2035-01", "2035", "2036")
    }
    assert {
        period: {row["settlementRow"]: row["value"] for row in answer["rows"]}
        for period, answer in answers.items()
    } == {
        "2034": {},
        "2035-01": {"operations": "1000.00", "revenue": "-500.00"},
        "2035": {"operations": "1100.00", "revenue": "-500.00"},
        "2036": {"operations": "1200.00"},
    }
    assert answers["2035"]["unit"] == "SEK"
