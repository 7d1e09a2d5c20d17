"""How the ledger moved between two bases: what stood at the first, and what came, by its kind.

Kinds are numbered from 1 in the order of `shared.figures.steps_sql.KINDS`; 0 is what stood at the
first basis. A voucher booked for a day that the first basis had passed is late, otherwise new.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.budget.domain.ledger_sums import Cell, LedgerSums
from services.budget.domain.project_years import Flow
from services.budget.queries import sums
from services.budget.queries.causes import CAUSE
from services.budget.queries.project_amounts import FLOW_SQL
from shared.clock import local_day
from shared.figures.steps_sql import KINDS, STEPS
from shared.journal import Cause

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from services.budget.domain.periods import PeriodRange
    from shared.db import Connection

_STEP = {kind: step for step, kind in enumerate(KINDS, 1)}
_BY_CAUSE = (
    f"when {Cause.CORRECTION.sql} then {_STEP['corrections']}"
    f" when {Cause.RETRACTION.sql} then {_STEP['retractions']}"
    f" else case when v.happened_on <= {{day}} then {_STEP['late_facts']}"
    f" else {_STEP['new_facts']} end"
)

_CAME = f"""
    told as materialized (
        select v.id, case {CAUSE} {_BY_CAUSE} end as rank
        from (select distinct voucher_id from posting
              where recorded_at > {{since}} and recorded_at <= {{basis}}) came
        join voucher v on v.id = came.voucher_id)
"""
"""The vouchers booked between two bases, each with the number of its kind."""

_CELLS = f"""
    with {sums.booked_facts(first="$1", last="$4", basis="$5", since="$8")},
    marked_after as (
        select distinct on (code) code, settlement_row from account_version
        where recorded_at <= $6 order by code, version desc),
    {_CAME.format(since="$5", basis="$6", day="$7::date")},
    every as (
        select 0 as rank, account, account_group, counterpart_class, period, amount from facts
        union all
        select t.rank, p.account, p.account_group, p.counterpart_class, p.period, p.amount
        from posting p join told t on t.id = p.voucher_id
        where p.recorded_at > $5 and p.recorded_at <= $6 and p.period between $1 and $4)
    select f.rank, f.account_group, f.counterpart_class,
           coalesce(m.settlement_row, '') as mark,
           coalesce(a.settlement_row, '') as mark_after,
           coalesce(sum(f.amount) filter (where f.period = $1), 0)::bigint as opening,
           coalesce(sum(f.amount) filter (
               where f.period >= $2 and f.period < $3), 0)::bigint as before,
           coalesce(sum(f.amount) filter (where f.period >= $3), 0)::bigint as movement
    from every f
    left join marked m on m.code = f.account and m.settlement_row is not null
    left join marked_after a on a.code = f.account and a.settlement_row is not null
    group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5
"""

_OF_PROJECTS = f"""
    with {_CAME.format(since="$2", basis="$3", day="$4::date")}
    select t.rank, p.project, {FLOW_SQL} end as flow, p.period / 100 as year,
           sum(p.amount)::bigint as amount
    from posting p join told t on t.id = p.voucher_id
    where p.project <> '' and p.period <= $1 and p.period % 100 > 0
      and p.recorded_at > $2 and p.recorded_at <= $3
    group by 1, 2, 3, 4
"""

_RULES = _STEP["rule_changes"]
"""From this step on an account counts in the row that the later basis marks it with."""


@dataclass(frozen=True, slots=True)
class Came:
    """Öre that came to a project's year between two bases, by one kind."""

    rank: int
    project: str
    flow: Flow
    year: int
    amount: int


async def ledger_steps(
    conn: Connection, of: PeriodRange, since: datetime, basis: datetime
) -> list[LedgerSums]:
    """Return the ledger of a range at one basis, and with one kind after the other taken in.

    The last is the ledger at the later basis. What groups are called is as it stands there.
    """
    rows = await conn.fetch(
        _CELLS,
        of.opening,
        of.start_of_year,
        of.first,
        of.last,
        since,
        basis,
        local_day(since),
        await sums.added_up_until(conn, since),
    )
    names = await sums.group_names(conn, basis)
    return [
        LedgerSums(
            cells=tuple(
                Cell(
                    group=row["account_group"],
                    counterpart_class=row["counterpart_class"],
                    opening=row["opening"],
                    before=row["before"],
                    movement=row["movement"],
                    mark=row["mark_after"] if step >= _RULES else row["mark"],
                )
                for row in rows
                if row["rank"] <= step
            ),
            names=names,
        )
        for step in STEPS
    ]


async def came_to_projects(
    conn: Connection, until: int, since: datetime, basis: datetime
) -> Sequence[Came]:
    """Return what was booked on projects between two bases, in periods up to one."""
    rows = await conn.fetch(_OF_PROJECTS, until, since, basis, local_day(since))
    return [
        Came(row["rank"], row["project"], Flow(row["flow"]), row["year"], row["amount"])
        for row in rows
        if row["flow"] is not None
    ]
