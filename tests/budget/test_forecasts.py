"""Forecasts through the API: what is proposed, what is kept, and how right it was."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from services.budget.figures import ACCOUNTS, FACTS
from shared.db import driver
from shared.journal import take_snapshot
from tests.budget.years import EVEN, book, book_year, open_years

if TYPE_CHECKING:
    from shared.db import Database
    from tests.budget.calling import Clerk

T2 = "2035-T2"
LATE = {month: 300_00 if month > 8 else 75_00 for month in range(1, 13)}
"""A year that spends 600 of its 1 800 kronor by August."""


@pytest.fixture
async def years(clerk: Clerk) -> Clerk:
    """Two whole years with a pattern of their own, and a third booked to August."""
    await open_years(clerk, 2033, 2034, 2035)
    await book_year(clerk, 2033, LATE)
    await book_year(clerk, 2034, LATE | {13: 300_00})
    await book_year(clerk, 2035, dict.fromkeys(range(1, 9), 100_00))
    await clerk.settled()
    return clerk


def forecast(*lines: tuple[str, str], occasion: str = "T2", **more: str) -> dict[str, Any]:
    given = [{"row": row, "amount": amount} for row, amount in lines]
    return {"year": 2035, "occasion": occasion, "lines": given} | more


async def _proposed(clerk: Clerk, period: str = T2) -> dict[str, dict[str, Any]]:
    await clerk.settled()
    answer = await clerk.get("/forecast-proposals", period=period)
    return {row["row"]: row for row in answer["rows"]}


async def test_proposal_follows_the_rows_own_pattern_and_shows_its_parts(years: Clerk) -> None:
    """800.00 so far; the years before had reached 600 of 1 800, and of 2 100 with closing."""
    row = (await _proposed(years))["operations"]
    assert (row["outcome"], row["proposed"], row["method"]) == (
        "800.00",
        "2640.00",
        "period_pattern",
    )
    assert [(p["year"], p["whole"], p["weight"], p["projected"]) for p in row["parts"]] == [
        (2034, "2100.00", 3, "2800.00"),
        (2033, "1800.00", 2, "2400.00"),
    ]


async def test_row_that_is_booked_in_a_closing_period_is_proposed_before_it_begins(
    years: Clerk,
) -> None:
    await book(years, 203414, "7910", 50_00)
    row = (await _proposed(years))["depreciation"]
    assert (row["outcome"], row["method"]) == ("0.00", "remaining_periods")
    assert row["proposed"] == "30.00", "three parts of five saw 50.00 coming, two saw nothing"


async def test_without_an_earlier_year_there_is_a_reason_and_no_amount(clerk: Clerk) -> None:
    await open_years(clerk, 2035)
    await book_year(clerk, 2035, dict.fromkeys(range(1, 9), 100_00))
    row = (await _proposed(clerk))["operations"]
    assert (row["outcome"], row["proposed"], row["method"]) == ("800.00", None, "none")
    assert row["reason"].startswith("Inget tidigare år finns")


async def test_year_that_is_not_booked_period_by_period_is_left_out_and_named(
    clerk: Clerk,
) -> None:
    """A trial balance of a whole year does not say how far the year had come in August."""
    await open_years(clerk, 2033, 2034, 2035)
    await book_year(clerk, 2033, {5: 100_00, 12: 100_00})
    body = b"statement,period,line,external\nincome-statement,203401-203412,50,1200.00\n"
    assert (await clerk.push(body))["state"] == "applied"
    await book_year(clerk, 2035, EVEN)
    await clerk.settled()
    answer = await clerk.get("/forecast-proposals", period=T2)
    assert [note[:19] for note in answer["notes"]] == ["2033 används inte: ", "2034 används inte: "]
    assert {row["proposed"] for row in answer["rows"]} == {None}


async def test_outcome_that_is_not_booked_so_far_proposes_nothing(years: Clerk) -> None:
    rows = await _proposed(years, "2035-09")
    assert {row["proposed"] for row in rows.values()} == {None}
    assert rows["operations"]["reason"].startswith("Utfallet hittills är inte känt")


async def test_period_without_its_beginning_is_proposed_from_the_year_so_far(years: Clerk) -> None:
    assert await _proposed(years, "203505-203508") == await _proposed(years)


async def test_forecast_keeps_the_proposal_that_stood_beside_it(years: Clerk) -> None:
    given = await years.post("/forecasts", forecast(("operations", "2500.00")))
    await book(years, 203508, "5010", 200_00)
    await years.settled()
    changed = forecast(("operations", "2900.00"), reason="Sen faktura")
    again = await years.post("/forecasts", changed)
    await years.settled()
    first, second = (await years.get("/forecasts", year="2035"))["items"]
    assert first == given | {"newest": False}
    assert second == again
    assert [one["lines"][0]["proposed"] for one in (first, second)] == ["2640.00", "3300.00"]
    assert (second["number"], second["reason"], second["newest"]) == (2, "Sen faktura", True)


async def test_forecast_may_name_the_basis_that_was_looked_at(years: Clerk) -> None:
    seen = await years.get("/forecast-proposals", period=T2)
    await book(years, 203508, "5010", 200_00)
    await years.settled()
    body = forecast(("operations", "2500.00"), basis=seen["basis"])
    given = await years.post("/forecasts", body)
    assert (given["proposalBasis"], given["lines"][0]["proposed"]) == (seen["basis"], "2640.00")
    ahead = forecast(("operations", "1.00"), occasion="T1", basis="2999-01-01T00:00:00Z")
    assert (await years.post("/forecasts", ahead, status=409))["code"] == "basis_not_settled"


async def test_forecast_without_a_proposal_says_why_there_is_none(clerk: Clerk) -> None:
    await open_years(clerk, 2035)
    given = await clerk.post("/forecasts", forecast(("revenue", "-90.00"), occasion="T1"))
    (line,) = given["lines"]
    assert (line["proposed"], line["method"]) == (None, "none")
    assert line["note"].startswith("Utfallet hittills är inte känt")


async def test_changed_forecast_needs_a_reason(years: Clerk) -> None:
    await years.post("/forecasts", forecast(("operations", "1.00")))
    for silent in ({}, {"reason": "  "}):
        problem = await years.post(
            "/forecasts", forecast(("operations", "2.00"), **silent), status=422
        )
        assert problem["code"] == "forecast_reason_missing"
    await years.post("/forecasts", forecast(("operations", "2.00"), occasion="T1"))


@pytest.mark.parametrize(
    "body",
    [
        forecast(("investment-expenditure", "1.00")),
        forecast(("net-operations", "1.00")),
        forecast(("revenue", "1.00"), ("revenue", "2.00")),
        forecast(),
        forecast(("revenue", "1.00"), occasion="T3"),
        forecast(("revenue", "1.005")),
    ],
)
async def test_forecast_that_makes_no_sense_is_refused(clerk: Clerk, body: dict[str, Any]) -> None:
    await clerk.post("/forecasts", body, status=422)


async def test_forecasts_given_at_once_are_numbered_one_by_one(years: Clerk) -> None:
    bodies = [forecast(("operations", f"{at}.00"), reason="Samtidigt") for at in range(8)]
    made = await asyncio.gather(*(years.post("/forecasts", body) for body in bodies))
    assert sorted(one["number"] for one in made) == list(range(1, 9))
    newest = next(one for one in made if one["number"] == 8)
    assert await _figure(years, T2) == {"operations": newest["lines"][0]["amount"]}


async def test_proposals_are_the_same_with_snapshots_of_the_ledger(
    years: Clerk, budget_db: Database
) -> None:
    before = await _proposed(years)
    async with budget_db.begin() as session:
        assert await take_snapshot(await driver(session), ACCOUNTS) is not None
    await book(years, 203508, "5010", 50)
    await book(years, 203508, "5010", -50)
    assert await _proposed(years) == before


async def test_earlier_basis_gives_the_same_proposals_and_forecasts(years: Clerk) -> None:
    await years.post("/forecasts", forecast(("operations", "2500.00")))
    await years.settled()
    asked: list[tuple[str, dict[str, str]]] = [
        ("/forecast-proposals", {"period": T2}),
        ("/forecasts", {"year": "2035"}),
        ("/forecast-accuracy", {"year": "2034"}),
    ]
    before = [await years.get(path, status=200, **params) for path, params in asked]
    await book(years, 203412, "5010", 1_00)
    await book(years, 203508, "5010", 1_00)
    await years.post("/forecasts", forecast(("operations", "1.00"), reason="Ny bedömning"))
    await years.settled()
    for (path, params), said in zip(asked, before, strict=True):
        assert await years.get(path, status=200, basis=said["basis"], **params) == said
        assert await years.get(path, status=200, **params) != said


async def test_past_forecasts_are_compared_with_what_the_year_came_to(years: Clerk) -> None:
    for year, amounts in ((2033, ("1900.00", "1800.00")), (2034, ("2000.00", "2310.00"))):
        for at, amount in enumerate(amounts):
            body = forecast(("operations", amount), occasion="T1") | {"year": year}
            await years.post("/forecasts", body | ({"reason": "Omräknad"} if at else {}))
    await years.settled()
    answer = await years.get("/forecast-accuracy", year="2034")
    assert answer["complete"] is True
    assert [
        (one["number"], one["newest"], one["outcome"], one["difference"], one["perCent"])
        for one in answer["forecasts"]
    ] == [
        (1, False, "2100.00", "-100.00", "-4.8"),
        (2, True, "2100.00", "210.00", "10.0"),
    ]
    (bias,) = answer["biases"]
    assert (bias["occasion"], bias["years"], bias["difference"], bias["perCent"]) == (
        "T1",
        [2033, 2034],
        "210.00",
        "5.4",
    )


async def test_year_that_is_not_over_counts_towards_no_bias(years: Clerk) -> None:
    await years.post("/forecasts", forecast(("operations", "2500.00")))
    await years.settled()
    answer = await years.get("/forecast-accuracy", year="2035")
    (one,) = answer["forecasts"]
    assert (answer["complete"], answer["biases"]) == (False, [])
    assert (one["outcome"], one["proposedDifference"]) == ("800.00", "1840.00")


async def _figure(clerk: Clerk, period: str) -> dict[str, str]:
    await clerk.settled()
    answer = await clerk.get("/figures/forecast", period=period, by="settlementRow")
    return {row["settlementRow"]: row["value"] for row in answer["rows"]}


async def test_figure_is_the_newest_forecast_on_the_periods_last_day(
    years: Clerk, budget_db: Database
) -> None:
    lines = (("operations", "2500.00"), ("revenue", "-40.00"))
    await years.post("/forecasts", forecast(*lines, occasion="T1"))
    await years.post("/forecasts", forecast(("operations", "2600.00")))
    changed = forecast(("operations", "2700.00"), reason="Omräknad")
    await years.post("/forecasts", changed)
    expected = {
        "2035-03": {},
        "2035-T1": {"operations": "2500.00", "revenue": "-40.00"},
        "2035-T2": {"operations": "2700.00", "revenue": "-40.00"},
        "2035": {"operations": "2700.00", "revenue": "-40.00"},
        "2036": {},
    }
    assert {period: await _figure(years, period) for period in expected} == expected
    async with budget_db.begin() as session:
        assert await take_snapshot(await driver(session), FACTS) is not None
    assert {period: await _figure(years, period) for period in expected} == expected


async def test_figure_at_an_earlier_basis_keeps_the_earlier_forecast(years: Clerk) -> None:
    await years.post("/forecasts", forecast(("operations", "2600.00")))
    await years.settled()
    before = await years.get("/figures/forecast", period=T2, by="settlementRow")
    await years.post("/forecasts", forecast(("operations", "9.00"), reason="Omräknad"))
    await years.settled()
    again = await years.get(
        "/figures/forecast", period=T2, by="settlementRow", basis=before["basis"]
    )
    assert again == before
    assert await _figure(years, T2) == {"operations": "9.00"}
