"""The form of strategic projects: who is on it and why, every column by name, sums rounded last."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.budget.domain.exchange import in_millions
from services.budget.domain.strategic import RULES, Rule, columns, rule_on
from tests.budget.loading import load_projects
from tests.budget.project_bodies import YEAR, change, decided, entry, eur, said, sek
from tests.budget.test_exchange_rates import rate

if TYPE_CHECKING:
    from tests.budget.calling import Clerk

PERIOD = "2035-T2"
AUGUST = 203508


async def form(clerk: Clerk, period: str = PERIOD, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    await clerk.settled()
    found: dict[str, Any] = await clerk.get("/statements/strategic-projects", period=period, **more)
    return found


def verdicts(found: dict[str, Any]) -> dict[str, str]:
    return {one["number"]: one["verdict"] for one in found["verdicts"]}


async def test_exactly_one_project_of_2020_qualifies_though_the_printed_form_says_none(
    clerk: Clerk,
) -> None:
    await clerk.post("/fiscal-years", {"year": 2020})
    await load_projects(clerk)
    found = await form(clerk, "2020-T2")
    assert [row["label"] for row in found["rows"]] == ["6. YFI", "Summa"]
    yfi, total = found["rows"]
    assert [reason["code"] for reason in yfi["reasons"]] == ["above_threshold"]
    assert yfi["reasons"][0]["text"] == (
        "Projektets budget 67 200 000,00 kr överstiger 50 000 000,00 kr"
    )
    assert yfi["millions"]["decidedTotalCost"] == total["millions"]["decidedTotalCost"] == "67.2"
    assert (yfi["decidedStart"], yfi["decidedEnd"]) == ("2015-09", "2020-12")
    assert yfi["amounts"]["accumulatedCost"] is None
    assert yfi["missing"]["accumulatedCost"].startswith("utfall 2015 saknas; utfall 2016 saknas")
    assert yfi["missing"]["decidedTotalIncome"] == "belopp anges inte"
    assert verdicts(found)["10"] == verdicts(found)["11"] == "cannot_be_judged"
    assert list(verdicts(found).values()).count("not_on_the_form") == 15
    assert found["notes"][:2] == [
        "Projekt 10 (Kompetensarena Stockholm) kan inte bedömas: belopp anges inte.",
        "Projekt 11 (FAB - Fast Track Action) kan inte bedömas: kurs för EUR saknas.",
    ]


@pytest.mark.parametrize(
    ("terms", "verdict"),
    [
        ({"budget": sek("50000000.00")}, "not_on_the_form"),
        ({"budget": sek("50000000.01")}, "on_the_form"),
        ({"budget": sek("1.00"), "strategicReason": "Stor räckvidd"}, "on_the_form"),
        ({"budget": sek("90000000.00"), "ownShare": sek("1.00")}, "not_on_the_form"),
        ({"budget": sek("90000000.00"), "decidedCost": sek("1.00")}, "not_on_the_form"),
        ({"budget": sek("1.00"), "decidedCost": sek("50000000.01")}, "on_the_form"),
        ({"budget": None, "budgetNote": "En tjänst"}, "cannot_be_judged"),
        (
            {"budget": None, "budgetNote": "En tjänst", "strategicReason": "Ny metod"},
            "on_the_form",
        ),
        ({"budget": eur("5000000.00")}, "on_the_form"),
        ({"budget": eur("4545454.54")}, "not_on_the_form"),
        ({"start": "2036", "end": "2037"}, "on_the_form"),
    ],
)
async def test_project_is_judged_by_its_decided_cost_or_its_mark(
    clerk: Clerk, terms: dict[str, Any], verdict: str
) -> None:
    await clerk.post("/exchange-rates", rate("2035-06-30", "11.00"))
    await decided(clerk, **terms)
    assert verdicts(await form(clerk)) == {"7": verdict}


async def test_project_that_is_over_or_not_decided_by_then_is_not_asked_about(
    clerk: Clerk,
) -> None:
    over = await decided(clerk, number="1", start="2034", end="2034")
    await decided(clerk, number="2", on="2035-09-01")
    assert verdicts(await form(clerk)) == {}
    assert "Inget projekt är strategiskt viktigt" in (await form(clerk))["notes"][0]
    await change(
        clerk,
        over,
        start="2034",
        end="2034",
        forecastEnd="2035-03",
        forecastExplanation="Slutrapporten dröjer",
    )
    assert verdicts(await form(clerk)) == {"1": "on_the_form"}


async def _whole_project(clerk: Clerk) -> dict[str, Any]:
    """Register a project of which everything is stated."""
    await clerk.post("/fiscal-years", {"year": YEAR})
    known = await decided(
        clerk,
        decidedCost=sek("60000000.00"),
        decidedIncome=sek("-40000000.00"),
        end="2039",
    )
    earlier = [
        entry("earlier_outcome", "cost", 2034, "10049999.99"),
        entry("earlier_outcome", "income", 2034, "-7000000.00"),
    ]
    this_year = [
        entry("budget", "cost", 2035, "12000000.00"),
        entry("budget", "income", 2035, "-8000000.00"),
        entry("forecast", "cost", 2035, "11900000.01"),
        entry("forecast", "income", 2035, "-8100000.00"),
    ]
    ahead = [
        entry(kind, flow, year, f"{sign}{1000 * (year - 2030)}.00")
        for kind in ("plan", "forecast")
        for flow, sign in (("cost", ""), ("income", "-"))
        for year in range(2036, 2040)
    ]
    await said(clerk, known, AUGUST, *earlier, *this_year, *ahead)
    return known


async def test_every_column_is_named_and_summed_to_the_ore(clerk: Clerk) -> None:
    await _whole_project(clerk)
    found = await form(clerk)
    row, total = found["rows"]
    assert row["amounts"] == total["amounts"]
    assert row["missing"] == total["missing"] == {}
    amounts = row["amounts"]
    assert amounts["accumulatedCost"] == "10049999.99"
    assert amounts["accumulatedIncome"] == "-7000000.00"
    assert (amounts["budgetCost"], amounts["forecastCost"]) == ("12000000.00", "11900000.01")
    assert (amounts["plan2036Cost"], amounts["forecast2039Income"]) == ("6000.00", "-9000.00")
    assert amounts["forecastTotalCost"] == "21980000.00"
    assert amounts["forecastTotalIncome"] == "-15130000.00"
    assert amounts["decidedTotalIncome"] == "-40000000.00"
    assert row["millions"]["accumulatedCost"] == "10.0"
    assert row["millions"]["plan2036Cost"] == "0.0"
    printed = {column["code"]: column["number"] for column in found["columns"]}
    assert list(printed) == list(amounts)
    assert (printed["decidedTotalCost"], printed["forecastTotalIncome"]) == (11, 14)
    assert [printed[f"plan{year}Cost"] for year in range(2036, 2040)] == [7] * 4


async def test_sum_is_of_exact_amounts_and_names_whom_it_lacks(clerk: Clerk) -> None:
    for number in ("1", "2"):
        await decided(clerk, number=number, decidedCost=sek("50040000.00"))
    await decided(clerk, number="3", budget=eur("1.00"), strategicReason="Ny metod")
    total = (await form(clerk))["rows"][-1]
    assert total["amounts"]["decidedTotalCost"] == "100080000.00"
    assert total["millions"]["decidedTotalCost"] == "100.1"  # not 50.0 + 50.0
    assert total["missing"]["decidedTotalCost"] == "utan projekt 3"
    assert total["amounts"]["forecastCost"] is None
    assert total["missing"]["forecastCost"] == "utan projekt 1, 2, 3"


@given(st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=30))
def test_rounding_last_is_never_further_from_the_sum_than_half_a_tenth(ore: list[int]) -> None:
    tenths = round(float(in_millions(sum(ore))) * 10)
    assert abs(tenths * 10_000_000 - sum(ore)) <= 5_000_000


async def test_deviations_of_dates_and_totals_are_listed_until_they_are_explained(
    clerk: Clerk,
) -> None:
    known = await _whole_project(clerk)
    await change(
        clerk,
        known,
        decidedCost=sek("60000000.00"),
        decidedIncome=sek("-40000000.00"),
        end="2039",
        forecastEnd="2040-02",
        forecastExplanation="Upphandlingen drog ut på tiden",
    )
    await said(
        clerk,
        known,
        AUGUST,
        entry("forecast", "cost", 2040, "0.00"),
        entry("forecast", "income", 2040, "0.00"),
    )
    found = await form(clerk)
    assert [(d["subject"], d["explained"]) for d in found["deviations"]] == [
        ("end", True),
        ("total_cost", False),
        ("total_income", False),
        ("budget_cost", False),
        ("budget_income", False),
    ]
    end, cost, *_, income = found["deviations"]
    assert (end["decided"], end["forecast"]) == ("2039", "2040-02")
    assert (cost["decided"], cost["forecast"]) == ("60000000.00", "21980000.00")
    assert (income["decided"], income["forecast"]) == ("-8000000.00", "-8100000.00")
    assert any("7 (total kostnad), 7 (total intäkt)" in note for note in found["notes"])
    listed = await clerk.get("/deviations", period=PERIOD)
    keys = [one["subjectKey"] for one in listed["items"] if one["subjectKind"] == "project"]
    assert keys == ["7", "7/income", "7/budget-cost", "7/budget-income"]
    for key in keys:
        comment = {
            "period": AUGUST,
            "subjectKind": "project",
            "subjectKey": key,
            "cause": "Färre deltagare än beräknat",
            "action": "Ansökan om ändring är inlämnad",
        }
        await clerk.post("/deviation-comments", comment)
    explained = await form(clerk)
    assert all(one["explained"] for one in explained["deviations"])
    assert explained["deviations"][1]["explanation"].startswith("Färre deltagare")


async def _bytes(clerk: Clerk, basis: str) -> list[bytes]:
    """Return the form and the appendix at a basis as they are sent."""
    asked = {"period": PERIOD, "basis": basis}
    paths = [f"/budget/v1/statements/{name}" for name in ("strategic-projects", "project-appendix")]
    return [(await clerk.http.get(path, params=asked)).content for path in paths]


async def test_same_basis_gives_the_same_form_after_everything_changed(clerk: Clerk) -> None:
    known = await _whole_project(clerk)
    before = await form(clerk)
    printed = await _bytes(clerk, before["basis"])
    await change(clerk, known, budget=sek("1.00"), end="2040")
    await said(clerk, known, 203501, entry("forecast", "cost", 2035, "0.00"))
    await said(clerk, known, AUGUST, entry("plan", "cost", 2036, None), note="Tas bort")
    await clerk.post("/exchange-rates", rate("2035-06-30", "11.00"))
    await decided(clerk, number="8", strategicReason="Ny metod")
    assert await form(clerk, basis=before["basis"]) == before
    assert await _bytes(clerk, before["basis"]) == printed
    assert await form(clerk) != before


def test_rule_in_force_is_the_newest_and_the_first_stands_for_earlier_years() -> None:
    later = Rule(date(2030, 1, 1), 100, "Ny blankett")
    assert rule_on(date(2029, 12, 31), (*RULES, later)) is RULES[0]
    assert rule_on(date(2030, 1, 1), (*RULES, later)) is later
    assert rule_on(date(2015, 1, 1), (*RULES, later)) is RULES[0]
    assert len(columns(2020)) == 6 + 4 * 4 + 4
