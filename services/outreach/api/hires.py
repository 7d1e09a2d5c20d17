"""Recruitment events, and the hires they and other work led to."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from services.outreach import employers, keeping, queries
from services.outreach.api.parameters import (
    READ,
    WRITE,
    DaysQuery,
    EmployerQuery,
    SectorQuery,
    UnitQuery,
    id_path,
    wanted,
)
from services.outreach.domain.codes import EventKind
from services.outreach.queries import HIRES, RECRUITMENT_EVENTS
from services.outreach.schemas.fields import RetractionIn
from services.outreach.schemas.labour import (
    HireIn,
    HireOut,
    RecruitmentEventIn,
    RecruitmentEventOut,
)
from shared.dependencies import CallerDep, IfMatch, Reading, Transaction
from shared.paging import Page, Paging
from shared.responses import answered, created
from shared.routing import ServiceRouter

router = ServiceRouter(prefix="/hires", tag="hires")
events = ServiceRouter(prefix="/recruitment-events", tag="recruitment-events")

HirePath = Annotated[UUID, id_path("hireId")]
EventQuery = Annotated[
    UUID | None, Query(alias="recruitmentEventId", description="Only what the event led to")
]
KindQuery = Annotated[EventKind | None, Query(alias="kind", description="Only this kind")]
EventPath = Annotated[UUID, id_path("recruitmentEventId")]


@router.post("", scope=WRITE, status_code=201, answers=HireOut, idempotent=True)
async def record_hire(body: HireIn, session: Transaction, caller: CallerDep) -> Response:
    """Record how many an employer hired on a day.

    By sex; at least one person.
    """
    row = await employers.record_hire(session, body.values(), by=caller)
    return created(HireOut.of(row), location=f"/hires/{row.id}", version=row.version)


@router.get("", scope=READ)
async def list_hires(
    *,
    session: Reading,
    caller: CallerDep,
    paging: Paging,
    days: DaysQuery,
    employer: EmployerQuery = None,
    sector: SectorQuery = None,
    event: EventQuery = None,
    unit: UnitQuery = None,
) -> Page[HireOut]:
    """List hires.

    Those of the caller's units, the latest day first.
    """
    also = queries.in_sector(HIRES, sector)
    which = wanted(
        paging, days, also=also, employer=employer, recruitment_event_id=event, unit=unit
    )
    rows, total = await queries.listed(session, HIRES, which, by=caller)
    return Page.of([HireOut.of(row) for row in rows], total=total, paging=paging)


@router.get("/{hireId}", scope=READ, answers=HireOut)
async def read_hire(hire_id: HirePath, session: Reading, caller: CallerDep) -> Response:
    """Read one record of hires.

    The ETag names its version.
    """
    row = await queries.read(session, HIRES, hire_id, by=caller)
    return answered(HireOut.of(row), version=row.version)


@router.post("/{hireId}/retractions", scope=WRITE, status_code=201, answers=HireOut)
async def retract_hire(
    hire_id: HirePath,
    body: RetractionIn,
    session: Transaction,
    caller: CallerDep,
    version: IfMatch,
) -> Response:
    """Retract a record of hires.

    It never was true: figures from now on leave it out, those of an older basis keep it.
    """
    row = await employers.retract_hire(
        session, hire_id, version=version, reason=body.reason, by=caller
    )
    return created(HireOut.of(row), location=f"/hires/{row.id}", version=row.version)


@events.post("", scope=WRITE, status_code=201, answers=RecruitmentEventOut, idempotent=True)
async def record_recruitment_event(
    body: RecruitmentEventIn, session: Transaction, caller: CallerDep
) -> Response:
    """Record a recruitment event that was held.

    With one employer, or with several together (then none is named).
    """
    row = await employers.record_event(session, body.values(), by=caller)
    shown = RecruitmentEventOut.of(row)
    return created(shown, location=f"/recruitment-events/{row.id}", version=row.version)


@events.get("", scope=READ)
async def list_recruitment_events(
    *,
    session: Reading,
    caller: CallerDep,
    paging: Paging,
    days: DaysQuery,
    employer: EmployerQuery = None,
    sector: SectorQuery = None,
    kind: KindQuery = None,
    unit: UnitQuery = None,
) -> Page[RecruitmentEventOut]:
    """List recruitment events.

    Those of the caller's units, the latest day first.
    """
    also = queries.in_sector(RECRUITMENT_EVENTS, sector)
    which = wanted(paging, days, also=also, employer=employer, kind=kind, unit=unit)
    rows, total = await queries.listed(session, RECRUITMENT_EVENTS, which, by=caller)
    return Page.of([RecruitmentEventOut.of(row) for row in rows], total=total, paging=paging)


@events.get("/{recruitmentEventId}", scope=READ, answers=RecruitmentEventOut)
async def read_recruitment_event(
    event_id: EventPath, session: Reading, caller: CallerDep
) -> Response:
    """Read one recruitment event.

    The ETag names its version.
    """
    row = await queries.read(session, RECRUITMENT_EVENTS, event_id, by=caller)
    return answered(RecruitmentEventOut.of(row), version=row.version)


@events.post(
    "/{recruitmentEventId}/retractions",
    scope=WRITE,
    status_code=201,
    answers=RecruitmentEventOut,
)
async def retract_recruitment_event(
    event_id: EventPath,
    body: RetractionIn,
    session: Transaction,
    caller: CallerDep,
    version: IfMatch,
) -> Response:
    """Retract a recruitment event.

    It never was held.
    """
    row = await keeping.retract(
        session, RECRUITMENT_EVENTS, event_id, version=version, reason=body.reason, by=caller
    )
    shown = RecruitmentEventOut.of(row)
    return created(shown, location=f"/recruitment-events/{row.id}", version=row.version)
