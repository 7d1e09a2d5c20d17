"""What a project costs and earns by year: all that was said is kept, and the newest said holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from services.budget import strategic_projects
from services.budget.domain.exchange import Rates, Summed
from services.budget.domain.periods import PeriodRange
from services.budget.domain.project_years import Flow, ProjectYears, YearKind
from services.budget.domain.projects import Amount, Currency
from services.budget.figures import PROJECTS
from shared.basis import reading_at
from shared.db import driver
from shared.journal import take_snapshot
from tests.budget.project_bodies import YEAR, decided, entry, eur, said, sek
from tests.budget.test_exchange_rates import EUR, rate

if TYPE_CHECKING:
    from tests.budget.calling import Clerk
    from tests.servers import DatabaseUrls


@pytest.fixture
async def known(clerk: Clerk) -> dict[str, Any]:
    """A decided project that runs from March 2034 to June 2036, in a ledger that has 2035."""
    await clerk.post("/fiscal-years", {"year": YEAR})
    return await decided(clerk)


async def _years(
    clerk: Clerk,
    known: dict[str, Any],
    **asked: Any,  # noqa: ANN401
) -> dict[int, dict[str, Any]]:
    shown = await clerk.get(f"/projects/{known['id']}/yearly-amounts", **asked)
    return {year["year"]: year for year in shown["years"]}


async def _opened(clerk: Clerk) -> None:
    """Register the accounts that vouchers here are booked on."""
    for code, name in (("5010", "Löner"), ("3510", "Bidrag"), ("1510", "Kundfordringar")):
        await clerk.post("/accounts", {"code": code, "name": name, "validFrom": "2030-01-01"})
    await clerk.post("/counterparts", {"code": "87", "name": "Övriga", "validFrom": "2030-01-01"})


async def _booked(clerk: Clerk, *amounts: tuple[str, str]) -> None:
    """Book a voucher of the project in March 2035."""
    postings = [
        {"account": account, "counterpart": "87", "amount": amount, "project": "7"}
        for account, amount in amounts
    ]
    await clerk.post(
        "/vouchers",
        {
            "series": "A",
            "period": 203503,
            "happenedOn": "2035-03-15",
            "text": "Lön och bidrag",
            "postings": postings,
        },
    )


async def test_newest_forecast_said_by_a_periods_end_holds_and_all_are_kept(
    clerk: Clerk, known: dict[str, Any]
) -> None:
    await said(clerk, known, 203504, entry("forecast", "cost", 2035, "100.00"))
    await said(clerk, known, 203508, entry("forecast", "cost", 2035, "80.00"))
    await said(clerk, known, 203504, entry("forecast", "cost", 2035, "101.00"))
    await said(clerk, known, 203504, entry("forecast", "income", 2035, "-60.00"))
    await clerk.settled()
    assert (await _years(clerk, known))[2035]["forecastCost"] == sek("80.00")
    april = (await _years(clerk, known, period="2035-04"))[2035]
    assert (april["forecastCost"], april["forecastIncome"]) == (sek("101.00"), sek("-60.00"))
    march = (await _years(clerk, known, period="2035-03"))[2035]
    assert march["forecastCost"] is None
    shown = await clerk.get(f"/projects/{known['id']}/yearly-amounts")
    assert [each["amount"]["amount"] for each in shown["entries"]] == [
        "100.00",
        "80.00",
        "101.00",
        "-60.00",
    ]


async def test_amount_that_was_taken_back_is_not_stated_and_not_zero(
    clerk: Clerk, known: dict[str, Any]
) -> None:
    await said(clerk, known, 203504, entry("plan", "cost", 2036, "0.00"))
    await clerk.settled()
    basis = (await clerk.get("/basis"))["settledAt"]
    await said(clerk, known, 203505, entry("plan", "cost", 2036, None), note="Fel projekt")
    await clerk.settled()
    assert (await _years(clerk, known))[2036]["planCost"] is None
    assert (await _years(clerk, known, basis=basis))[2036]["planCost"] == sek("0.00")


async def test_outcome_is_what_the_ledger_has_and_what_was_booked_before_it(
    clerk: Clerk, known: dict[str, Any]
) -> None:
    before = [
        entry("earlier_outcome", "cost", 2034, "900.00"),
        entry("earlier_outcome", "income", 2034, "-500.00"),
        entry("earlier_outcome", "cost", 2035, "10.00"),
    ]
    await said(clerk, known, 203501, *before)
    await _opened(clerk)
    await _booked(clerk, ("5010", "200.50"), ("3510", "-120.25"), ("1510", "-80.25"))
    await clerk.settled()
    years = await _years(clerk, known)
    assert [(y, one["outcomeCost"], one["outcomeIncome"]) for y, one in years.items()] == [
        (2034, "900.00", "-500.00"),
        (2035, "210.50", "-120.25"),
        (2036, None, None),
    ]
    assert years[2036]["outcomeMissing"] == "utfall 2036 saknas"
    february = await _years(clerk, known, period="2035-02")
    assert february[2035]["outcomeCost"] == "10.00"


async def test_outcome_is_added_up_from_the_newest_snapshot_unless_none_is_believed(
    clerk: Clerk, known: dict[str, Any], budget_urls: DatabaseUrls
) -> None:
    await _opened(clerk)
    await _booked(clerk, ("5010", "200.00"), ("1510", "-200.00"))
    await clerk.settled()
    before = (await clerk.get("/basis"))["settledAt"]
    async with clerk.db.begin() as session:
        assert await take_snapshot(await driver(session), PROJECTS) is not None
    await _booked(clerk, ("5010", "11.00"), ("1510", "-11.00"))
    await _booked(clerk, ("5010", "-3.50"), ("1510", "3.50"))
    await clerk.settled()
    assert (await _years(clerk, known))[2035]["outcomeCost"] == "207.50"
    assert (await _years(clerk, known, basis=before))[2035]["outcomeCost"] == "200.00"

    owner = await asyncpg.connect(budget_urls.owner)
    try:
        await owner.execute("alter table posting_project_sum disable trigger user")
        await owner.execute(
            "update posting_project_sum set amount = amount + 100 where account_group = '50'"
        )
    finally:
        await owner.close()
    assert (await _years(clerk, known))[2035]["outcomeCost"] == "208.50"
    async with reading_at(clerk.db) as (session, basis):
        conn = await driver(session)
        of = PeriodRange(203501, 203512)
        for believed, cost in ((True, 20850), (False, 20750)):
            ongoing = await strategic_projects.ongoing(conn, of, basis, from_postings=not believed)
            assert ongoing.years[0].booked[Flow.COST, 2035] == cost


@pytest.mark.parametrize(
    ("entries", "note", "fault"),
    [
        ([entry("plan", "cost", 2035, "-1.00")], "", ("entries.0.amount.amount", "negative")),
        ([entry("plan", "income", 2035, "1.00")], "", ("entries.0.amount.amount", "positive")),
        ([entry("plan", "cost", 2035, None)], "", ("note", "note_missing")),
        (
            [entry("earlier_outcome", "cost", 2036, "1.00")],
            "",
            ("entries.0.year", "in_the_future"),
        ),
        ([entry("plan", "cost", 2035, "1.00")] * 2, "", ("entries.1", "said_twice")),
    ],
)
async def test_amount_that_makes_no_sense_is_refused_by_field_and_nothing_is_recorded(
    clerk: Clerk,
    known: dict[str, Any],
    entries: list[dict[str, Any]],
    note: str,
    fault: tuple[str, str],
) -> None:
    good = entry("budget", "cost", 2035, "1.00")
    problem = await said(clerk, known, 203504, *entries, good, note=note, status=422)
    found = [(each["property"], each["code"]) for each in problem["invalid-parameters"]]
    assert found == [fault]
    await clerk.settled()
    assert (await clerk.get(f"/projects/{known['id']}/yearly-amounts"))["entries"] == []


async def test_amounts_of_no_project_or_period_are_refused(
    clerk: Clerk, known: dict[str, Any]
) -> None:
    nobody = {"id": "01956f2c-5a2e-7c1b-9d3e-8f4a6b2c1d0e"}
    await said(clerk, nobody, 203504, entry("plan", "cost", 2035, "1.00"), status=404)
    await said(clerk, known, 203515, entry("plan", "cost", 2035, "1.00"), status=422)
    await clerk.get(f"/projects/{nobody['id']}/yearly-amounts", status=404)


_ATTACK = """
    insert into project_year_amount
        (project_id, kind, flow, year, period, amount, currency, note, by)
    select id, $1, $2, 2035, 203504, $3, $4, '', 'x' from project
