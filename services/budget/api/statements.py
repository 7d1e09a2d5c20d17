"""The committee's statements, and the ties between them."""

from __future__ import annotations

from fastapi import Request

from services.budget import statements, strategic_projects
from services.budget.api.parameters import READ, BasisQuery, CompareQuery, RangeQuery
from services.budget.domain.appendix import project_appendix
from services.budget.queries.exchange_rates import rates_on
from services.budget.queries.ledger import last_day_of
from services.budget.queries.projects import appendix_projects
from services.budget.schemas.appendix import AppendixOut
from services.budget.schemas.statements import StatementOut, StatementsOut, TiesOut
from services.budget.schemas.strategic import StrategicFormOut
from shared.basis import reading_at
from shared.db import driver
from shared.routing import ServiceRouter

router = ServiceRouter(prefix="/statements", tag="statements")
ties = ServiceRouter(prefix="/ties", tag="ties")


async def _statement(
    request: Request, code: str, of: RangeQuery, basis: BasisQuery, compare: CompareQuery
) -> StatementOut:
    async with reading_at(request.app.state.services.db, basis) as (session, at):
        report = await statements.report(await driver(session), of, at, compare or ())
    return StatementOut.of(report, report.statements[code])


@router.get("", scope=READ)
async def list_statements(
    request: Request,
    period: RangeQuery,
    basis: BasisQuery = None,
    compare: CompareQuery = None,
) -> StatementsOut:
    """Read all statements of the ledger at once.

    The budget settlement, the income statement, the balance sheet and the follow-up of
    investments, computed together at one basis, with the ties between them.
    """
    async with reading_at(request.app.state.services.db, basis) as (session, at):
        report = await statements.report(await driver(session), period, at, compare or ())
    return StatementsOut.of(report)


@router.get("/income-statement", scope=READ)
async def read_income_statement(
    request: Request,
    period: RangeQuery,
    basis: BasisQuery = None,
    compare: CompareQuery = None,
) -> StatementOut:
    """Read the income statement (resultaträkning).

    Per account group and counterpart class, costs positive and revenue negative. Computed from
    what was recorded at or before the basis: the same basis gives the same answer.
    """
    return await _statement(request, "income-statement", period, basis, compare)


@router.get("/balance-sheet", scope=READ)
async def read_balance_sheet(
    request: Request,
    period: RangeQuery,
    basis: BasisQuery = None,
    compare: CompareQuery = None,
) -> StatementOut:
    """Read the balance sheet (balansräkning).

    The change in the period, the balance before it, and the balance after it per counterpart
    class. Equity carries the year's result.
    """
    return await _statement(request, "balance-sheet", period, basis, compare)


@router.get("/budget-settlement", scope=READ)
async def read_budget_settlement(
    request: Request,
    period: RangeQuery,
    basis: BasisQuery = None,
    compare: CompareQuery = None,
) -> StatementOut:
    """Read the budget settlement (budgetavräkning).

    The year's budget with adjustments, the outcome of the period, and budget minus outcome on
    signed numbers.
    """
    return await _statement(request, "budget-settlement", period, basis, compare)


@router.get("/investments", scope=READ)
async def read_investment_follow_up(
    request: Request, period: RangeQuery, basis: BasisQuery = None
) -> StatementOut:
    """Read the follow-up of investments.

    Last year's outcome, this year's plan, plan minus forecast, and the newest forecasts said by
    the end of the period.
    """
    return await _statement(request, "investments", period, basis, None)


@router.get("/project-appendix", scope=READ)
async def read_project_appendix(
    request: Request, period: RangeQuery, basis: BasisQuery = None
) -> AppendixOut:
    """Read the project appendix (projektbilaga).

    Decided projects under way in the period, by funder, with sums per currency and in kronor
    at the rate of the period's last day; a budget that was not stated is null, never zero, and
    a sum says whose amounts it lacks.
    """
    async with reading_at(request.app.state.services.db, basis) as (session, at):
        conn = await driver(session)
        projects = await appendix_projects(conn, period, at)
        rates = await rates_on(conn, await last_day_of(conn, period.last, at), at)
    return AppendixOut.of(project_appendix(projects, rates), period, at)


@router.get("/strategic-projects", scope=READ)
async def read_strategic_projects(
    request: Request, period: RangeQuery, basis: BasisQuery = None
) -> StrategicFormOut:
    """Read the form of strategically important projects, or above 50 million kronor.

    Every project not over before the year that belongs on it and why, with cost and income
    accumulated, budgeted, forecast and planned; what could not be judged; and what deviates from
    the decision. A total income that is not stated is the granted share of the cost, if that is.
    """
    async with reading_at(request.app.state.services.db, basis) as (session, at):
        form, deviations = await strategic_projects.form(await driver(session), period, at)
    return StrategicFormOut.of(form, deviations, period, at)


@ties.get("", scope=READ)
async def list_ties(request: Request, period: RangeQuery, basis: BasisQuery = None) -> TiesOut:
    """Check the ties between statements.

    Each declared rule with its two amounts and their difference, holding or not.
    """
    async with reading_at(request.app.state.services.db, basis) as (session, at):
        return TiesOut.of(await statements.report(await driver(session), period, at))
