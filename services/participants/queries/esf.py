"""Answers of ESF participants, and those whose records are incomplete, in a caller's units."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.participants.domain.esf import RESULT_WINDOW
from services.participants.errors.enrolments import EnrolmentNotFound
from services.participants.queries.enrolments import Listed, Rows, page

if TYPE_CHECKING:
    from shared.auth import Caller
    from shared.db import Connection
    from shared.paging import PageRequest

PARTICIPATION = """
    select e.id, e.subject_id, e.person_id, e.unit, e.programme, e.team, e.started_on,
           e.exited_on, e.esf_results as results, e.esf_results_on as results_on,
           row_number() over series = 1 as first_entry,
           lead(e.id) over series is null as last_exit,
           first_value(e.started_on) over series as entered_on,
           first_value(e.sex) over series as sex,
           first_value(e.age_group) over series as age_group,
           first_value(e.district) over series as district,
           first_value(e.education_at_entry) over series as education,
           first_value(e.status_at_entry) over series as status,
           first_value(e.esf_circumstances) over series as circumstances,
           extract(year from age(first_value(e.started_on) over series, s.birth_date))::integer
               as age,
           f.employment_status, f.improvement
    from enrolment e
    join person s on s.id = e.subject_id
    join programme g on g.code = e.programme
    left join follow_up f
      on f.enrolment_id = e.id and f.kind = 'esf' and f.state = 'answered'
    where e.retracted_at is null
      and e.started_on between g.esf_from and coalesce(g.esf_to, 'infinity')
      and {which}
    window series as (partition by e.subject_id, e.programme order by e.started_on, e.id)
"""
"""Enrolments in ESF projects with what the whole participation says; ``which`` takes them by
whole participations."""

COMPLETE = """
    r.sex <> 'unknown' and r.status <> 'unknown' and r.age >= 0
    and coalesce(r.education, 'unknown') <> 'unknown'
"""

ESF_ANSWERS = Listed(
    """r.id, r.person_id, r.unit, r.programme, r.started_on, r.exited_on, r.esf_circumstances,
       r.esf_consented_on, r.esf_results, r.esf_results_on, r.version,
       r.retracted_at is not null as retracted,
       (select coalesce(r.started_on between g.esf_from and coalesce(g.esf_to, 'infinity'), false)
        from programme g where g.code = r.programme) as esf""",
    "enrolment r join person p on p.id = r.person_id",
    "r.started_on, r.id",
    EnrolmentNotFound,
)

# What has been noted on the participation's last exit but cannot count (domain.esf says why).
_FAULTY = f"""
    (r.results_on is not null
     and (r.exited_on is null or r.results_on < r.exited_on
          or r.results_on > r.exited_on + {RESULT_WINDOW.days}))
    or ('job_searching' = any(r.results) and r.status <> 'inactive')
    or ('employment' = any(r.results) and r.status = 'employed')
    or (r.improvement is not null and r.status <> 'employed')
"""

_INCOMPLETE = Listed(
    """r.id as enrolment_id, r.person_id, r.unit, r.programme, r.entered_on, r.exited_on,
       r.results, r.results_on, r.improvement, r.sex, r.status, r.age, r.education""",
    f"""(select r.* from ({PARTICIPATION.format(which="true")}) r
         where (r.first_entry and not coalesce({COMPLETE}, false))
            or (r.last_exit and ({_FAULTY}))) r
        join person p on p.id = r.person_id""",
    "r.programme, r.entered_on, r.id",
    EnrolmentNotFound,
)


async def esf_incomplete_page(
    conn: Connection, *, by: Caller, paging: PageRequest, programme: str | None, unit: str | None
) -> Rows:
    """Return one page of enrolments that keep their participant, or a result, from counting."""
    where = {"r.programme = {}": programme, "r.unit = {}": unit}
    return await page(conn, _INCOMPLETE, by=by, paging=paging, where=where)
