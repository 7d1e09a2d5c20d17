"""Collaborations: what is done together with partners, and whether it goes on."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from services.outreach import collaborations, keeping, queries
from services.outreach.api.parameters import (
    READ,
    WRITE,
    DaysQuery,
    PartnerQuery,
    UnitQuery,
    id_path,
    wanted,
)
from services.outreach.domain.codes import CollaborationKind, CollaborationState
from services.outreach.models import Collaboration
from services.outreach.queries import COLLABORATIONS, Session
from services.outreach.schemas.fields import RetractionIn
from services.outreach.schemas.partners import (
    CollaborationChangeIn,
    CollaborationIn,
    CollaborationOut,
    StateChangeIn,
)
from shared.clock import today
from shared.dependencies import CallerDep, IfMatch, Reading, Transaction
from shared.models import LocalDate
from shared.paging import Page, Paging
from shared.responses import answered, created
from shared.routing import ServiceRouter

router = ServiceRouter(prefix="/collaborations", tag="collaborations")

CollaborationPath = Annotated[UUID, id_path("collaborationId")]
OnQuery = Annotated[
    LocalDate | None, Query(alias="on", description="The day that state refers to; today")
]
StateQuery = Annotated[
    CollaborationState | None, Query(alias="state", description="Only those in it on that day")
]
KindQuery = Annotated[CollaborationKind | None, Query(alias="kind", description="Only this kind")]


@router.post("", scope=WRITE, status_code=201, answers=CollaborationOut, idempotent=True)
async def record_collaboration(
    body: CollaborationIn, session: Transaction, caller: CallerDep
) -> Response:
    """Record a collaboration.

    It is active from its first day, until it is paused or ended.
    """
    row = await collaborations.begin(session, body.values(), by=caller)
    return await _made(session, row)


@router.get("", scope=READ)
async def list_collaborations(
    *,
    session: Reading,
    caller: CallerDep,
    paging: Paging,
    days: DaysQuery,
    partner: PartnerQuery = None,
    unit: UnitQuery = None,
    kind: KindQuery = None,
    state: StateQuery = None,
    on: OnQuery = None,
) -> Page[CollaborationOut]:
    """List collaborations.

    Those of the caller's units; `from` and `to` limit their first day, the latest first.
    """
    day = on or today()
    also = (*queries.with_partner(partner), *queries.in_state(state, day))
    which = wanted(paging, days, also=also, unit=unit, kind=kind)
    rows, total = await queries.listed(session, COLLABORATIONS, which, by=caller)
    changes = await queries.state_changes(session, [row.id for row in rows])
    items = [CollaborationOut.told(row, changes[row.id], day=day) for row in rows]
    return Page.of(items, total=total, paging=paging)


@router.get("/{collaborationId}", scope=READ, answers=CollaborationOut)
async def read_collaboration(
    collaboration_id: CollaborationPath, session: Reading, caller: CallerDep, on: OnQuery = None
) -> Response:
    """Read one collaboration.

    The ETag names its version.
    """
    row = await queries.read(session, COLLABORATIONS, collaboration_id, by=caller)
    changes = await queries.state_changes(session, [row.id])
    shown = CollaborationOut.told(row, changes[row.id], day=on or today())
    return answered(shown, version=row.version)


@router.patch("/{collaborationId}", scope=WRITE, answers=CollaborationOut)
async def change_collaboration(
    collaboration_id: CollaborationPath,
    body: CollaborationChangeIn,
    session: Transaction,
    caller: CallerDep,
    version: IfMatch,
) -> Response:
    """Change or correct a collaboration.

    Pausing, resuming and ending it have routes of their own.
    """
    row = await collaborations.change(
        session, collaboration_id, body.values(), version=version, reason=body.reason, by=caller
    )
    return answered(await _told(session, row), version=row.version)


async def _enter(
    state: CollaborationState,
    collaboration_id: UUID,
    body: StateChangeIn,
    *,
    session: Transaction,
    caller: CallerDep,
    version: int,
) -> Response:
    row = await collaborations.enter(
        session,
        collaboration_id,
        state,
        day=body.valid_from,
        reason=body.reason,
        version=version,
        by=caller,
    )
    return await _made(session, row)


@router.post("/{collaborationId}/pauses", scope=WRITE, status_code=201, answers=CollaborationOut)
async def pause_collaboration(
    collaboration_id: CollaborationPath,
    body: StateChangeIn,
    session: Transaction,
    caller: CallerDep,
    version: IfMatch,
) -> Response:
    """Pause a collaboration.

    From a day on, until it is resumed or ended.
    """
    state = CollaborationState.PAUSED
    return await _enter(
        state, collaboration_id, body, session=session, caller=caller, version=version
    )


@router.post(
    "/{collaborationId}/resumptions", scope=WRITE, status_code=201, answers=CollaborationOut
)
async def resume_collaboration(
    collaboration_id: CollaborationPath,
    body: StateChangeIn,
    session: Transaction,
    caller: CallerDep,
    version: IfMatch,
) -> Response:
    """Resume a paused collaboration.

    It is active again from a day on.
    """
    state = CollaborationState.ACTIVE
    return await _enter(
        state, collaboration_id, body, session=session, caller=caller, version=version
    )


@router.post("/{collaborationId}/ends", scope=WRITE, status_code=201, answers=CollaborationOut)
async def end_collaboration(
    collaboration_id: CollaborationPath,
    body: StateChangeIn,
    session: Transaction,
    caller: CallerDep,
    version: IfMatch,
) -> Response:
    """End a collaboration.

    `validFrom` is the first day without it. An end is the end: what begins again is a new one.
    """
    state = CollaborationState.ENDED
    return await _enter(
        state, collaboration_id, body, session=session, caller=caller, version=version
    )


@router.post(
    "/{collaborationId}/state-retractions",
    scope=WRITE,
    status_code=201,
    answers=CollaborationOut,
)
async def retract_state(
    collaboration_id: CollaborationPath,
    body: RetractionIn,
    session: Transaction,
    caller: CallerDep,
    version: IfMatch,
) -> Response:
    """Retract the latest pause, resumption or end.

    It never was: the state before it goes on.
    """
    row = await collaborations.take_back_state(
        session, collaboration_id, version=version, reason=body.reason, by=caller
    )
    return await _made(session, row)


@router.post(
    "/{collaborationId}/retractions", scope=WRITE, status_code=201, answers=CollaborationOut
)
async def retract_collaboration(
    collaboration_id: CollaborationPath,
    body: RetractionIn,
    session: Transaction,
    caller: CallerDep,
    version: IfMatch,
) -> Response:
    """Retract a collaboration.

    It never was: figures from now on leave it out, those of an older basis keep it.
    """
    row = await keeping.retract(
        session, COLLABORATIONS, collaboration_id, version=version, reason=body.reason, by=caller
    )
    return await _made(session, row)


async def _told(session: Session, row: Collaboration) -> CollaborationOut:
    changes = await queries.state_changes(session, [row.id])
    return CollaborationOut.told(row, changes[row.id], day=today())


async def _made(session: Session, row: Collaboration) -> Response:
    shown = await _told(session, row)
    return created(shown, location=f"/collaborations/{row.id}", version=row.version)
