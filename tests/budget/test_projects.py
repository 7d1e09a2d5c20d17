"""What a project says about itself: totals, grant, partners, dates; and how that changed."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.budget.domain.project_terms import deviates
from services.budget.domain.projects import (
    Amount,
    Currency,
    PartialDate,
    Partner,
    Role,
    Terms,
    share_of,
)
from tests.budget.project_bodies import change, decided, eur, project, sek

if TYPE_CHECKING:
    from tests.budget.calling import Clerk

MILANO = {"name": "Milano stad", "role": "owner", "shareBasisPoints": 6000}
OURSELVES = {
    "name": "Arbetsmarknadsnämnden",
    "role": "partner",
    "isCommittee": True,
    "shareBasisPoints": 4000,
}


async def test_project_says_its_totals_grant_partners_and_why_it_is_strategic(
    clerk: Clerk,
) -> None:
    made = await decided(
        clerk,
        decidedCost=sek("24000000.00"),
        decidedIncome=sek("-16080000.00"),
        grantShareBasisPoints=6700,
        partners=[MILANO, OURSELVES],
        strategicReason="Prövar en ny samverkansform",
    )
    shown = await clerk.get(f"/projects/{made['id']}")
    assert shown["decidedCost"] == sek("24000000.00")
    assert shown["decidedIncome"] == sek("-16080000.00")
    assert shown["grantShareBasisPoints"] == 6700
    assert [partner["name"] for partner in shown["partners"]] == [
        "Milano stad",
        "Arbetsmarknadsnämnden",
    ]
    assert (shown["strategic"], shown["version"]) == (True, 2)
    assert shown["programmeReference"] == "7"


VI = {"name": "Vi", "role": "partner", "isCommittee": True}


@pytest.mark.parametrize(
    ("wrong", "faults"),
    [
        (
            {"partners": [MILANO, {**OURSELVES, "shareBasisPoints": 4001}]},
            [("partners", "more_than_whole")],
        ),
        ({"partners": [VI, VI]}, [("partners", "committee_twice")]),
        ({"partners": [{**MILANO, "amount": eur("1.00")}]}, [("partners.0", "share_and_amount")]),
        ({"partners": [{**VI, "amount": sek("60000000.01")}]}, [("partners", "more_than_budget")]),
        (
            {"ownShare": sek("1.00"), "partners": [{**VI, "amount": sek("2.00")}]},
            [("partners.0.amount", "not_own_share")],
        ),
        (
            {"partners": [{**VI, "amount": sek("-2.00")}]},
            [("partners.0.amount.amount", "negative")],
        ),
        ({"decidedIncome": sek("5.00")}, [("decidedIncome.amount", "positive")]),
        (
            {"decidedCost": sek("-5.00"), "budget": None},
            [("budgetNote", "note_missing"), ("decidedCost.amount", "negative")],
        ),
        ({"budget": sek("-5.00")}, [("budget.amount", "negative")]),
        ({"start": "2036-07"}, [("end", "before_start")]),
        ({"forecastEnd": "2036-07"}, [("forecastEnd", "not_explained")]),
        ({"forecastStart": "2034-02"}, [("forecastStart", "not_explained")]),
        (
            {"forecastStart": "2037", "forecastExplanation": "Sent beslut"},
            [("forecastStart", "before_start")],
        ),
    ],
)
async def test_what_contradicts_itself_is_refused_by_field_and_code(
    clerk: Clerk, wrong: dict[str, Any], faults: list[tuple[str, str]]
) -> None:
    problem = await clerk.post("/projects", project(**wrong), status=422)
    assert problem["code"] == "terms_contradictory"
    found = [(each["property"], each["code"]) for each in problem["invalid-parameters"]]
    assert found == faults
    made = await decided(clerk)
    await change(clerk, made, status=422, **wrong)


@pytest.mark.parametrize(
    "dates",
    [
        {"forecastStart": "2034", "forecastEnd": "2036"},
        {"forecastEnd": "2036-06-30"},
        {"start": "2034-03-15", "forecastStart": "2034-03"},
        {"start": "2034-06", "end": "2034"},
        {"forecastEnd": "2036-07", "forecastExplanation": "Förlängning söks"},
    ],
)
async def test_date_that_may_be_the_decided_one_needs_no_explanation(
    clerk: Clerk, dates: dict[str, str]
) -> None:
    made = await clerk.post("/projects", project(**dates))
    assert {name: made[name] for name in dates} == dates


@pytest.mark.parametrize(
    ("forecast", "by_decision", "differs"),
    [
        ("2020", "2020-06", False),
        ("2020-06-30", "2020-06", False),
        ("2020-07", "2020-06", True),
        ("2019", "2020-01-01", True),
        ("2020-06-30", "2020-06-29", True),
        ("2020-06-30", "2020-06-30", False),
    ],
)
def test_dates_differ_only_when_they_cannot_be_the_same(
    forecast: str, by_decision: str, *, differs: bool
) -> None:
    one, other = PartialDate.parse(forecast), PartialDate.parse(by_decision)
    assert deviates(one, other) is differs
    assert deviates(other, one) is differs
    assert not deviates(None, one)


def test_committee_has_its_own_part_of_a_shared_budget() -> None:
    whole = Amount(10_001, Currency.EUR)
    ours = Partner("Vi", Role.PARTNER, is_committee=True, share_points=5000)
    assert Terms(whole, None, None).committee_share == whole
    assert Terms(whole, None, None, partners=(ours,)).committee_share == Amount(5001, Currency.EUR)
    own = Amount(7, Currency.EUR)
    assert Terms(whole, own, None, partners=(ours,)).total_cost == own
    cost = Amount(100, Currency.SEK)
    granted = Terms(whole, own, None, decided_cost=cost, grant_points=6700)
    assert (granted.total_cost, granted.total_income) == (cost, Amount(-67, Currency.SEK))
    assert Terms(None, None, None, grant_points=6700).total_income is None
    assert Terms(whole, None, None).total_income is None


@given(st.integers(0, 10**15), st.integers(0, 10_000))
def test_shares_of_the_two_halves_of_a_whole_differ_from_it_by_a_hundredth_at_most(
    amount: int, points: int
) -> None:
    parts = [
        share_of(Amount(amount, Currency.SEK), each).hundredths
        for each in (points, 10_000 - points)
    ]
    assert sum(parts) - amount in {0, 1}
    assert share_of(Amount(-amount, Currency.SEK), points).hundredths == -parts[0]


async def test_history_says_what_each_version_changed_and_why(clerk: Clerk) -> None:
    made = await decided(clerk, partners=[MILANO])
    await change(
        clerk,
        made,
        reason="Förlängning enligt beslut",
        budget=sek("61000000.00"),
        partners=[OURSELVES],
        end="2036-12",
    )
    history = (await clerk.get(f"/projects/{made['id']}/versions"))["items"]
    assert [version["project"]["version"] for version in history] == [1, 2, 3]
    assert [change["field"] for change in history[1]["changes"]] == [
        "state",
        "programmeReference",
        "decidedOn",
    ]
    assert history[2]["project"]["reason"] == "Förlängning enligt beslut"
    assert history[2]["changes"] == [
        {"field": "budget", "before": "60000000.00 SEK", "after": "61000000.00 SEK"},
        {
            "field": "partners",
            "before": "Milano stad, owner, 6000 of 10000",
            "after": "Arbetsmarknadsnämnden, partner, 4000 of 10000",
        },
        {"field": "end", "before": "2036-06", "after": "2036-12"},
    ]
    page = await clerk.get(f"/projects/{made['id']}/versions", limit="1", page="3")
    assert [version["project"]["version"] for version in page["items"]] == [3]
    await clerk.get("/projects/01956f2c-5a2e-7c1b-9d3e-8f4a6b2c1d0e/versions", status=404)


_VERSION = """
    insert into project_version (project_id, version, state, name, funder, programme, role,
        department, phase, budget_note, start_on, start_precision, end_on, end_precision,
        forecast_end_on, forecast_end_precision, forecast_explanation, strategic, reason, by)
    select id, 99, 'proposed', 'x', 'esf', '', 'owner', '', '', 'anges ej', '2034-06-01', 'month',
        $1::date, $2::text, $3::date, $4::text, '', $5::boolean, '', 'x' from project
