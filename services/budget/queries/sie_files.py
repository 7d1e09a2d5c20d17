"""A year of the ledger as a SIE file states it, and what files have stated of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

import asyncpg

from services.budget.domain.chart import EQUITY
from services.budget.domain.fiscal_years import FiscalYear
from services.budget.domain.periods import PeriodRange
from services.budget.domain.ties import Disagreement
from services.budget.errors import PeriodNotFound
from services.budget.queries.sums import added_up_until
from shared.db import Connection

_AT_ONCE = 1_000
"""Vouchers fetched at a time: others have their turn in between."""

_KNOWN = "recorded_at <= {} or by = 'migration'"
"""What a migration wrote down was true before."""


async def fiscal_year(conn: Connection, year: int, basis: datetime) -> FiscalYear:
    """Return a year that had been opened.

    Raises:
        PeriodNotFound: it had not.

    """
    first_day = await conn.fetchval(
        f"select first_day from fiscal_year where year = $1 and ({_KNOWN.format('$2')})",
        year,
        basis,
    )
    if first_day is None:
        raise PeriodNotFound(f"The year {year} has not been opened.")
    return FiscalYear(year, first_day)


async def accounts(conn: Connection, basis: datetime) -> list[asyncpg.Record]:
    """Return the chart: every account with the name it had."""
    return await conn.fetch(_NAMED.format(part="account"), basis)


async def counterparts(conn: Connection, basis: datetime) -> list[asyncpg.Record]:
    """Return every counterpart with the name it had."""
    return await conn.fetch(_NAMED.format(part="counterpart"), basis)


_NAMED = """
    select distinct on (code) code, name from {part}_version
    where recorded_at <= $1 order by code, version desc
"""


async def dimensions(conn: Connection, basis: datetime) -> list[asyncpg.Record]:
    """Return every dimension."""
    return await conn.fetch(
        f"select number, name, parent from dimension where {_KNOWN.format('$1')} order by number",
        basis,
    )


async def objects(conn: Connection, basis: datetime) -> list[asyncpg.Record]:
    """Return every object of every dimension with the name it had."""
    return await conn.fetch(
        f"""
        select distinct on (number, code) number, code, name from dimension_object_version
        where {_KNOWN.format("$1")} order by number, code, version desc
        """,
        basis,
    )


async def sums(conn: Connection, year: int, basis: datetime) -> list[asyncpg.Record]:
    """Return the öre per account and period."""
    return await conn.fetch(
        """
        select account, period, sum(amount)::bigint as amount from posting
        where period / 100 = $1 and recorded_at <= $2
        group by account, period having sum(amount) <> 0 order by account, period
        """,
        year,
        basis,
    )


async def object_sums(conn: Connection, year: int, basis: datetime) -> list[asyncpg.Record]:
    """Return the öre per account and object: the opening balance, and with the year's movement."""
    return await conn.fetch(
        """
        select p.account, o.number, o.code,
               coalesce(sum(p.amount) filter (where p.opening), 0)::bigint as opening,
               sum(p.amount)::bigint as closing
        from (select account, period % 100 = 0 as opening, counterpart, project, responsibility,
                     activity, objects, sum(amount) as amount
              from posting where period / 100 = $1 and recorded_at <= $2
              group by 1, 2, 3, 4, 5, 6, 7) p
        cross join lateral (
            values (1, p.responsibility), (6, p.project), (21, p.activity),
                   (20, case when p.counterpart = '0' then '' else p.counterpart end)
            union all select key::int, value from jsonb_each_text(p.objects)) o (number, code)
        where o.code <> '' group by 1, 2, 3 order by 1, 2, 3
        """,
        year,
        basis,
    )


async def budget_lines(conn: Connection, year: int, basis: datetime) -> list[asyncpg.Record]:
    """Return the year's budget by account and month as its newest file stated it."""
    return await conn.fetch(
        f"""
        select l.account, l.period, l.counterpart, l.project, l.responsibility, l.activity,
               l.objects::text as objects, l.amount
        from account_budget_line l where l.account_budget_id = ({_NEWEST_BUDGET})
        order by l.account, l.period, l.key
        """,
        year,
        basis,
    )


_NEWEST_BUDGET = """
    select id from account_budget where year = $1 and recorded_at <= $2
    order by version desc limit 1
"""


async def account_budget_of(
    conn: Connection, of: PeriodRange, basis: datetime
) -> dict[str, int] | None:
    """Return the öre per account group that were budgeted by account for a range's periods.

    Costs are positive and revenue negative, as in the ledger. None when no file brought a
    budget. What a file divides by objects is part of the account's own amount and not added to
    it; where it states no amount for the account, its objects of one dimension make it up.
    """
    budget_id = await conn.fetchval(_NEWEST_BUDGET, of.year, basis)
    if budget_id is None:
        return None
    rows = await conn.fetch(_BUDGET_OF, budget_id, of.first, of.last)
    return {row["account_group"]: row["amount"] for row in rows}


