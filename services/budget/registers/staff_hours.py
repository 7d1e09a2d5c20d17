"""The register of time reports (tidredovisning): hours of staff in projects, as attested.

One row each::

    employee,project,day,activity,function,minutes,attestedBy,attestedAt
    a4711,5,2024-03-04,2,projektledare,450,chef-3,2024-04-02T08:10:00Z

An employee is a code that means nothing outside the source; it begins with a letter, so that no
identity number can pass for one. The function says which unit cost values the hours. Rows of
one employee and day are checked together, over all projects: from the row on that leads beyond
the hours a day of the programme period, they are refused, since nobody can tell which is wrong.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from msgspec import Meta

from shared.clock import local_day
from shared.db import Connection
from shared.deliveries import Batch, Column, Register, Row, RowRefused

Pseudonym = Annotated[str, Meta(pattern=r"^[A-Za-z][A-Za-z0-9._-]{0,39}$")]


class StaffHoursRow(Row):
    """The minutes that one person worked on one day in one project, activity and function."""

    employee: Pseudonym
    project: Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,19}$")]
    day: date
    activity: Annotated[int, Meta(ge=1, le=7)]
    function: Annotated[str, Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
    minutes: Annotated[int, Meta(ge=1, le=1440)]
    attested_by: Pseudonym
    attested_at: Annotated[datetime, Meta(tz=True)]


def _stage(row: StaffHoursRow) -> tuple[Any, ...]:
    if local_day(row.attested_at) < row.day:
        raise RowRefused("attestedAt", "attested_before_worked", "Attested before it was worked.")
    return (
        row.employee,
        row.day,
        row.project,
        row.activity,
        row.function,
        row.minutes,
        row.attested_by,
        row.attested_at,
    )


_KEY = "employee, day, project, activity, function"

_GRANTED = """
    select s.row_no, 'project',
           case when p.id is null then 'unknown_project' else 'project_without_grant' end,
           case when p.id is null then 'There is no project with this number.'
                else 'The project has no grant that says what its hours are worth.' end
    from staging s left join project p on p.number = s.project
    where not exists (select from grant_decision g where g.project_id = p.id)
"""

_FUNCTION = """
    select s.row_no, 'function', 'unknown_function',
           'The programme period of the project has no unit cost of this function.'
    from staging s join project p on p.number = s.project
    join lateral (select programme_period from grant_decision where project_id = p.id
                  order by number desc limit 1) g on true
    where not exists (select from hourly_rate r where r.kind = 'staff' and r.code = s.function
                      and r.programme_period = g.programme_period)
"""

_HAS_COME = """
    select row_no, 'day', 'in_the_future', 'The day has not come.'
    from staging where day > (now() at time zone 'Europe/Stockholm')::date
"""

_DAY = f"""
    select row_no, 'minutes', 'too_many_hours_a_day',
           format('With this row %s has %s hours on %s over all projects; %s are paid for.',
                  employee, round(minutes / 60.0, 2), day, most)
    from (
        select s.row_no, s.employee, s.day, staff_day(s.project) as most,
               sum(s.minutes) over (partition by s.employee, s.day order by s.row_no)
               + coalesce(held.minutes, 0) as minutes
        from staging s
        left join lateral (
            select sum(v.minutes) as minutes from staff_hours h
            cross join lateral (select minutes from staff_hours_version
                                where staff_hours_id = h.id order by version desc limit 1) v
            where h.employee = s.employee and h.day = s.day
              and (h.employee, h.day, h.project, h.activity, h.function)
                  not in (select {_KEY} from staging union all select {_KEY} from retraction)
        ) held on true
        where not exists (select from row_error e where e.row_no = s.row_no)) whole
    where minutes > 60 * most
"""

_NEWEST = """
    select h.*, v.version, v.minutes, v.attested_by, v.attested_at
    from staff_hours h cross join lateral (
        select * from staff_hours_version where staff_hours_id = h.id
        order by version desc limit 1) v
"""

_COMPARE = f"""
    select s.row_no, case when h.id is null then 'created' else 'changed' end, h.id
    from staging s left join ({_NEWEST}) h using ({_KEY})
    where h.id is null
       or (h.minutes, h.attested_by, h.attested_at)
          is distinct from (s.minutes, s.attested_by, s.attested_at)
"""

_APPEND = """
    insert into staff_hours_version
        (staff_hours_id, version, minutes, attested_by, attested_at, reason, by, recorded_at)
    select b.record_id, coalesce(last.version, 0) + 1, {said}, coalesce(b.reason, $1), $2,
           greatest(now(), last.recorded_at + interval '1 microsecond')
    from batch b left join lateral (
        select version, recorded_at, attested_by, attested_at from staff_hours_version
        where staff_hours_id = b.record_id order by version desc limit 1) last on true
    where b.effect = any($3::text[]) order by b.row_no
"""


async def _apply(conn: Connection, batch: Batch) -> None:
    await conn.execute(
        f"insert into staff_hours (id, {_KEY}) select record_id, {_KEY} from batch"
        " where effect = 'created' order by row_no"
    )
    said = "b.minutes, b.attested_by, b.attested_at"
    await conn.execute(_APPEND.format(said=said), batch.reason, batch.by, ["created", "changed"])


async def _retract(conn: Connection, batch: Batch) -> None:
    """Let reports that never were true stand at no minutes; their attestation is kept."""
    said = "0, last.attested_by, last.attested_at"
    await conn.execute(_APPEND.format(said=said), batch.reason, batch.by, ["retracted"])


STAFF_HOURS = Register(
    name="staff-hours",
    title="Tidredovisning",
    row=StaffHoursRow,
    key=("employee", "day", "project", "activity", "function"),
    columns=(
        Column("employee", "text"),
        Column("day", "date"),
        Column("project", "text"),
        Column("activity", "smallint"),
        Column("function", "text"),
        Column("minutes", "integer"),
        Column("attested_by", "text"),
        Column("attested_at", "timestamptz"),
    ),
    stage=_stage,
    checks=(_GRANTED, _FUNCTION, _HAS_COME, _DAY),
    compare=_COMPARE,
    match=f"""
        select r.row_no, h.id, h.minutes = 0
        from retraction r join ({_NEWEST}) h using ({_KEY})
    """,
    size=f"select count(*) from ({_NEWEST}) held where minutes > 0",
    apply=_apply,
    retract=_retract,
    constraints={
        "staff_hours_day": (
            "minutes",
            "too_many_hours_a_day",
            "The employee has more hours on the day than are paid for, over all projects.",
        )
    },
)
