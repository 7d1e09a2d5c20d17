"""Attendance (närvaro), as the register delivers it."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query

from services.participants import queries
from services.participants.api.parameters import READ, ProgrammeQuery
from services.participants.schemas.hours import AttendanceOut, Month, first_day
from shared.db import driver
from shared.dependencies import AccessedDep, CallerDep, Reading
from shared.paging import Page, Paging
from shared.routing import ServiceRouter

router = ServiceRouter(prefix="/attended-days", tag="attended-days")

EnrolmentQuery = Annotated[
    UUID | None, Query(alias="enrolmentId", description="Only this enrolment's")
]
MonthQuery = Annotated[Month | None, Query(alias="month", description="Only of this month")]


@router.get("", scope=READ)
async def list_attended_days(
    session: Reading,
    caller: CallerDep,
    accessed: AccessedDep,
    paging: Paging,
    *,
    enrolment: EnrolmentQuery = None,
    programme: ProgrammeQuery = None,
    month: MonthQuery = None,
) -> Page[AttendanceOut]:
    """List days attended in the caller's units.

    By day, what was taken back included; days that the enrolment does not cover count for
    nothing and are marked. Whose attendance is shown is logged.
    """
    rows, total = await queries.attendance_page(
        await driver(session),
        by=caller,
        paging=paging,
        enrolment=enrolment,
        programme=programme,
        month=None if month is None else first_day(month),
    )
    accessed(*(row["person_id"] for row in rows))
    return Page.of([AttendanceOut.of(row) for row in rows], total=total, paging=paging)
