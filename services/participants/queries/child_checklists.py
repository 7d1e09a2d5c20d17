"""Child checklists of a caller's units, and the plans that need one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.participants.errors.child_checklists import ChildChecklistNotFound
from services.participants.errors.plans import PlanNotFound
from services.participants.queries.enrolments import ABOUT_PERSON, Listed, page

if TYPE_CHECKING:
    from uuid import UUID

    from services.participants.queries.enrolments import Rows
    from shared.auth import Caller
    from shared.db import Connection
    from shared.paging import PageRequest

CHILD_CHECKLIST = Listed(
    """r.id, r.plan_id, r.person_id, r.unit, r.answered_on, r.answered_by, r.content_sealed,
       r.drawn_up_on, r.checklist_ground, r.retracted_at is not null as retracted, r.version""",
    """(select c.*, l.person_id, l.unit, l.drawn_up_on, l.checklist_ground
        from child_checklist c join plan l on l.id = c.plan_id) r
       join person p on p.id = r.person_id""",
    "r.answered_on desc, r.id",
    ChildChecklistNotFound,
)

_CHILD_PLAN = Listed(
    """r.id as plan_id, r.person_id, r.unit, r.drawn_up_on, r.checklist_ground as ground,
       case when r.follows is null then 'first' else 'renewal' end as "order",
       c.id as checklist_id, c.answered_on, greatest(c.answered_on - r.drawn_up_on, 0) as days""",
    """plan r join person p on p.id = r.person_id
       left join child_checklist c on c.plan_id = r.id and c.retracted_at is null""",
    "r.drawn_up_on, r.id",
    PlanNotFound,
)

_NEEDING = "r.retracted_at is null and r.checklist_ground is not null and {}"
_LACKING = """{} and c.id is null and not exists (
    select from plan n where n.follows = r.id and n.retracted_at is null)
"""


async def child_checklists_page(
    conn: Connection, *, by: Caller, paging: PageRequest, unit: str | None, person: UUID | None
) -> Rows:
    """Return one page of checklists, the newest first."""
    where = {"r.unit = {}": unit, ABOUT_PERSON: person}
    return await page(conn, CHILD_CHECKLIST, by=by, paging=paging, where=where)


async def child_plans_page(
    conn: Connection,
    *,
    by: Caller,
    paging: PageRequest,
    unit: str | None,
    person: UUID | None,
    lacking: bool,
) -> Rows:
    """Return one page of plans that need a checklist, the oldest first.

    With ``lacking``, of those that have none and that no new plan has renewed.
    """
    where = {
        _NEEDING: True,
        _LACKING: True if lacking else None,
        "r.unit = {}": unit,
        ABOUT_PERSON: person,
    }
    return await page(conn, _CHILD_PLAN, by=by, paging=paging, where=where)
