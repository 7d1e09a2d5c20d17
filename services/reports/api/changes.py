"""Why the numbers of a report moved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec
from fastapi import Query, Request
from starlette.responses import Response

from services.reports import changes, committee_reports, kept_reports, reporting
from services.reports.api.assembling import cache_of, settings_of
from services.reports.api.parameters import QuestionDep, ReportPath
from services.reports.changes import Between, Services
from services.reports.clients import Providers
from services.reports.schemas.changes import ReportChangesOut
from shared.db import driver
from shared.models import Instant
from shared.routing import CallerDep, ServiceRouter, kept_bytes

if TYPE_CHECKING:
    from services.reports.domain.assembly import Document
    from shared.auth import Caller
    from shared.context import ServiceContext

router = ServiceRouter(prefix="", tag="changes")

READ = "reports:committee"

SinceQuery = Annotated[
    Instant, Query(alias="since", description="The earlier basis: that of an earlier report")
]
OtherBasisQuery = Annotated[
    Instant, Query(alias="since", description="A basis earlier or later than the report's own")
]


@router.get("/committee-report-changes", scope=READ, answers=ReportChangesOut)
async def read_report_changes(
    request: Request, caller: CallerDep, asked: QuestionDep, since: SinceQuery
) -> Response:
    """Read why the numbers of a report moved from one basis to another.

    Every value of every table, before and after, with its difference in seven parts that sum
    to it exactly: new facts, late facts, corrections, retractions, merges, changed rules and
    changed areas. A share is divided anew for each of them. Values are as the report shows
    them. For the committee only: exact differences would tell what is withheld from the public.
    """
    document = await explained(request, caller, asked, Between(since, asked.basis))
    return _answered(request, document)


@router.get("/committee-reports/{reportId}/changes", scope=READ, answers=ReportChangesOut)
async def read_kept_report_changes(
    request: Request,
    caller: CallerDep,
    report_id: ReportPath,
    since: OtherBasisQuery,
) -> Response:
    """Read why the numbers of a kept report moved.

    From an earlier basis to the report's own; or, with a later one, from the report's own to
    that. What the report says otherwise than its question gives at its basis today was counted
    by an earlier version of a definition, and is told as a changed rule. The token needs every
    unit, as the report is about all of them.
    """
    committee_reports.require_every_unit(caller)
    context: ServiceContext = request.app.state.services
    async with context.db.read() as session:  # closed before the services are asked
        conn = await driver(session)
        row = await kept_reports.found(conn, report_id)
        body = await kept_reports.content(conn, report_id)
    kept: Document = msgspec.json.decode(body)
    between = Between.of_kept(kept, row["basis"], since)
    document = await explained(request, caller, committee_reports.question(row), between)
    return _answered(request, document)


async def explained(
    request: Request, caller: Caller, asked: reporting.Request, between: Between
) -> Document:
    """Return why a report's numbers moved, asked for with the caller's own token."""
    context: ServiceContext = request.app.state.services
    providers = context.get(Providers)
    return await changes.changes(
        context.db,
        Services(providers.asked_by(caller), providers.explained_to(caller)),
        asked,
        between,
        time_budget=settings_of(request).time_budget,
    )


def _answered(request: Request, document: Document) -> Response:
    body, tag = reporting.encode(document)
    return kept_bytes(request, body, tag=tag, cache=cache_of(document))
