"""Schedules, their exceptions, and previews."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from starlette.responses import Response

from services.outreach import queries, schedules
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
from services.outreach.domain.holidays import holiday
from services.outreach.domain.schedules import ruled, skipped
from services.outreach.queries import SCHEDULE_EXCEPTIONS, SCHEDULES
from services.outreach.schemas.fields import RetractionIn
from services.outreach.schemas.schedules import (
    OccasionOut,
    ScheduleChangeIn,
    ScheduleExceptionIn,
    ScheduleExceptionOut,
    ScheduleIn,
    ScheduleOut,
    SchedulePreviewIn,
    SchedulePreviewOut,
)
from shared.dependencies import CallerDep, IfMatch, Reading, Transaction
from shared.paging import Page, Paging
from shared.responses import answered, created
from shared.routing import ServiceRouter

router = ServiceRouter(prefix="/schedules", tag="schedules")
exceptions = ServiceRouter(prefix="/schedule-exceptions", tag="schedule-exceptions")
previews = ServiceRouter(prefix="/schedule-previews", tag="schedule-previews")

SchedulePath = Annotated[UUID, id_path("scheduleId")]
ExceptionPath = Annotated[UUID, id_path("scheduleExceptionId")]


@router.post("", scope=WRITE, status_code=201, answers=ScheduleOut, idempotent=True)
async def register_schedule(body: ScheduleIn, session: Transaction, caller: CallerDep) -> Response:
    """Register a schedule.

    Its sessions are planned at once, from its first day, and from then on ahead of time.
    """
    row, new = await schedules.register(session, body.values(), by=caller)
    shown = ScheduleOut.of(row)
    if not new:
        return answered(shown, version=row.version)
    return created(shown, location=f"/schedules/{row.id}", version=row.version)


@router.get("", scope=READ)
async def list_schedules(
    *,
    session: Reading,
    caller: CallerDep,
    paging: Paging,
    days: DaysQuery,
    operation: OperationQuery = None,
    venue: VenueQuery = None,
    unit: UnitQuery = None,
) -> Page[ScheduleOut]:
    """List schedules.

    Those of the caller's units, by first day, the latest first.
    """
    which = wanted(paging, days, operation=operation, venue=venue, unit=unit)
    rows, total = await queries.listed(session, SCHEDULES, which, by=caller)
    return Page.of([ScheduleOut.of(row) for row in rows], total=total, paging=paging)


@router.get("/{scheduleId}", scope=READ, answers=ScheduleOut)
async def read_schedule(schedule_id: SchedulePath, session: Reading, caller: CallerDep) -> Response:
    """Read one schedule.

    The ETag names its version.
    """
    row = await queries.read(session, SCHEDULES, schedule_id, by=caller)
    return answered(ScheduleOut.of(row), version=row.version)


@router.patch("/{scheduleId}", scope=WRITE, answers=ScheduleOut)
async def change_schedule(
    schedule_id: SchedulePath,
    body: ScheduleChangeIn,
    session: Transaction,
    caller: CallerDep,
    version: IfMatch,
) -> Response:
    """Change a schedule from a day on.

    Planned sessions that nobody has touched follow; the others, and earlier ones, stay.
    """
    row = await schedules.change(
        session, schedule_id, body.values(), version=version, reason=body.reason, by=caller
    )
    return answered(ScheduleOut.of(row), version=row.version)


@router.post(
    "/{scheduleId}/exceptions",
    scope=WRITE,
    status_code=201,
    answers=ScheduleExceptionOut,
    idempotent=True,
)
async def depart_from_schedule(
    schedule_id: SchedulePath, body: ScheduleExceptionIn, session: Transaction, caller: CallerDep
) -> Response:
    """Stop a schedule for some days, move a day, or add one.

    Sessions in a stop are cancelled with its reason, and come back when it is retracted.
    """
    row, new = await schedules.depart(session, schedule_id, body.values(), by=caller)
    shown = ScheduleExceptionOut.of(row)
    if not new:
        return answered(shown, version=row.version)
    return created(shown, location=f"/schedule-exceptions/{row.id}", version=row.version)


@router.get("/{scheduleId}/exceptions", scope=READ)
async def list_schedule_exceptions(
    schedule_id: SchedulePath, session: Reading, caller: CallerDep, paging: Paging, days: DaysQuery
) -> Page[ScheduleExceptionOut]:
    """List a schedule's exceptions.

    Retracted ones too; by first day, the latest first.
    """
    schedule = await queries.read(session, SCHEDULES, schedule_id, by=caller)
    which = wanted(paging, days, schedule_id=schedule.id)
    rows, total = await queries.listed(session, SCHEDULE_EXCEPTIONS, which, by=caller)
    return Page.of([ScheduleExceptionOut.of(row) for row in rows], total=total, paging=paging)


@exceptions.get("/{scheduleExceptionId}", scope=READ, answers=ScheduleExceptionOut)
async def read_schedule_exception(
    exception_id: ExceptionPath, session: Reading, caller: CallerDep
) -> Response:
    """Read one exception.

    The ETag names its version.
    """
    row = await queries.read(session, SCHEDULE_EXCEPTIONS, exception_id, by=caller)
    return answered(ScheduleExceptionOut.of(row), version=row.version)


@exceptions.post(
    "/{scheduleExceptionId}/retractions",
    scope=WRITE,
    status_code=201,
    answers=ScheduleExceptionOut,
)
async def retract_schedule_exception(
    exception_id: ExceptionPath,
    body: RetractionIn,
    session: Transaction,
    caller: CallerDep,
    version: IfMatch,
) -> Response:
    """Take an exception back.

    The sessions follow the schedule again, unless somebody has touched them since.
    """
    row = await schedules.retract_exception(
        session, exception_id, version=version, reason=body.reason, by=caller
    )
    shown = ScheduleExceptionOut.of(row)
    return created(shown, location=f"/schedule-exceptions/{row.id}", version=row.version)


@previews.post("", scope=READ, answers=SchedulePreviewOut)
async def preview_schedule(body: SchedulePreviewIn) -> SchedulePreviewOut:
    """Preview what a schedule gives.

    Nothing is written: POST because a schedule does not fit in an address. Each day of the
    rule, with the holidays that it leaves out.
    """
    plan = schedules.previewed(body.model_dump(), first=body.first, last=body.last)
    items = [
        OccasionOut.on(day, body, holiday=holiday(day), skipped=skipped(plan, day) is not None)
        for day in ruled(plan, first=body.first, last=body.last)
    ]
    return SchedulePreviewOut(items=items)
