"""Figures of projects: budget, forecast and co-financing by project, at any period and basis."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from services.budget.figures import FACTS
from services.budget.project_facts import KINDS
from shared.db import driver
from shared.journal import drift
from tests.budget.project_bodies import YEAR, change, decided, entry, eur, said, sek
from tests.budget.test_exchange_rates import rate

if TYPE_CHECKING:
    import asyncpg

    from tests.budget.calling import Clerk

MARCH, APRIL, AUGUST = 203503, 203504, 203508


async def value(clerk: Clerk, figure: str, period: str, **more: Any) -> str:  # noqa: ANN401
    await clerk.settled()
    answer = await clerk.get(f"/figures/{figure}", period=period, **more)
    total: str = answer["total"]
    return total


async def test_budget_of_a_year_is_there_from_when_it_was_said_to_the_years_end(
    clerk: Clerk,
) -> None:
    known = await decided(clerk)
    await said(clerk, known, 203412, entry("budget", "cost", YEAR, "100.00"))
    await said(clerk, known, APRIL, entry("budget", "cost", YEAR, "120.00"))
    await said(clerk, known, APRIL, entry("budget", "income", YEAR, "-70.00"))
    found = {
        period: await value(clerk, "project-budget", period)
        for period in ("2034", "2035-03", "2035-04", "2035-T3", "2035", "2036-01")
    }
    assert found == {
        "2034": "0.00",
        "2035-03": "100.00",
        "2035-04": "120.00",
        "2035-T3": "120.00",
        "2035": "120.00",
        "2036-01": "0.00",
    }
    assert await value(clerk, "project-budget-income", "2035") == "-70.00"


async def test_newest_forecast_counts_at_each_period_whatever_order_they_came_in(
    clerk: Clerk,
) -> None:
    known = await decided(clerk)
    await said(clerk, known, AUGUST, entry("forecast", "cost", YEAR, "80.00"))
    await said(clerk, known, APRIL, entry("forecast", "cost", YEAR, "100.00"))
    assert await value(clerk, "project-forecast", "2035-03") == "0.00"
    assert await value(clerk, "project-forecast", "2035-T1") == "100.00"
    assert await value(clerk, "project-forecast", "2035-T2") == "80.00"
    basis = (await clerk.get("/basis"))["settledAt"]
    await said(clerk, known, AUGUST, entry("forecast", "cost", YEAR, None), note="Dras tillbaka")
    assert await value(clerk, "project-forecast", "2035-T2") == "0.00"
    assert await value(clerk, "project-forecast", "2035-T2", basis=basis) == "80.00"


async def test_euro_count_once_a_rate_is_stated_at_the_rate_of_their_day(clerk: Clerk) -> None:
    known = await decided(clerk, budget=eur("9.00"), cofinancing=eur("2.00"))
    await said(clerk, known, MARCH, entry("forecast", "cost", YEAR, "10.00", "EUR"))
    assert await value(clerk, "project-forecast", "2035-04") == "0.00"
    await clerk.post("/exchange-rates", rate("2034-01-01", "10.00"))
    await clerk.post("/exchange-rates", rate("2035-03-31", "11.00"))
    await clerk.post("/exchange-rates", rate("2035-04-01", "12.00"))
    assert await value(clerk, "project-forecast", "2035-04") == "110.00"
    assert await value(clerk, "project-cofinancing-decided", "2035-04") == "20.00"


async def test_cofinancing_is_that_of_projects_under_way(clerk: Clerk) -> None:
    await decided(clerk, number="1", cofinancing=sek("30.00"), start="2034", end="2035-06")
    await decided(clerk, number="2", cofinancing=sek("12.00"), start="2035-07", end="2036")
    await clerk.post("/projects", {**PROPOSED, "number": "3"})
    assert await value(clerk, "project-cofinancing-decided", "2035-06") == "30.00"
    answer = await clerk.get(
        "/figures/project-cofinancing-decided", period="2035-07-01", by="project"
    )
    assert answer["rows"] == [{"project": "2", "value": "12.00"}]


PROPOSED = {
    "name": "Föreslaget",
    "funder": "esf",
    "programme": "ESF",
    "role": "owner",
    "responsibleDepartment": "Jobbtorg",
    "budget": sek("100.00"),
    "cofinancing": sek("100.00"),
    "start": "2035",
    "end": "2036",
}


async def test_project_that_changed_is_counted_anew_under_what_it_now_says(clerk: Clerk) -> None:
    known = await decided(clerk)
    await said(clerk, known, MARCH, entry("budget", "cost", YEAR, "100.00"))
    await change(clerk, known, funder="finsam")
    await clerk.settled()
    answer = await clerk.get("/figures/project-budget", period="2035", by="funder")
    assert answer["rows"] == [{"funder": "finsam", "value": "100.00"}]


async def test_amounts_said_before_the_decision_count_from_it(clerk: Clerk) -> None:
    made = await clerk.post("/projects", {**PROPOSED, "number": "3"})
    await said(clerk, made, MARCH, entry("budget", "cost", YEAR, "100.00"))
    assert await value(clerk, "project-budget", "2035") == "0.00"
    await clerk.post(f"/projects/{made['id']}/decisions", {"decidedOn": "2035-01-10"})
    assert await value(clerk, "project-budget", "2035") == "100.00"


@pytest.mark.parametrize("seed", range(3))
async def test_journal_agrees_with_the_records_after_any_order_of_sayings(
    clerk: Clerk, seed: int
) -> None:
    known = await decided(clerk, cofinancing=eur("5.00"))
    periods = [203501, 203504, 203504, 203508, 203413, 203600]
    for at in range(6):
        period = periods[(at * 5 + seed) % 6]
        amount = None if (at + seed) % 4 == 3 else f"{at + 1}.00"
        kind, currency = ("budget", "EUR") if at % 2 else ("forecast", "SEK")
        cost = entry(kind, "cost", YEAR, amount, currency)
        await said(clerk, known, period, cost, note="prov")
        if at == 2 + seed:
            await clerk.post("/exchange-rates", rate("2035-01-01", "11.111111"))
    async with clerk.db.read() as session:
        conn = await driver(session)
        ids = [row["id"] for row in await conn.fetch("select id from project")]
        for kind, wanted in KINDS:
            assert await drift(conn, FACTS, kind, ids, wanted_sql=wanted) == []
        booked = "select count(*) from budget_fact where record_kind = 'project_amount'"
        assert await conn.fetchval(booked) > 2
    await clerk.settled()
    for asked in ("2034", "2035-01", "2035-04", "2035-08", "2035"):
        shown = await clerk.get(f"/projects/{known['id']}/yearly-amounts", period=asked)
        holds = next(year for year in shown["years"] if year["year"] == YEAR)["forecastCost"]
        wanted_value = "0.00" if holds is None else holds["amount"]
        assert await value(clerk, "project-forecast", asked) == wanted_value


async def test_nothing_is_counted_at_no_rate_when_rates_and_amounts_come_at_once(
    clerk: Clerk,
) -> None:
    """Eight projects are given euro while a rate is stated: whoever comes last counts them."""
    projects = [await decided(clerk, number=str(number)) for number in range(1, 9)]
    for turn in range(3):
        euro = entry("budget", "cost", YEAR, f"{turn + 1}.00", "EUR")
        await asyncio.gather(
            *(said(clerk, each, 203501 + turn, euro) for each in projects),
            clerk.post("/exchange-rates", rate(f"2034-01-0{turn + 1}", f"{turn + 10}.00")),
        )
    async with clerk.db.read() as session:
        conn = await driver(session)
        ids = [row["id"] for row in await conn.fetch("select id from project")]
        for kind, wanted in KINDS:
            assert await drift(conn, FACTS, kind, ids, wanted_sql=wanted) == []
    assert await value(clerk, "project-budget", "2035-03") == "288.00"  # 8 x 3.00 x 12.00


async def test_rate_stated_behind_our_back_is_found_in_the_journal(
    clerk: Clerk, attacker: asyncpg.Connection[Any]
) -> None:
    """Negative control: whoever writes around the use case leaves a drift that is seen."""
    known = await decided(clerk)
    await said(clerk, known, 203501, entry("budget", "cost", YEAR, "1.00", "EUR"))
    await attacker.execute(
        "insert into exchange_rate (currency, valid_on, rate, source, by)"
        " values ('EUR', '2034-01-01', 10, 'x', 'x')"
    )
    found = {}
    async with clerk.db.read() as session:
        conn = await driver(session)
        ids = [row["id"] for row in await conn.fetch("select id from project")]
        for kind, wanted in KINDS:
            found[kind] = len(await drift(conn, FACTS, kind, ids, wanted_sql=wanted))
    assert found == {"project": 0, "project_amount": 1, "project_cofinancing": 0}
