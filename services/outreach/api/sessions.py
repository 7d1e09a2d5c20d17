"""Sessions and the visits counted at them."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from services.outreach import queries, sessions, visits
from services.outreach.api.parameters import (
    READ,
    WRITE,
    DaysQuery,
    OperationQuery,
    UnitQuery,
    VenueQuery,
    id_path,
    wanted,
)
from services.outreach.domain.codes import SessionState
from services.outreach.queries import SESSIONS
from services.outreach.schemas.meetings import (
    ListedSessionOut,
    SessionChangeIn,
    SessionIn,
    SessionOut,
    VisitTallyIn,
    VisitTallyOut,
)
from shared.clock import utcnow
from shared.dependencies import CallerDep, IfMatch, Reading, Transaction
from shared.paging import Page, Paging
from shared.responses import answered, created
from shared.routing import ServiceRouter

router = ServiceRouter(prefix="/sessions", tag="sessions")

SessionPath = Annotated[UUID, id_path("sessionId")]
StateQuery = Annotated[SessionState | None, Query(alias="state", description="Only in this state")]

UnreportedQuery = Annotated[
    bool,
    Query(
        alias="unreported",
        description="Only those that are over and of which something remains to be said: whether "
        "they were held, or who came",
    ),
]
SortQuery = Annotated[
    Literal["plannedOn", "-plannedOn"],
    Query(alias="sort", description="The earliest day first, or the latest (with a minus)"),
]


@router.post("", scope=WRITE, status_code=201, answers=SessionOut, idempotent=True)
async def register_session(body: SessionIn, session: Transaction, caller: CallerDep) -> Response:
    """Register a session.

    Planned, or already held. With an id made by the client it may be sent again: the answer
    is then 200 and nothing is stored twice.
    """
    row, new = await sessions.register(session, body.values(), by=caller)
    shown = SessionOut.of(row)
    if not new:
        return answered(shown, version=row.version)
    return created(shown, location=f"/sessions/{row.id}", version=row.version)


@router.get("", scope=READ)
async def list_sessions(
    *,
    session: Reading,
    caller: CallerDep,
    paging: Paging,
    days: DaysQuery,
    operation: OperationQuery = None,
    venue: VenueQuery = None,
    unit: UnitQuery = None,
    state: StateQuery = None,
    unreported: UnreportedQuery = False,
    sort: SortQuery = "-plannedOn",
) -> Page[ListedSessionOut]:
    """List sessions.

    Those of the caller's units, the latest day first unless `sort` says otherwise.
    """
    now = utcnow()
    also = queries.unreported(now) if unreported else ()
    soonest = SESSIONS.day if sort == "plannedOn" else None
    equal = {"operation": operation, "venue": venue, "unit": unit, "state": state}
    which = wanted(paging, days, also=also, soonest=soonest, **equal)
    rows, total = await queries.listed(session, SESSIONS, which, by=caller)
    said = await queries.recorded(session, [row.id for row in rows])
    shown = [ListedSessionOut.listed(row, recorded=row.id in said, now=now) for row in rows]
    return Page.of(shown, total=total, paging=paging)


@router.get("/{sessionId}", scope=READ, answers=SessionOut)
async def read_session(session_id: SessionPath, session: Reading, caller: CallerDep) -> Response:
    """Read one session.

    The ETag names its version.
    """
    row = await queries.read(session, SESSIONS, session_id, by=caller)
    return answered(SessionOut.of(row), version=row.version)


@router.patch("/{sessionId}", scope=WRITE, answers=SessionOut)
async def change_session(
    session_id: SessionPath,
    body: SessionChangeIn,
    session: Transaction,
    caller: CallerDep,
    version: IfMatch,
) -> Response:
    """Change a session.

    Hold it, cancel it with a reason, or correct it with one. Its visits move with it, and so do
    contacts that were said to have happened where and when it was.
    """
    row = await sessions.change(
        session, session_id, body.values(), version=version, reason=body.reason, by=caller
    )
    return answered(SessionOut.of(row), version=row.version)


@router.post(
    "/{sessionId}/visit-tallies",
    scope=WRITE,
    status_code=201,
    answers=VisitTallyOut,
    idempotent=True,
)
async def count_visits(
    session_id: SessionPath, body: VisitTallyIn, session: Transaction, caller: CallerDep
) -> Response:
    """Count the visits of one age group at a held session.

    All zero says that nobody came. With an id made by the client it may be sent again.
    """
    row, new = await visits.count(session, session_id, body.values(), by=caller)
    shown = VisitTallyOut.of(row)
    if not new:
        return answered(shown, version=row.version)
    return created(shown, location=f"/visit-tallies/{row.id}", version=row.version)
