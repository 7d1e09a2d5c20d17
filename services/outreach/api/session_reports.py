"""Session reports: a held session and its visitors, from a telephone, in one request."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from starlette.responses import Response

from services.outreach import queries, session_reports
from services.outreach.api.parameters import READ, WRITE, id_path
from services.outreach.models import SessionReport
from services.outreach.queries import Session
from services.outreach.schemas.meetings import ContactOut, SessionOut, VisitTallyOut
from services.outreach.schemas.session_reports import SessionReportIn, SessionReportOut
from shared.dependencies import AccessedDep, CallerDep, Reading, Transaction
from shared.responses import answered, created
from shared.routing import ServiceRouter
from shared.unit import Accessed

router = ServiceRouter(prefix="/session-reports", tag="session-reports")

ReportPath = Annotated[UUID, id_path("sessionReportId")]


@router.post("", scope=WRITE, status_code=201, answers=SessionReportOut, idempotent=True)
async def report_session(
    body: SessionReportIn, session: Transaction, caller: CallerDep, accessed: AccessedDep
) -> Response:
    """Report a held session with its visits and contacts.

    Of a session that was planned here (`sessionId`), that a schedule gave (`scheduleId` and
    `scheduledOn`), or that is new (`session`). All of it is taken or nothing. The report may be
    sent again, on any day and with any key: the answer is then 200 and nothing is counted
    twice; its id with other content is refused, naming what differs. A further report of the
    same session adds age groups and contacts.
    """
    row, new = await session_reports.report(session, body.report(), by=caller)
    shown = await _shown(session, row, accessed)
    if not new:
        return answered(shown)
    return created(shown, location=f"/session-reports/{row.id}")


@router.get("/{sessionReportId}", scope=READ, answers=SessionReportOut)
async def read_session_report(
    report_id: ReportPath, session: Reading, caller: CallerDep, accessed: AccessedDep
) -> Response:
    """Read one session report.

    What it led to is shown as it stands now, later corrections included.
    """
    row = await queries.session_report(session, report_id, by=caller)
    return answered(await _shown(session, row, accessed))


async def _shown(session: Session, row: SessionReport, accessed: Accessed) -> SessionReportOut:
    held, tallies, contacts = await queries.reported(session, row)
    for contact in contacts:
        if contact.person_id is not None:
            accessed(contact.person_id)
    return SessionReportOut(
        id=row.id,
        session=SessionOut.of(held),
        visits=[VisitTallyOut.of(tally) for tally in tallies],
        contacts=[ContactOut.of(contact) for contact in contacts],
        recorded_at=row.recorded_at,
    )
