"""Concern reports: written by anybody in office, read by the responsible manager alone."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query
from starlette.responses import Response

from services.participants import concern_reports, queries
from services.participants.api.parameters import CONCERNS, LoggedReading, SealsDep, UnitQuery
from services.participants.schemas.concern_report import (
    ConcernCorrectionIn,
    ConcernDispatchIn,
    ConcernReportIn,
    ConcernReportOut,
    ConcernReportReadOut,
    ConcernVersionOut,
)
from shared.db import driver
from shared.dependencies import AccessedDep, CallerDep, IfMatch, Reading, Transaction
from shared.paging import Page, Paging
from shared.responses import answered, created
from shared.routing import ServiceRouter

router = ServiceRouter(prefix="/concern-reports", tag="concern-reports")

ReportPath = Annotated[UUID, Path(alias="concernReportId", description="The report's id")]
UnsentQuery = Annotated[bool, Query(alias="unsent", description="Only those not sent yet")]


@router.post("", scope=CONCERNS, status_code=201, answers=ConcernReportOut, idempotent=True)
async def write_concern_report(
    body: ConcernReportIn,
    session: Transaction,
    caller: CallerDep,
    seals: SealsDep,
    accessed: AccessedDep,
) -> Response:
    """Write a concern report.

    What it says is sealed and shown to the unit's responsible manager only, not to who wrote it.
    """
    row = await concern_reports.write(session, body, seals=seals, by=caller)
    accessed(row["id"])
    return _made(ConcernReportOut.of(row))


@router.get("", scope=CONCERNS)
async def list_concern_reports(
    session: Reading,
    caller: CallerDep,
    accessed: AccessedDep,
    paging: Paging,
    *,
    unit: UnitQuery = None,
    unsent: UnsentQuery = False,
) -> Page[ConcernReportOut]:
    """List concern reports of the units that the caller is responsible manager of today.

    Times and state only, those that have waited longest first.
    """
    rows, total = await queries.concern_reports_page(
        await driver(session), by=caller, paging=paging, unit=unit, unsent=unsent
    )
    accessed(*(row["id"] for row in rows))
    return Page.of([ConcernReportOut.of(row) for row in rows], total=total, paging=paging)


@router.get("/{concernReportId}", scope=CONCERNS, answers=ConcernReportReadOut)
async def read_concern_report(
    report_id: ReportPath,
    session: LoggedReading,
    caller: CallerDep,
    seals: SealsDep,
    accessed: AccessedDep,
) -> Response:
    """Read one concern report.

    For the unit's responsible manager of today; about a protected identity with
    participants:protected. The reading is logged under the report.
    """
    conn = await driver(session)
    row = await queries.concern_report(conn, report_id, by=caller)
    concern = await concern_reports.opened(conn, row, seals=seals, by=caller)
    accessed(report_id)
    return answered(ConcernReportReadOut.opened(row, concern), version=row["version"])


@router.get("/{concernReportId}/versions", scope=CONCERNS)
async def list_concern_report_versions(
    report_id: ReportPath,
    *,
    session: LoggedReading,
    caller: CallerDep,
    seals: SealsDep,
    accessed: AccessedDep,
    paging: Paging,
) -> Page[ConcernVersionOut]:
    """List what a concern report has said.

    The oldest version first; what ended it, and who.
    """
    versions = await concern_reports.history(
        await driver(session), report_id, seals=seals, by=caller
    )
    accessed(report_id)
    shown = versions[paging.offset : paging.offset + paging.limit]
    items = [ConcernVersionOut.of(version, concern) for version, concern in shown]
    return Page.of(items, total=len(versions), paging=paging)


@router.post(
    "/{concernReportId}/signatures", scope=CONCERNS, status_code=201, answers=ConcernReportOut
)
async def sign_concern_report(
    report_id: ReportPath,
    *,
    session: Transaction,
    caller: CallerDep,
    accessed: AccessedDep,
    version: IfMatch,
) -> Response:
    """Sign a concern report as the unit's responsible manager.

    It can then be sent.
    """
    row = await concern_reports.sign(session, report_id, expected=version, by=caller)
    accessed(report_id)
    return _made(ConcernReportOut.of(row))


@router.post(
    "/{concernReportId}/dispatches", scope=CONCERNS, status_code=201, answers=ConcernReportOut
)
async def send_concern_report(
    report_id: ReportPath,
    body: ConcernDispatchIn,
    *,
    session: Transaction,
    caller: CallerDep,
    accessed: AccessedDep,
    version: IfMatch,
) -> Response:
    """Record that a concern report was sent.

    The clock from suspicion to sending stops, unless a telephone call stopped it before.
    """
    row = await concern_reports.send(
        session, report_id, sent_at=body.sent_at, expected=version, by=caller
    )
    accessed(report_id)
    return _made(ConcernReportOut.of(row))


@router.post(
    "/{concernReportId}/corrections", scope=CONCERNS, status_code=201, answers=ConcernReportOut
)
async def correct_concern_report(
    report_id: ReportPath,
    body: ConcernCorrectionIn,
    *,
    session: Transaction,
    caller: CallerDep,
    seals: SealsDep,
    accessed: AccessedDep,
    version: IfMatch,
) -> Response:
    """Correct a concern report by a new version.

    The version before is kept with the reason; a report cannot be taken away.
    """
    row = await concern_reports.correct(
        session, report_id, body, expected=version, seals=seals, by=caller
    )
    accessed(report_id)
    return _made(ConcernReportOut.of(row))


def _made(report: ConcernReportOut) -> Response:
    return created(report, location=f"/concern-reports/{report.id}", version=report.version)
