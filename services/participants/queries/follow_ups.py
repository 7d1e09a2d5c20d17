"""Which follow-ups there ought to be, which there are, and which wait for an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.participants.domain.follow_ups import ANSWER_WINDOW
from services.participants.queries.people import may_see_protected

if TYPE_CHECKING:
    from datetime import date

    from asyncpg import Record

    from shared.auth import Caller
    from shared.db import Connection

TODAY = "(now() at time zone 'Europe/Stockholm')::date"
"""The day it is, by the database's clock: processes' clocks may differ."""

OF_SUBJECTS = """
    select e.id from enrolment e where e.id = any($1::uuid[])
    union
    select e.id from enrolment e
    where e.retracted_at is null
      and e.subject_id in (select own.subject_id from enrolment own where own.id = any($1::uuid[]))
"""
"""The enrolments ``$1``, and all others of the people they are about."""

# The day of an exit is the first without enrolment: what somebody leaves is what the programme
# was the day before.
_ENDED = """
    select e.id as enrolment_id, null::uuid as activity_id, asked.kind, e.unit,
           e.exited_on, e.died_on, e.last_in_programme
    from everyone e join programme g on g.code = e.programme
    cross join lateral (values
        (case when g.kind = 'employment' then 'stockholmsjobb' else 'exit' end, true),
        ('esf', greatest(e.exited_on - 1, e.started_on)
                between g.esf_from and coalesce(g.esf_to, 'infinity'))) as asked (kind, applies)
    where e.exited_on is not null and asked.applies
    union all
    select e.id, a.id, 'stockholmsjobb', e.unit, a.ended_on, e.died_on,
           e.last_in_programme
    from everyone e join activity a on a.enrolment_id = e.id
    where a.kind = 'stockholmsjobb' and a.retracted_at is null and a.ended_on is not null
      and not a.ended_by_exit and a.ended_on is distinct from e.exited_on
"""

# Follow-ups of ESF+ ask about the last exit from a project: an earlier one gives way unless it
# has been answered.
_WANTED = """
    select d.enrolment_id, d.activity_id, d.kind, d.unit, d.exited_on, due.due_on
    from ended d cross join lateral (select follow_up_due(d.exited_on, d.kind) as due_on) due
    where (d.died_on is null or d.died_on > due.due_on)
      and (d.kind <> 'esf' or d.last_in_programme
           or exists (select from follow_up f
                      where f.enrolment_id = d.enrolment_id and f.kind = 'esf'
                        and f.state = 'answered'))
"""

_HELD = "select * from follow_up where enrolment_id = any($1::uuid[]) and state <> 'cancelled'"

# One that was open before its day, as all were once, stays open where it stands.
_STATE = f"""
    case when w.kind is null then null
         when h.state = 'answered' and h.answered_on >= w.exited_on then 'answered'
         when h.state = 'open' and h.due_on = w.due_on then 'open'
         when w.due_on <= {TODAY} then 'open'
         else 'planned' end
"""

DISAGREEING = f"""
    with everyone as materialized (
        select id, unit, programme, started_on, exited_on,
               min(exited_on) filter (where outcome = 'deceased')
                   over (partition by subject_id) as died_on,
               row_number() over (partition by subject_id, programme
                                  order by started_on desc, id desc) = 1 as last_in_programme
        from enrolment where id = any($1::uuid[]) and retracted_at is null
    ), ended as ({_ENDED}), wanted as ({_WANTED}), held as ({_HELD}), compared as (
        select h.id, h.state as held, {_STATE} as wanted,
               coalesce(w.enrolment_id, h.enrolment_id) as enrolment_id,
               coalesce(w.activity_id, h.activity_id) as activity_id,
               coalesce(w.kind, h.kind) as kind, w.unit, w.exited_on, w.due_on,
               (h.unit, h.exited_on, h.due_on) is distinct from (w.unit, w.exited_on, w.due_on)
                   as moved
        from wanted w full join held h
          on (h.enrolment_id, h.kind) = (w.enrolment_id, w.kind)
         and coalesce(h.activity_id, h.enrolment_id) = coalesce(w.activity_id, w.enrolment_id)
    )
    select id, held, wanted, enrolment_id, activity_id, kind, unit, exited_on, due_on
    from compared where moved or held is distinct from wanted
    order by id nulls last, exited_on, enrolment_id, kind
"""
"""What must change of all enrolments of some people, ``$1``.

``held`` and ``wanted`` are states, null where there is, or should be, none. What is known of a
person is gathered by windows, not joins: it stays linear, however little the planner knows.
"""

DUE = f"""
    select enrolment_id from follow_up where state = 'planned' and due_on <= {TODAY}
    group by enrolment_id order by enrolment_id
"""

_DUE_LISTS = f"""
    select r.unit, r.kind, count(*) as open,
           count(*) filter (where r.due_on < {TODAY}) as overdue,
           count(*) filter (where r.due_on < {TODAY} - {ANSWER_WINDOW.days})
               as older_than_four_weeks,
           min(r.due_on) as oldest_due_on
    from follow_up r join enrolment e on e.id = r.enrolment_id join person p on p.id = e.person_id
    where r.state = 'open' and ($1::text[] is null or r.unit = any($1))
      and ($2 or p.protection = 'none') and ($3::text is null or r.unit = $3)
    group by r.unit, r.kind order by r.unit, r.kind
"""

_WAITING = f"""
    select count(*) filter (where state = 'open') as follow_ups_open,
           count(*) filter (where state = 'open' and due_on < {TODAY}) as follow_ups_overdue,
           count(*) filter (where state = 'planned' and due_on < {TODAY}) as follow_ups_not_opened
    from follow_up where state in ('open', 'planned')
"""


async def due_lists(conn: Connection, *, by: Caller, unit: str | None) -> tuple[list[Record], date]:
    """Return how many follow-ups wait, by unit and kind, and the day of which that is so."""
    rows = await conn.fetch(_DUE_LISTS, by.unit_filter(), may_see_protected(by), unit)
    return rows, await conn.fetchval(f"select {TODAY}")


async def waiting(conn: Connection) -> dict[str, float]:
    """Return what operations watches, by the metric's name."""
    row = await conn.fetchrow(_WAITING)
    return {} if row is None else {name: float(value) for name, value in row.items()}
