"""Activities of a caller's units."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, TypeAlias
from uuid import UUID

from services.participants.errors.activities import ActivityNotFound
from services.participants.queries.enrolments import ABOUT_PERSON, Listed, page

if TYPE_CHECKING:
    from services.participants.queries.enrolments import Rows
    from shared.auth import Caller
    from shared.db import Connection
    from shared.paging import PageRequest

ACTIVITY = Listed(
    """r.id, r.enrolment_id, r.person_id, r.unit, r.programme, r.kind, r.provider,
       r.hours_per_month, r.started_on, r.ended_on, r.outcome, r.ended_by_exit,
       r.retracted_at is not null as retracted, r.version""",
    """(select a.*, e.person_id, e.unit, e.programme
        from activity a join enrolment e on e.id = a.enrolment_id) r
       join person p on p.id = r.person_id""",
    "r.started_on desc, r.id",
    ActivityNotFound,
)

_CONDITIONS = {
    "unit": "r.unit = {}",
    "person": ABOUT_PERSON,
    "enrolment": "r.enrolment_id = {}",
    "kind": "r.kind = {}",
    "on": "r.retracted_at is null and {} >= r.started_on and {} < coalesce(r.ended_on, 'infinity')",
}

Asked: TypeAlias = Mapping[str, "str | UUID | date | None"]


async def activities_page(
    conn: Connection, *, by: Caller, paging: PageRequest, where: Asked
) -> Rows:
    """Return one page of activities; with ``on``, of those that go on that day."""
    given = {_CONDITIONS[name]: value for name, value in where.items()}
    return await page(conn, ACTIVITY, by=by, paging=paging, where=given)
