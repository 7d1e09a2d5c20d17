"""What projects said and booked by year, at a basis and by the end of a period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from services.budget.domain.periods import year_of
from services.budget.domain.project_years import GROUPS_OF, Flow, ProjectYears, YearKind
from services.budget.domain.projects import Amount, Currency
from services.budget.queries.projects import Known
from services.budget.queries.sums import Shape, added_up_until
from shared.db import Connection

_COLUMNS = "id, project_id, kind, flow, year, period, amount, currency, note, by, recorded_at"

_HOLDING = f"""
    select * from (
        select distinct on (project_id, kind, flow, year) {_COLUMNS} from project_year_amount
        where project_id = any($1::uuid[]) and period <= $2 and recorded_at <= $3
        order by project_id, kind, flow, year, period desc, recorded_at desc, id desc) newest
"""

FLOW_SQL = "case " + " ".join(
    f"when p.account_group between '{groups.first}' and '{groups.last}' then '{flow}'"
    for flow, ranges in GROUPS_OF.items()
    for groups in ranges
)

# The newest snapshot at or before the basis and what was recorded since, as of the statements
# (`queries.sums`), in a shape of its own: all projects are asked for from their first year on.
_BOOKED = f"""
    with facts as (
        select project, account_group, period, amount from posting_project_sum
        where as_of = $4 and measure = 'postings' and period <= $2
          and project = any($1::text[]) and project <> ''
        union all
        select project, account_group, period, amount from posting
        where recorded_at > coalesce($4::timestamptz, '-infinity')
          and recorded_at <= $3 and period <= $2
          and project = any($1::text[]) and project <> '')
    select project, {FLOW_SQL} end as flow, period / 100 as year, sum(amount)::bigint as amount
    from facts p where period % 100 > 0
    group by 1, 2, 3 having sum(amount) <> 0
"""


async def holding(
    conn: Connection, projects: Sequence[UUID], until: int, basis: datetime
) -> Mapping[UUID, dict[tuple[YearKind, Flow, int], Amount]]:
    """Return what holds for some projects of what was said in a period or before it."""
    rows = await conn.fetch(f"{_HOLDING} where amount is not null", projects, until, basis)
    held: dict[UUID, dict[tuple[YearKind, Flow, int], Amount]] = {}
    for row in rows:
        about = YearKind(row["kind"]), Flow(row["flow"]), row["year"]
        amount = Amount(row["amount"], Currency(row["currency"]))
        held.setdefault(row["project_id"], {})[about] = amount
    return held


async def years_of(
    conn: Connection,
    projects: Sequence[Known],
    until: int,
    basis: datetime,
    *,
    from_postings: bool = False,
) -> list[ProjectYears]:
    """Return everything known of the years of some projects, in their order.

    With ``from_postings`` no snapshot of the ledger's sums is believed.
    """
    said = await holding(conn, [each.row["project_id"] for each in projects], until, basis)
    booked: dict[str, dict[tuple[Flow, int], int]] = {}
    numbers = [each.project.number for each in projects]
    since = await added_up_until(conn, basis, Shape.PROJECTS, from_postings=from_postings)
    for row in await conn.fetch(_BOOKED, numbers, until, basis, since):
        if row["flow"] is not None:
            by_year = booked.setdefault(row["project"], {})
            by_year[Flow(row["flow"]), row["year"]] = row["amount"]
    opened = await conn.fetch(
        "select distinct period / 100 as year from ledger_period"
        " where recorded_at <= $1 and period / 100 <= $2",
        basis,
        year_of(until),
    )
    return [
        ProjectYears(
            first=each.project.first_year,
            last=each.project.last_year,
            said=said.get(each.row["project_id"], {}),
            booked=booked.get(each.project.number, {}),
            opened=frozenset(row["year"] for row in opened),
        )
        for each in projects
    ]


async def entries(conn: Connection, project_id: UUID, basis: datetime) -> list[asyncpg.Record]:
    """Return every amount ever said about a project's years, oldest first."""
    return await conn.fetch(
        f"select {_COLUMNS} from project_year_amount"
        " where project_id = $1 and recorded_at <= $2 order by id",
        project_id,
        basis,
    )


async def some(conn: Connection, ids: Sequence[int]) -> list[asyncpg.Record]:
    """Return some amounts that were just recorded."""
    return await conn.fetch(
        f"select {_COLUMNS} from project_year_amount where id = any($1::bigint[]) order by id", ids
    )
