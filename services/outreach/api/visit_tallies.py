"""Visit tallies, of sessions and of the register."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from services.outreach import keeping, queries, visits
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
from services.outreach.queries import TALLIES
from services.outreach.schemas.fields import RetractionIn
from services.outreach.schemas.meetings import VisitTallyChangeIn, VisitTallyOut
from shared.dependencies import CallerDep, IfMatch, Reading, Transaction
from shared.paging import Page, Paging
from shared.responses import answered, created
from shared.routing import ServiceRouter

router = ServiceRouter(prefix="/visit-tallies", tag="visit-tallies")

TallyPath = Annotated[UUID, id_path("visitTallyId")]
SessionQuery = Annotated[UUID | None, Query(alias="sessionId", description="Only this session's")]


@router.get("", scope=READ)
async def list_visit_tallies(
    *,
    session: Reading,
    caller: CallerDep,
    paging: Paging,
    days: DaysQuery,
    operation: OperationQuery = None,
    venue: VenueQuery = None,
    unit: UnitQuery = None,
    session_id: SessionQuery = None,
) -> Page[VisitTallyOut]:
    """List visit tallies.

    Those of the caller's units, the latest day first.
    """
    which = wanted(paging, days, operation=operation, venue=venue, unit=unit, session_id=session_id)
    rows, total = await queries.listed(session, TALLIES, which, by=caller)
    return Page.of([VisitTallyOut.of(row) for row in rows], total=total, paging=paging)


@router.get("/{visitTallyId}", scope=READ, answers=VisitTallyOut)
async def read_visit_tally(tally_id: TallyPath, session: Reading, caller: CallerDep) -> Response:
    """Read one visit tally.

    The ETag names its version.
    """
    row = await queries.read(session, TALLIES, tally_id, by=caller)
    return answered(VisitTallyOut.of(row), version=row.version)


@router.patch("/{visitTallyId}", scope=WRITE, answers=VisitTallyOut)
async def correct_visit_tally(
    tally_id: TallyPath,
    body: VisitTallyChangeIn,
    session: Transaction,
    caller: CallerDep,
    version: IfMatch,
) -> Response:
    """Correct a visit tally.

    One that a register pushed is corrected where it came from.
    """
    row = await visits.correct(
        session, tally_id, body.values(), version=version, reason=body.reason, by=caller
    )
    return answered(VisitTallyOut.of(row), version=row.version)


@router.post("/{visitTallyId}/retractions", scope=WRITE, status_code=201, answers=VisitTallyOut)
async def retract_visit_tally(
    tally_id: TallyPath,
    body: RetractionIn,
    session: Transaction,
    caller: CallerDep,
    version: IfMatch,
) -> Response:
    """Retract a visit tally.

    It never was true: figures from now on leave it out, those of an older basis keep it.
    """
    row = await keeping.retract(
        session, TALLIES, tally_id, version=version, reason=body.reason, by=caller
    )
    return created(VisitTallyOut.of(row), location=f"/visit-tallies/{row.id}", version=row.version)
