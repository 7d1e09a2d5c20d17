"""Plans of a caller's units."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from services.participants.errors.plans import PlanNotFound
from services.participants.queries.enrolments import ABOUT_PERSON, Listed, page

if TYPE_CHECKING:
    from services.participants.queries.enrolments import Rows
    from shared.auth import Caller
    from shared.db import Connection
    from shared.paging import PageRequest

_RENEWED_BY = """(select n.id from plan n where n.follows = r.id and n.retracted_at is null)"""

PLAN = Listed(
    f"""r.id, r.person_id, r.enrolment_id, r.unit, r.drawn_up_on, r.review_on, r.follows,
       {_RENEWED_BY} as renewed_by, r.guardian as guardian_of_children, r.content_sealed,
       r.checklist_ground,
       case when r.checklist_ground is null then 'not_needed'
            when exists (select from child_checklist c
                         where c.plan_id = r.id and c.retracted_at is null) then 'answered'
            else 'lacking' end as child_checklist,
       r.stated_district, r.retracted_at is not null as retracted, r.version""",
    "plan r join person p on p.id = r.person_id",
    "r.review_on, r.id",
    PlanNotFound,
)

# In force on the day: not renewed, and the enrolment it is for stands.
_OVERDUE = f"""
    r.review_on < {{}} and r.drawn_up_on <= {{}} and r.retracted_at is null
    and {_RENEWED_BY} is null
    and (r.enrolment_id is null
         or exists (select from enrolment e where e.id = r.enrolment_id
                    and e.retracted_at is null and coalesce(e.exited_on, 'infinity') > {{}}))
"""


async def plans_page(
    conn: Connection,
    *,
    by: Caller,
    paging: PageRequest,
    unit: str | None,
    person: UUID | None,
    overdue_on: date | None,
) -> Rows:
    """Return one page of plans, the review that fell due first at the top.

    With ``overdue_on``, of those in force whose review day had passed on that day.
    """
    where = {"r.unit = {}": unit, ABOUT_PERSON: person, _OVERDUE: overdue_on}
    return await page(conn, PLAN, by=by, paging=paging, where=where)
