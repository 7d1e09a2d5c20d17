"""Attendance of a caller's units."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from services.participants.errors.hours import AttendanceNotFound
from services.participants.queries.enrolments import ATTENDED, Listed, Rows, page

if TYPE_CHECKING:
    from shared.auth import Caller
    from shared.db import Connection
    from shared.paging import PageRequest

ATTENDANCE = Listed(
    """r.id, r.enrolment_id, r.person_id, r.unit, r.programme, r.day, r.minutes,
       r.source_key as external_reference, r.retracted_at is not null as retracted,
       r.covered, r.version""",
    """(select a.*, e.person_id, e.unit, e.programme,
               e.retracted_at is null and a.day >= e.started_on
               and a.day < coalesce(e.exited_on, 'infinity') as covered
        from attendance a join enrolment e on e.id = a.enrolment_id) r
       join person p on p.id = r.person_id""",
    "r.day, r.id",
    AttendanceNotFound,
)

_ATTENDED = f"""
    select {ATTENDED} from enrolment e cross join (select $2::date as month) h where e.id = $1
"""


async def attendance_page(
    conn: Connection,
    *,
    by: Caller,
    paging: PageRequest,
    enrolment: UUID | None,
    programme: str | None,
    month: date | None,
) -> Rows:
    """Return one page of days attended, taken-back ones included."""
    where = {
        "r.enrolment_id = {}": enrolment,
        "r.programme = {}": programme,
        "r.day >= {} and r.day < {} + interval '1 month'": month,
    }
    return await page(conn, ATTENDANCE, by=by, paging=paging, where=where)


async def attended_minutes(conn: Connection, enrolment_id: UUID, month: date) -> int:
    """Return the minutes on record for a month, on days that the enrolment covers."""
    minutes: int = await conn.fetchval(_ATTENDED, enrolment_id, month)
    return minutes