"""


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        (("plan", "cost", -1, "SEK"), "sign_check"),
        (("plan", "income", 1, "SEK"), "sign_check"),
        (("plan", "cost", 1, None), "stated_check"),
        (("plan", "cost", None, None), "withdrawn_check"),
        (("hope", "cost", 1, "SEK"), "kind_check"),
        (("plan", "cost", 1, "USD"), "currency_check"),
    ],
)
async def test_database_holds_amounts_to_their_rules(
    known: dict[str, Any],
    attacker: asyncpg.Connection[Any],
    values: tuple[str, str, int | None, str | None],
    rule: str,
) -> None:
    with pytest.raises(asyncpg.CheckViolationError) as refused:
        await attacker.execute(_ATTACK, *values)
    assert refused.value.constraint_name == f"project_year_amount_{rule}"


async def test_database_lets_nobody_change_what_was_said(
    clerk: Clerk, known: dict[str, Any], owner: asyncpg.Connection[Any]
) -> None:
    await said(clerk, known, 203504, entry("plan", "cost", 2035, "1.00"))
    await clerk.post("/exchange-rates", rate("2034-03-31", "10.5"))
    for table in ("project_year_amount", "exchange_rate", "project_partner"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
            await owner.execute(f"delete from {table}")
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
            await owner.execute(f"truncate {table}")


def test_year_outside_the_project_costs_nothing_and_an_unknown_one_is_unknown() -> None:
    years = ProjectYears(2034, 2036, {}, {(Flow.COST, 2035): 500}, frozenset({2035}))
    rates = Rates(EUR.day)
    assert years.stated(YearKind.PLAN, Flow.COST, 2037, rates) == Summed(0)
    assert years.stated(YearKind.PLAN, Flow.COST, 2036, rates).ore is None
    assert years.accumulated(Flow.COST, 2034, rates) == Summed(0)
    assert years.accumulated(Flow.COST, 2036, rates) == Summed(None, "utfall 2034 saknas")
    assert years.outcome(Flow.INCOME, 2035, rates) == Summed(0)


def test_total_forecast_is_the_outcome_and_every_forecast_from_this_year_on() -> None:
    forecast = {
        (YearKind.FORECAST, Flow.COST, year): Amount(year, Currency.SEK)
        for year in range(2035, 2038)
    }
    years = ProjectYears(2034, 2036, forecast, {(Flow.COST, 2034): 7}, frozenset({2034}))
    rates = Rates(EUR.day)
    assert years.forecast_total(Flow.COST, 2035, rates) == Summed(7 + 2035 + 2036 + 2037)
    assert years.forecast_total(Flow.INCOME, 2035, rates).missing == (
        "prognos 2035: belopp anges inte; prognos 2036: belopp anges inte"
    )


def test_euro_without_a_rate_leaves_the_sum_unknown_and_says_why() -> None:
    forecast = {
        (YearKind.FORECAST, Flow.COST, 2035): Amount(100, Currency.EUR),
        (YearKind.EARLIER_OUTCOME, Flow.COST, 2034): Amount(100, Currency.SEK),
    }
    years = ProjectYears(2034, 2035, forecast)
    missing = years.forecast_total(Flow.COST, 2035, Rates(EUR.day))
    assert missing == Summed(None, "prognos 2035: kurs för EUR saknas")
    assert years.forecast_total(Flow.COST, 2035, EUR) == Summed(100 + 1050)


async def test_amount_in_euro_stays_in_euro(clerk: Clerk, known: dict[str, Any]) -> None:
    await said(clerk, known, 203504, entry("budget", "cost", 2035, "5.00", "EUR"))
    await clerk.settled()
    assert (await _years(clerk, known))[2035]["budgetCost"] == eur("5.00")
