"""Deviations: when a comment with cause and action is needed, and whether it still fits."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.budget.domain.deviations import (
    Comment,
    CommentState,
    ComparedWith,
    Deviation,
    SubjectKind,
    Threshold,
)
from tests.budget.years import book, decide_budget, open_years

if TYPE_CHECKING:
    from tests.budget.calling import Clerk

T1, T2 = "2035-T1", "2035-T2"


def threshold(share: int | None = None, amount: int | None = None) -> Threshold:
    return Threshold(share, amount, date(2035, 1, 1), "Ekonomichefen", "")


def deviation(
    budget: int = 10_000, compared: int = 9_000, limit: Threshold | None = None
) -> Deviation:
    return Deviation(
        kind=SubjectKind.SETTLEMENT_ROW,
        key="operations",
        label="Drift och underhåll",
        budget=budget,
        compared=compared,
        compared_with=ComparedWith.OUTCOME,
        source="",
        threshold=limit,
        comment=None,
    )


def written(one: Deviation, about: int) -> Deviation:
    return replace(one, comment=Comment(1, "Orsak", "Åtgärd", about, ComparedWith.OUTCOME))


@pytest.mark.parametrize(
    ("limit", "state"),
    [
        (None, CommentState.MISSING),
        (threshold(share=1_000), CommentState.NOT_NEEDED),
        (threshold(share=999), CommentState.MISSING),
        (threshold(amount=1_000), CommentState.NOT_NEEDED),
        (threshold(amount=999), CommentState.MISSING),
        (threshold(share=1, amount=1_000), CommentState.NOT_NEEDED),
        (threshold(share=1_000, amount=1), CommentState.NOT_NEEDED),
        (threshold(share=999, amount=999), CommentState.MISSING),
    ],
)
def test_deviation_is_commented_when_it_passes_every_limit_stated(
    limit: Threshold | None, state: CommentState
) -> None:
    assert deviation(limit=limit).state is state


def test_nothing_deviates_where_budget_and_outcome_are_equal() -> None:
    assert deviation(compared=10_000).state is CommentState.NOT_NEEDED


def test_share_of_no_budget_is_nothing() -> None:
    assert deviation(budget=0, compared=1, limit=threshold(share=500)).state is CommentState.MISSING


def test_comment_is_outdated_when_the_deviation_has_moved_past_the_threshold() -> None:
    one = deviation(limit=threshold(amount=100))
    states = {about: written(one, about).state for about in (900, 899, 1_100, 1_101)}
    assert states == {
        900: CommentState.WRITTEN,
        899: CommentState.OUTDATED,
        1_100: CommentState.WRITTEN,
        1_101: CommentState.OUTDATED,
    }
    gone = written(deviation(compared=10_000, limit=threshold(amount=100)), 1_000)
    assert (gone.state, gone.outdated) == (CommentState.NOT_NEEDED, True)


@given(st.integers(-(10**12), 10**12), st.integers(-(10**12), 10**12), st.integers(0, 10_000))
def test_signs_of_budget_and_outcome_do_not_matter(budget: int, compared: int, share: int) -> None:
    """Revenue is negative: what counts is how far it is from its budget."""
    limit = threshold(share=share)
    one, mirror = deviation(budget, compared, limit), deviation(-budget, -compared, limit)
    assert one.amount == -mirror.amount
    assert one.state is mirror.state
    assert one.passes_threshold is (10_000 * abs(one.amount) > share * abs(budget))


@pytest.fixture
async def planned(clerk: Clerk) -> Clerk:
    """A year with a budget, an outcome and a threshold of ten per cent."""
    await open_years(clerk, 2035)
    await decide_budget(clerk, 2035, operations="1000.00", revenue="-500.00")
    await book(clerk, 203503, "5010", 400_00)
    await book(clerk, 203503, "3510", -480_00)
    await _threshold(clerk, share=1_000)
    return clerk


async def _threshold(clerk: Clerk, **limits: Any) -> dict[str, Any]:  # noqa: ANN401
    said = {"validFrom": "2035-01-01", "decidedBy": "Ekonomichefen", "reference": "AMN 1"}
    made: dict[str, Any] = await clerk.post("/deviation-thresholds", said | limits)
    return made


async def _forecast(clerk: Clerk, amount: str, occasion: str = "T1", reason: str = "") -> None:
    line = {"row": "operations", "amount": amount}
    body = {"year": 2035, "occasion": occasion, "reason": reason, "lines": [line]}
    await clerk.post("/forecasts", body)


async def _deviations(clerk: Clerk, period: str = T1) -> dict[str, dict[str, Any]]:
    await clerk.settled()
    answer = await clerk.get("/deviations", period=period)
    found = {one["subjectKey"]: one for one in answer["items"]}
    unsettled = {"missing", "outdated"} & {one["commentState"] for one in found.values()}
    assert answer["complete"] is (not unsettled)
    return found


def remark(**changed: Any) -> dict[str, Any]:  # noqa: ANN401
    return {
        "period": 203504,
        "subjectKey": "operations",
        "cause": "Vakanta tjänster",
        "action": "Rekrytering pågår",
    } | changed


async def test_row_without_a_forecast_is_set_against_its_outcome(planned: Clerk) -> None:
    found = await _deviations(planned)
    operations, revenue = found["operations"], found["revenue"]
    assert (operations["comparedWith"], operations["source"]) == ("outcome", "")
    assert (operations["deviation"], operations["limit"]) == ("600.00", "100.00")
    assert (operations["commentNeeded"], operations["commentState"]) == (True, "missing")
    assert (revenue["deviation"], revenue["commentState"]) == ("-20.00", "not_needed")
    assert "net-operations" not in found, "sums deviate by what they add up"


async def test_newest_forecast_known_at_the_periods_end_is_what_counts(planned: Clerk) -> None:
    await _forecast(planned, "1200.00")
    await _forecast(planned, "1150.00", reason="Omräknad")
    await _forecast(planned, "1300.00", occasion="T2")
    march, april, august = [
        (await _deviations(planned, period))["operations"] for period in ("2035-03", T1, T2)
    ]
    assert (march["comparedWith"], march["deviation"]) == ("outcome", "600.00")
    assert (april["source"], april["deviation"]) == ("Prognos T1 2035, version 2", "-150.00")
    assert (august["source"], august["deviation"]) == ("Prognos T2 2035, version 1", "-300.00")


async def test_investments_are_set_against_their_own_forecasts(planned: Clerk) -> None:
    for code in ("inventarier", "maskiner"):
        await planned.post("/investment-categories", {"code": code, "name": code})
        entry = {"category": code, "kind": "forecast", "year": 2035, "period": 203504}
        await planned.post("/investment-entries", entry | {"amount": "70.00"})
    row = (await _deviations(planned))["investment-expenditure"]
    assert (row["source"], row["compared"]) == ("Investeringsprognoser 2035", "140.00")


async def test_comment_with_cause_and_action_is_kept_in_every_version(planned: Clerk) -> None:
    await planned.settled()
    first = await planned.post("/deviation-comments", remark())
    second = await planned.post("/deviation-comments", remark(action="Tjänsterna är tillsatta"))
    assert (first["number"], second["number"]) == (1, 2)
    assert (first["deviation"], first["comparedWith"]) == ("600.00", "outcome")
    operations = (await _deviations(planned))["operations"]
    assert operations["commentState"] == "written"
    assert operations["comment"]["action"] == "Tjänsterna är tillsatta"
    listed = await planned.get("/deviation-comments", period="203504")
    assert listed["items"] == [first, second]
    assert (await planned.get("/deviation-comments", period="203503"))["items"] == []


async def test_comment_on_another_amount_is_shown_as_outdated(planned: Clerk) -> None:
    await planned.settled()
    await planned.post("/deviation-comments", remark())
    await book(planned, 203504, "5010", 100_00)
    assert (await _deviations(planned))["operations"]["commentState"] == "written"
    await book(planned, 203504, "5010", 1)
    operations = (await _deviations(planned))["operations"]
    assert (operations["deviation"], operations["commentState"]) == ("499.99", "outdated")
    assert operations["comment"]["outdated"] is True
    assert operations["comment"]["deviation"] == "600.00"
    await planned.post("/deviation-comments", remark())
    assert (await _deviations(planned))["operations"]["commentState"] == "written"


async def test_comment_is_about_the_list_that_was_looked_at(planned: Clerk) -> None:
    await planned.settled()
    seen = await planned.get("/deviations", period=T1)
    await book(planned, 203504, "5010", 300_00)
    await planned.settled()
    made = await planned.post("/deviation-comments", remark(basis=seen["basis"]))
    assert (made["basis"], made["deviation"]) == (seen["basis"], "600.00")
    ahead = remark(basis="2999-01-01T00:00:00Z")
    problem = await planned.post("/deviation-comments", ahead, status=409)
    assert problem["code"] == "basis_not_settled"


async def test_comment_belongs_to_its_period(planned: Clerk) -> None:
    await planned.settled()
    await planned.post("/deviation-comments", remark())
    assert (await _deviations(planned, T2))["operations"]["commentState"] == "missing"


async def test_threshold_counts_from_its_day_and_by_the_latest_decision(planned: Clerk) -> None:
    await _threshold(planned, amount="600.00", validFrom="2035-08-31")
    april = (await _deviations(planned))["operations"]
    august = (await _deviations(planned, T2))["operations"]
    assert (april["commentState"], august["commentState"]) == ("missing", "not_needed")
    await _threshold(planned, share=1_000, amount="700.00")
    assert (await _deviations(planned))["operations"]["limit"] == "700.00"
    listed = (await planned.get("/deviation-thresholds"))["items"]
    assert [(one["validFrom"], one["share"], one["amount"]) for one in listed] == [
        ("2035-01-01", 1000, None),
        ("2035-01-01", 1000, "700.00"),
        ("2035-08-31", None, "600.00"),
    ]


async def test_every_deviation_is_commented_while_nobody_has_set_a_threshold(
    clerk: Clerk,
) -> None:
    await open_years(clerk, 2035)
    await book(clerk, 203503, "5010", 1)
    operations = (await _deviations(clerk))["operations"]
    assert (operations["limit"], operations["commentState"]) == ("0.00", "missing")


async def test_earlier_basis_gives_the_same_deviations(planned: Clerk) -> None:
    await planned.settled()
    await planned.post("/deviation-comments", remark())
    await planned.settled()
    before = await planned.get("/deviations", period=T1)
    await book(planned, 203504, "5010", 500_00)
    await _forecast(planned, "1.00")
    await _threshold(planned, amount="1.00")
    await planned.post("/deviation-comments", remark(cause="Något annat"))
    await planned.settled()
    assert await planned.get("/deviations", period=T1, basis=before["basis"]) == before
    assert await planned.get("/deviations", period=T1) != before


@pytest.mark.parametrize("named", [{}, {"subjectKind": "project", "subjectKey": "finns-inte"}])
async def test_comment_on_what_cannot_deviate_is_refused(
    planned: Clerk, named: dict[str, str]
) -> None:
    body = remark(**({"subjectKey": "net-operations"} | named))
    problem = await planned.post("/deviation-comments", body, status=404)
    assert problem["code"] == "no_such_deviation"


@pytest.mark.parametrize(
    ("path", "changed", "property_"),
    [
        ("comments", {"cause": "   "}, "cause"),
        ("comments", {"action": ""}, "action"),
        ("comments", {"period": 203500}, "period"),
        ("thresholds", {}, "body"),
        ("thresholds", {"amount": "-1.00"}, "amount"),
        ("thresholds", {"share": 100_001}, "share"),
    ],
)
async def test_what_makes_no_sense_is_refused_by_the_property_that_says_it(
    planned: Clerk, path: str, changed: dict[str, Any], property_: str
) -> None:
    empty = {"validFrom": "2035-01-01", "decidedBy": "Ekonomichefen"}
    body = remark(**changed) if path == "comments" else empty | changed
    problem = await planned.post(f"/deviation-{path}", body, status=422)
    assert [one["property"] for one in problem["invalid-parameters"]] == [property_]
