"""Budget versions and investments at a basis."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import asyncpg

from services.budget.domain.investments import EntryKind, InvestmentSum
from services.budget.domain.periods import PeriodRange
from services.budget.errors import BudgetVersionNotFound
from services.budget.queries.ledger import last_day_of
from shared.clock import local_day
from shared.db import Connection

_BUDGET = """
    select l.row_code, sum(l.amount)::bigint as amount
    from budget_version v join budget_line l on l.version_id = v.id
    where v.year = $1 and coalesce(v.effective_on, v.decided_on) <= $2 and v.recorded_at <= $3
    group by l.row_code
"""

_BUDGET_BUT_LATE = """
    select l.row_code, sum(l.amount)::bigint as amount
    from budget_version v join budget_line l on l.version_id = v.id
    where v.year = $1 and coalesce(v.effective_on, v.decided_on) <= $2
      and (v.recorded_at <= $3
           or v.recorded_at <= $4 and coalesce(v.effective_on, v.decided_on) > $5)
    group by l.row_code
"""

_VERSIONS = """
    select v.id, v.year, v.number, v.kind, v.decided_on, v.decided_by, v.reference,
           coalesce(v.effective_on, v.decided_on) as effective_on, v.reason, v.recorded_at, v.by,
           array_agg(l.row_code order by l.row_code) as rows,
           array_agg(l.amount order by l.row_code) as amounts
    from budget_version v join budget_line l on l.version_id = v.id
"""

_FLOWS = """
    select flow, sum(amount)::bigint as amount from investment_entry
    where kind = 'outcome' and period between $1 and $2 and recorded_at <= $3
    group by flow
"""

# Plans and outcomes add up. Of forecasts, the newest said for a year counts: the latest period
# it was said in, then the latest recorded.
_INVESTMENTS = """
    select category, kind, year, sum(amount)::bigint as amount, max(stated_to) as stated_to
    from investment_entry
    where kind <> 'forecast' and flow = 'expenditure' and period <= $1 and recorded_at <= $2
    group by category, kind, year
    union all
    select category, kind, year, amount, stated_to from (
        select distinct on (category, year) category, kind, year, amount, stated_to
        from investment_entry
        where kind = 'forecast' and flow = 'expenditure' and period <= $1 and recorded_at <= $2
        order by category, year, period desc, recorded_at desc, id desc) newest
    order by 1, 2, 3
"""


# The newest forecast said for a category and flow, as above; those of one flow add up.
_FORECASTS = """
    select flow, sum(amount)::bigint as amount from (
        select distinct on (category, flow) category, flow, amount
        from investment_entry
        where kind = 'forecast' and year = $1 and period <= $2 and recorded_at <= $3
        order by category, flow, period desc, recorded_at desc, id desc) newest
    group by flow
"""


async def budget_of(conn: Connection, of: PeriodRange, basis: datetime) -> dict[str, int]:
    """Return the year's whole budget per row, with what takes effect by the range's last day."""
    last = await last_day_of(conn, of.last, basis)
    rows = await conn.fetch(_BUDGET, of.year, last, basis)
    return {row["row_code"]: row["amount"] for row in rows}


async def budget_but_late(
    conn: Connection, of: PeriodRange, since: datetime, basis: datetime
) -> dict[str, int]:
    """Return the budget at a basis without what an earlier basis could have held, had it known.

    That is what was recorded after ``since`` and takes effect on its day or before it.
    """
    last = await last_day_of(conn, of.last, basis)
    rows = await conn.fetch(_BUDGET_BUT_LATE, of.year, last, since, basis, local_day(since))
    return {row["row_code"]: row["amount"] for row in rows}


async def investment_flows(conn: Connection, of: PeriodRange, basis: datetime) -> dict[str, int]:
    """Return the öre per flow that investments came to in the range."""
    rows = await conn.fetch(_FLOWS, of.first, of.last, basis)
    return {row["flow"]: row["amount"] for row in rows}


async def investment_forecasts(
    conn: Connection, of: PeriodRange, basis: datetime
) -> dict[str, int]:
    """Return what each flow of investments was expected to come to in the year, where said."""
    rows = await conn.fetch(_FORECASTS, of.year, of.last, basis)
    return {row["flow"]: row["amount"] for row in rows}


async def investment_sums(
    conn: Connection, of: PeriodRange, basis: datetime
) -> list[InvestmentSum]:
    """Return what was planned, forecast and spent per category and year, by the range's end."""
    rows = await conn.fetch(_INVESTMENTS, of.last, basis)
    return [
        InvestmentSum(
            category=row["category"],
            kind=EntryKind(row["kind"]),
            year=row["year"],
            amount=row["amount"],
            stated_to=row["stated_to"],
        )
        for row in rows
    ]


async def category_names(conn: Connection, basis: datetime) -> dict[str, str]:
    rows = await conn.fetch(
        "select code, name from investment_category where recorded_at <= $1 order by code", basis
    )
    return {row["code"]: row["name"] for row in rows}


async def budget_versions(conn: Connection, year: int | None) -> list[asyncpg.Record]:
    """Return versions, oldest first, each with its lines as (row, öre) pairs."""
    return await conn.fetch(
        f"{_VERSIONS} where $1::int is null or v.year = $1 group by v.id order by v.year, v.number",
        year,
    )


async def budget_version(conn: Connection, version_id: UUID) -> asyncpg.Record:
    """Return one version.

    Raises:
        BudgetVersionNotFound: there is none.

    """
    row: asyncpg.Record | None = await conn.fetchrow(
        f"{_VERSIONS} where v.id = $1 group by v.id", version_id
    )
    if row is None:
        raise BudgetVersionNotFound
    return row


async def versions_of(conn: Connection, of: PeriodRange, basis: datetime) -> list[asyncpg.Record]:
    """Return the versions that make up the year's budget on the range's last day."""
    return await conn.fetch(
        f"{_VERSIONS} where v.year = $1 and coalesce(v.effective_on, v.decided_on) <= $2"
        " and v.recorded_at <= $3 group by v.id order by v.number",
        of.year,
        await last_day_of(conn, of.last, basis),
        basis,
    )


async def next_version(conn: Connection, year: int) -> int:
    """Lock the year's budget and return the number of its next version."""
    await conn.execute("select pg_advisory_xact_lock(hashtext('budget_version'), $1)", year)
    number: int = await conn.fetchval(
        "select coalesce(max(number), 0) + 1 from budget_version where year = $1", year
    )
    return number


async def investment_entries(conn: Connection, year: int | None) -> list[asyncpg.Record]:
    return await conn.fetch(
        """
        select id, category, kind, flow, year, period, amount, stated_to, note, recorded_at, by
        from investment_entry where $1::int is null or year = $1 order by id
        """,
        year,
    )
