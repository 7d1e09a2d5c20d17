"""What a project costs and earns, year by year."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import Response

from services.budget import project_amounts
from services.budget.api.parameters import POST, READ, BasisQuery, MaybeRangeQuery, ProjectPath
from services.budget.api.reading import reading_now_or_at
from services.budget.domain.periods import NEWEST
from services.budget.queries import project_amounts as reads
from services.budget.queries.exchange_rates import rates_on
from services.budget.queries.ledger import last_day_of
from services.budget.queries.projects import known_at
from services.budget.schemas.project_amounts import (
    ProjectYearsOut,
    YearAmountsIn,
    YearAmountsOut,
)
from shared.db import driver
from shared.dependencies import CallerDep, Transaction
from shared.responses import created
from shared.routing import ServiceRouter

router = ServiceRouter(prefix="/projects/{projectId}/yearly-amounts", tag="yearly-amounts")


@router.post("", scope=POST, status_code=201, answers=YearAmountsOut, idempotent=True)
async def record_yearly_amounts(
    project_id: ProjectPath, body: YearAmountsIn, session: Transaction, caller: CallerDep
) -> Response:
    """Record yearly amounts of a project.

    Decided budget, plan, forecast, or outcome from before the ledger began; all that was said
    is kept, and the newest said holds.
    """
    conn = await driver(session)
    ids = await project_amounts.record(
        conn,
        project_id,
        [entry.to_domain() for entry in body.entries],
        period=body.period,
        note=body.note,
        by=caller.subject,
    )
    made = YearAmountsOut.of(await reads.some(conn, ids))
    return created(made, location=f"/projects/{project_id}/yearly-amounts")


@router.get("", scope=READ)
async def list_yearly_amounts(
    request: Request,
    project_id: ProjectPath,
    period: MaybeRangeQuery = None,
    basis: BasisQuery = None,
) -> ProjectYearsOut:
    """Read a project year by year.

    What holds for each year by the end of the period, or newest; and every amount ever said.
    """
    until = period.last if period else NEWEST
    async with reading_now_or_at(request, basis) as (conn, at):
        found = await known_at(conn, project_id, at)
        (years,) = await reads.years_of(conn, [found], until, at)
        rates = await rates_on(conn, await last_day_of(conn, until, at), at)
        entries = await reads.entries(conn, project_id, at)
    return ProjectYearsOut.of(years, entries, rates, basis)
