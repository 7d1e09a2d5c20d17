"""Advisory sessions with people who are not enrolled."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Path
from starlette.responses import Response

from services.participants import advisory_sessions, queries
from services.participants.api.parameters import READ, WRITE, LoggedReading, PersonQuery, UnitQuery
from services.participants.schemas.enrolment import (
    AdvisorySessionCorrectionIn,
    AdvisorySessionIn,
    AdvisorySessionOut,
    RetractionIn,
)
from shared.db import driver
from shared.dependencies import AccessedDep, CallerDep, IfMatch, Reading, Transaction
from shared.paging import Page, Paging
from shared.responses import answered, created
from shared.routing import ServiceRouter

router = ServiceRouter(prefix="/advisory-sessions", tag="advisory-sessions")

SessionPath = Annotated[UUID, Path(alias="advisorySessionId", description="The session's id")]


@router.post("", scope=WRITE, status_code=201, answers=AdvisorySessionOut, idempotent=True)
async def hold_advisory_session(
    body: AdvisorySessionIn, session: Transaction, caller: CallerDep, accessed: AccessedDep
) -> Response:
    """Record an advisory session.

    For people who are not enrolled on the day, at most three each: a fourth is refused.
    """
    accessed(body.person_id)
    row = await advisory_sessions.hold(session, body, by=caller)
    return created(
        AdvisorySessionOut.of(row),
        location=f"/advisory-sessions/{row['id']}",
        version=row["version"],
    )


@router.get("", scope=READ)
async def list_advisory_sessions(
    session: Reading,
    caller: CallerDep,
    accessed: AccessedDep,
    paging: Paging,
    *,
    unit: UnitQuery = None,
    person: PersonQuery = None,
) -> Page[AdvisorySessionOut]:
    """List advisory sessions at the caller's units.

    Whose sessions are shown is logged.
    """
    rows, total = await queries.advisory_sessions_page(
        await driver(session), by=caller, paging=paging, unit=unit, person=person
    )
    accessed(*(row["person_id"] for row in rows))
    return Page.of([AdvisorySessionOut.of(row) for row in rows], total=total, paging=paging)


@router.get("/{advisorySessionId}", scope=READ, answers=AdvisorySessionOut)
async def read_advisory_session(
    session_id: SessionPath, session: LoggedReading, caller: CallerDep, accessed: AccessedDep
) -> Response:
    """Read one advisory session.

    The ETag names its version.
    """
    row = await queries.one(await driver(session), queries.ADVISORY_SESSION, session_id, by=caller)
    accessed(row["person_id"])
    return answered(AdvisorySessionOut.of(row), version=row["version"])


@router.post(
    "/{advisorySessionId}/corrections", scope=WRITE, status_code=201, answers=AdvisorySessionOut
)
async def correct_advisory_session(
    session_id: SessionPath,
    body: AdvisorySessionCorrectionIn,
    *,
    session: Transaction,
    caller: CallerDep,
    accessed: AccessedDep,
    version: IfMatch,
) -> Response:
    """Correct what was recorded wrongly.

    The version before is kept with the reason; figures of earlier bases do not move.
    """
    row = await advisory_sessions.correct(session, session_id, body, expected=version, by=caller)
    accessed(row["person_id"])
    return created(
        AdvisorySessionOut.of(row),
        location=f"/advisory-sessions/{session_id}",
        version=row["version"],
    )


@router.post(
    "/{advisorySessionId}/retractions", scope=WRITE, status_code=201, answers=AdvisorySessionOut
)
async def retract_advisory_session(
    session_id: SessionPath,
    body: RetractionIn,
    *,
    session: Transaction,
    caller: CallerDep,
    accessed: AccessedDep,
    version: IfMatch,
) -> Response:
    """Take back an advisory session that never was held.

    The person may then be advised once more.
    """
    row = await advisory_sessions.retract(
        session, session_id, expected=version, reason=body.reason, by=caller
    )
    accessed(row["person_id"])
    return created(
        AdvisorySessionOut.of(row),
        location=f"/advisory-sessions/{session_id}",
        version=row["version"],
    )