# The account's own amount is divided by nothing, and comes first.
_BUDGET_OF = """
    select left(account, 2) as account_group, sum(amount)::bigint as amount from (
        select distinct on (account, period) account, period, sum(amount) as amount
        from (select account, period, amount, concat_ws(
                  ' ', case when counterpart is not null then 'counterpart' end,
                  case when project is not null then 'project' end,
                  case when responsibility is not null then 'responsibility' end,
                  case when activity is not null then 'activity' end,
                  (select string_agg(number, ' ' order by number)
                   from jsonb_object_keys(objects) number)) as divided_by
              from account_budget_line
              where account_budget_id = $1 and period between $2 and $3) line
        group by account, period, divided_by order by account, period, divided_by) budgeted
    group by 1 order by 1
"""


async def disagreements(
    conn: Connection, year: int, basis: datetime, *, from_postings: bool = False
) -> list[Disagreement]:
    """Return the accounts of which the newest file of a year states what the ledger says not.

    The whole ledger is looked at, so what somebody has booked by hand since the file shows here.
    With ``from_postings`` no snapshot is believed.
    """
    since = await added_up_until(conn, basis, from_postings=from_postings)
    rows = await conn.fetch(_DISAGREEMENTS, year, basis, EQUITY, since)
    return [
        Disagreement("sie-file", row["account"], row["label"], row["delivered"], row["computed"])
        for row in rows
    ]


# The newest snapshot at or before the basis, and what was recorded since: see shared.journal.
# What equity took of an opening that did not sum to zero is no part of what the file states.
_DISAGREEMENTS = """
    with file as (
        select id, opening_net from sie_file where year = $1 and recorded_at <= $2
        order by version desc limit 1),
    stated as (
        select account, label, amount from sie_balance
        where sie_file_id = (select id from file) and label in ('#UB', '#RES')),
    facts as (
        select account, period, amount from posting_account_sum
        where as_of = $4 and measure = 'postings' and period between $1 * 100 and $1 * 100 + 99
          and exists (select from file)
        union all
        select account, period, amount from posting
        where recorded_at > coalesce($4::timestamptz, '-infinity')
          and recorded_at <= $2 and period between $1 * 100 and $1 * 100 + 99
          and exists (select from file)),
    booked as (
        select account, sum(amount) as total,
               sum(amount) filter (where period % 100 > 0) as movement
        from facts group by account),
    compared as (
        select account, coalesce(s.label, case when account < '3' then '#UB' else '#RES' end)
                   as label, coalesce(s.amount, 0) as delivered, b.total, b.movement
        from stated s full join booked b using (account))
    select account, label, delivered::bigint, computed::bigint
    from compared cross join lateral (
        select coalesce(case label when '#UB' then total else movement end, 0)
             + case when account = $3 and label = '#UB'
                    then (select opening_net from file) else 0 end as computed) c
    where exists (select from file) and delivered <> computed order by account, label limit 100
"""


async def vouchers(
    conn: Connection, year: int, basis: datetime
) -> AsyncIterator[list[asyncpg.Record]]:
    """Yield the year's vouchers but the opening ones, in the order of their series and numbers.

    Each has its postings as parallel arrays.
    """
    after = ("", 0)
    while True:
        rows = await conn.fetch(_VOUCHERS, year, basis, *after, _AT_ONCE)
        if not rows:
            return
        yield rows
        after = (rows[-1]["series"], rows[-1]["number"])


_VOUCHERS = """
    select v.series, v.number, v.period, v.covers_from, v.happened_on, v.text,
           array_agg(p.account order by p.id) as accounts,
           array_agg(p.counterpart order by p.id) as counterparts,
           array_agg(p.project order by p.id) as projects,
           array_agg(p.responsibility order by p.id) as responsibilities,
           array_agg(p.activity order by p.id) as activities,
           array_agg(p.objects::text order by p.id) as objects,
           array_agg(p.text order by p.id) as texts,
           array_agg(p.amount order by p.id) as amounts
    from (select * from voucher
          where year = $1 and recorded_at <= $2 and period % 100 > 0
            and (series, number) > ($3, $4)
          order by series, number limit $5) v
    join posting p on p.voucher_id = v.id
    group by v.series, v.number, v.period, v.covers_from, v.happened_on, v.text
    order by v.series, v.number
"""
