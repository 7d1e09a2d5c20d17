"""Budget versions and investments."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import Response

from services.budget import budgets, investments
from services.budget.api.parameters import (
    POST,
    READ,
    BasisQuery,
    RangeQuery,
    VersionPath,
    YearQuery,
)
from services.budget.queries import planning
from services.budget.schemas.planning import (
    BudgetOut,
    BudgetVersionIn,
    BudgetVersionOut,
    BudgetVersionsOut,
    InvestmentCategoriesOut,
    InvestmentCategoryIn,
    InvestmentCategoryOut,
    InvestmentEntriesOut,
    InvestmentEntryIn,
    InvestmentEntryOut,
)
from shared.basis import reading_at
from shared.clock import utcnow
from shared.db import driver
from shared.dependencies import CallerDep, Reading, Transaction
from shared.responses import created
from shared.routing import ServiceRouter

budget = ServiceRouter(prefix="/budgets", tag="budgets")
versions = ServiceRouter(prefix="/budget-versions", tag="budget-versions")
categories = ServiceRouter(prefix="/investment-categories", tag="investment-categories")
entries = ServiceRouter(prefix="/investment-entries", tag="investment-entries")


@versions.post("", scope=POST, status_code=201, answers=BudgetVersionOut, idempotent=True)
async def record_budget_version(
    body: BudgetVersionIn, session: Transaction, caller: CallerDep
) -> Response:
    """Record a budget version.

    The first of a year is the council's decision; an adjustment says by how much rows change.
    """
    conn = await driver(session)
    record = budgets.decide if body.kind == "council_decision" else budgets.adjust
    lines = {line.row: line.amount for line in body.lines}
    version_id = await record(conn, body.to_decision(), lines=lines, by=caller.subject)
    made = BudgetVersionOut.of(await planning.budget_version(conn, version_id))
    return created(made, location=f"/budget-versions/{version_id}")


@versions.get("/{versionId}", scope=READ)
async def read_budget_version(version_id: VersionPath, session: Reading) -> BudgetVersionOut:
    """Read a budget version.

    What it gave each row, or by how much it changed it.
    """
    return BudgetVersionOut.of(await planning.budget_version(await driver(session), version_id))


@budget.get("", scope=READ)
async def read_budget(request: Request, period: RangeQuery, basis: BasisQuery = None) -> BudgetOut:
    """Read the budget of a year.

    As it stood on the last day of the period: each row with the versions that make it up. A
    version counts from the day it takes effect.
    """
    async with reading_at(request.app.state.services.db, basis) as (session, at):
        versions_of = await planning.versions_of(await driver(session), period, at)
    return BudgetOut.of(versions_of, period, at)


@versions.get("", scope=READ)
async def list_budget_versions(session: Reading, year: YearQuery = None) -> BudgetVersionsOut:
    """List budget versions.

    Oldest first, each with its rows.
    """
    return BudgetVersionsOut.of(await planning.budget_versions(await driver(session), year))


@categories.post("", scope=POST, status_code=201, answers=InvestmentCategoryOut, idempotent=True)
async def register_investment_category(
    body: InvestmentCategoryIn, session: Transaction, caller: CallerDep
) -> Response:
    """Register an investment category.

    A row of the investment follow-up.
    """
    await investments.add_category(
        await driver(session), code=body.code, name=body.name, by=caller.subject
    )
    shown = InvestmentCategoryOut(code=body.code, name=body.name)
    return created(shown, location="/investment-categories")


@categories.get("", scope=READ)
async def list_investment_categories(session: Reading) -> InvestmentCategoriesOut:
    """List investment categories.

    By code.
    """
    names = await planning.category_names(await driver(session), utcnow())
    items = [InvestmentCategoryOut(code=code, name=name) for code, name in names.items()]
    return InvestmentCategoriesOut(items=items)


@entries.post("", scope=POST, status_code=201, answers=InvestmentEntryOut, idempotent=True)
async def record_investment_entry(
    body: InvestmentEntryIn, session: Transaction, caller: CallerDep
) -> Response:
    """Record an investment entry.

    A plan, a forecast or an outcome. Entries are only added: a wrong one is taken back by
    another with the opposite sign.
    """
    conn = await driver(session)
    entry = investments.Entry(**{**dict(body), "stated_to": body.stated_to or 1})
    entry_id = await investments.record(conn, entry, by=caller.subject)
    rows = await planning.investment_entries(conn, body.year)
    made = next(row for row in rows if row["id"] == entry_id)
    return created(InvestmentEntryOut.of(made), location=f"/investment-entries?year={body.year}")


@entries.get("", scope=READ)
async def list_investment_entries(session: Reading, year: YearQuery = None) -> InvestmentEntriesOut:
    """List investment entries.

    In the order they were recorded.
    """
    return InvestmentEntriesOut.of(await planning.investment_entries(await driver(session), year))