"""
_PARTNER = """
    insert into project_partner (project_id, version, position, name, role, is_committee,
                                 share_points)
    select project_id, version, $1, 'Part', 'partner', $2, $3 from project_version
    order by version desc limit 1
"""
DECEMBER = date(2034, 12, 1)
NO_FORECAST = (None, None, False)
SOMEBODY = (False, 1)


async def _partners(conn: asyncpg.Connection[Any], *partners: tuple[bool, int]) -> str | None:
    """Attack with a version of some partners; return the rule that refused, undoing it all."""
    transaction = conn.transaction()
    await transaction.start()
    try:
        await conn.execute(_VERSION, DECEMBER, "month", *NO_FORECAST)
        for position, (is_committee, points) in enumerate(partners):
            await conn.execute(_PARTNER, position, is_committee, points)
    except asyncpg.IntegrityConstraintViolationError as refused:
        return refused.constraint_name
    else:
        return None
    finally:
        await transaction.rollback()


async def test_database_holds_partners_to_the_whole_of_a_project(
    clerk: Clerk, attacker: asyncpg.Connection[Any]
) -> None:
    await clerk.post("/projects", project())
    for partners, rule in (
        (((False, 6000), (True, 4000)), None),
        (((False, 6000), (True, 4001)), "project_partner_shares"),
        (((False, 10_001),), "project_partner_share_check"),
        (((True, 1), (True, 1)), "project_partner_committee_key"),
    ):
        assert await _partners(attacker, *partners) == rule
    with pytest.raises(asyncpg.CheckViolationError) as refused:
        await attacker.execute(_PARTNER, 1, *SOMEBODY)
    assert refused.value.constraint_name == "project_partner_sealed"


@pytest.mark.parametrize(
    ("end", "forecast", "strategic", "rule"),
    [
        ((date(2034, 1, 1), "year"), (None, None), False, None),
        ((date(2034, 5, 1), "month"), (None, None), False, "dates_check"),
        ((DECEMBER, "month"), (date(2034, 12, 31), "day"), False, None),
        ((DECEMBER, "month"), (date(2034, 1, 1), "year"), False, None),
        ((DECEMBER, "month"), (date(2035, 1, 1), "day"), False, "forecast_end_explained_check"),
        ((DECEMBER, "month"), (date(2034, 11, 1), "month"), False, "forecast_end_explained_check"),
        ((DECEMBER, "month"), (date(2033, 1, 1), "year"), False, "forecast_dates_check"),
        ((DECEMBER, "month"), (None, None), True, "strategic_explained_check"),
    ],
)
async def test_database_holds_dates_and_marks_to_their_explanations(
    clerk: Clerk,
    attacker: asyncpg.Connection[Any],
    end: tuple[date, str],
    forecast: tuple[date | None, str | None],
    *,
    strategic: bool,
    rule: str | None,
) -> None:
    await clerk.post("/projects", project())
    if rule is None:
        await attacker.execute(_VERSION, *end, *forecast, strategic)
        return
    with pytest.raises(asyncpg.CheckViolationError) as refused:
        await attacker.execute(_VERSION, *end, *forecast, strategic)
    assert refused.value.constraint_name == f"project_version_{rule}"
