"""What projects were budgeted and forecast for a year, as facts that figures add up.

An amount of a year is a stock, as the committee's own budget is: it is there from the last day
of the period it was said in (from the year's first day when it was said earlier) to that of the
next saying, and it is gone on the first day of the next year. Euro count in kronor at the rate
of the day they are there from, and do not count until somebody has stated one.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from services.budget.figures import FACTS, PROJECT_FACTS
from shared.db import Connection
from shared.journal import Cause, settle

_IN_SEK = """case {amount}.currency when 'SEK' then {amount}.amount
    else round({amount}.amount * (
        select r.rate from exchange_rate r
        where r.currency = {amount}.currency and r.valid_on <= {day}
        order by r.valid_on desc, r.recorded_at desc, r.id desc limit 1))::bigint end"""

_SINCE = """greatest(make_date(e.year, 1, 1), case e.period % 100 when 0
    then make_date(e.period / 100, 1, 1)
    else (make_date(e.period / 100, least(e.period % 100, 12), 1)
          + interval '1 month' - interval '1 day')::date end)"""

PROJECT_AMOUNT_FACTS = f"""
    select 'project-' || said.kind || '-' || said.flow as measure, day.at as happened_on,
           day.sign * {_IN_SEK.format(amount="said", day="said.since")} as amount,
           null::uuid as subject, said.project_id as record_id, v.funder, v.programme, v.role,
           v.department, p.number as project, '' as settlement_row
    from (select newest.*, lead(newest.since) over (
              partition by newest.project_id, newest.kind, newest.flow, newest.year
              order by newest.since) as until
          from (select distinct on (e.project_id, e.kind, e.flow, e.year, {_SINCE})
                       e.*, {_SINCE} as since
                from project_year_amount e
                where e.project_id = any($1::uuid[]) and e.kind in ('budget', 'forecast')
                order by e.project_id, e.kind, e.flow, e.year, {_SINCE}, e.period desc,
                         e.recorded_at desc, e.id desc) newest
          where newest.since < make_date(newest.year + 1, 1, 1)) said
    join project p on p.id = said.project_id
    join project_version v on v.project_id = p.id and v.version = p.version
    cross join lateral (values
        (said.since, 1),
        (coalesce(said.until, make_date(said.year + 1, 1, 1)), -1)) as day (at, sign)
    where v.state = 'decided' and said.amount is not null
"""

COFINANCING_FACTS = f"""
    select 'project-cofinancing' as measure, day.at as happened_on,
           day.sign * {_IN_SEK.format(amount="c", day="v.decided_on")} as amount,
           null::uuid as subject, v.project_id as record_id, v.funder, v.programme, v.role,
           v.department, p.number as project, '' as settlement_row
    from project p join project_version v on v.project_id = p.id and v.version = p.version
    cross join lateral (values (v.cofinancing_amount, v.cofinancing_currency))
        as c (amount, currency)
    cross join lateral (values
        (v.start_on, 1),
        ((v.end_on + case v.end_precision when 'year' then interval '1 year'
                          when 'month' then interval '1 month' else interval '1 day' end)::date,
         -1)) as day (at, sign)
    where p.id = any($1::uuid[]) and v.state = 'decided' and c.amount is not null
"""

KINDS = (
    ("project", PROJECT_FACTS),
    ("project_amount", PROJECT_AMOUNT_FACTS),
    ("project_cofinancing", COFINANCING_FACTS),
)


async def settle_projects(
    conn: Connection, ids: Sequence[UUID], reason: str, *, cause: Cause | None = None
) -> None:
    """Make the journal agree with what some projects, locked by the caller, now say."""
    for kind, wanted in KINDS:
        await settle(conn, FACTS, kind, ids, wanted_sql=wanted, reason=reason, cause=cause)
