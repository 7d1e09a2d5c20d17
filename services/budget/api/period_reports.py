"""Signed reports of a period."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Path
from starlette.responses import Response

from services.budget import period_reports
from services.budget.api.parameters import CLOSE, READ, YearQuery
from services.budget.queries import period_reports as reads
from services.budget.schemas.period_reports import (
    PeriodReportIn,
    PeriodReportOut,
    VerificationOut,
)
from shared.db import driver
from shared.dependencies import CallerDep, Reading, Transaction
from shared.paging import Page, Paging
from shared.responses import created
from shared.routing import ServiceRouter

router = ServiceRouter(prefix="/period-reports", tag="period-reports")

ReportPath = Annotated[UUID, Path(alias="reportId", description="The report's id")]


@router.post("", scope=CLOSE, status_code=201, answers=PeriodReportOut, idempotent=True)
async def sign_period_report(
    body: PeriodReportIn, session: Transaction, caller: CallerDep
) -> Response:
    """Sign the report of a period.

    Refused, with the list of what stands in the way, while a period that it uses is open, a tie
    is broken or a deviation lacks its comment.
    """
    conn = await driver(session)
    made = await period_reports.sign(conn, body.range, basis=body.basis, by=caller.subject)
    shown = PeriodReportOut.of(await reads.period_report(conn, made))
    return created(shown, location=f"/period-reports/{made}")


@router.get("", scope=READ)
async def list_period_reports(
    session: Reading, paging: Paging, year: YearQuery = None
) -> Page[PeriodReportOut]:
    """List signed reports.

    In the order they were signed.
    """
    rows, total = await reads.period_reports(
        await driver(session), year, limit=paging.limit, offset=paging.offset
    )
    return Page.of([PeriodReportOut.of(row) for row in rows], total=total, paging=paging)


@router.get("/{reportId}", scope=READ)
async def read_period_report(report_id: ReportPath, session: Reading) -> PeriodReportOut:
    """Read a signed report.

    Who signed what, at which basis, with the hash of it.
    """
    return PeriodReportOut.of(await reads.period_report(await driver(session), report_id))


@router.get("/{reportId}/verification", scope=READ)
async def verify_period_report(report_id: ReportPath, session: Reading) -> VerificationOut:
    """Verify a signed report.

    Everything is computed once more from the postings at the report's basis, in the format that
    it was signed in; what is not what was signed is named with both values.
    """
    return VerificationOut.of(await period_reports.verify(await driver(session), report_id))
