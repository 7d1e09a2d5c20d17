"""Accounts, counterparts, periods and vouchers as they are listed and read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import asyncpg

from services.budget.domain.chart import Part
from services.budget.domain.fiscal_years import FiscalYear
from services.budget.domain.periods import PeriodRange, year_of
from services.budget.errors import (
    AccountNotFound,
    CounterpartNotFound,
    PeriodNotFound,
    VoucherNotFound,
)
from shared.db import Connection

_PERIOD = """
    select p.period, p.state, e.action, e.reason, e.by, e.recorded_at
    from ledger_period p
    left join lateral (
        select action, reason, by, recorded_at from period_event
        where period = p.period order by id desc limit 1) e on true
"""

_VOUCHER = """
    select v.id, v.series, v.year, v.number, v.period, v.covers_from, v.happened_on, v.text,
           v.reversal_of, v.reason, v.delivery_id, v.source, v.source_key, v.by, v.recorded_at,
           (select r.id from voucher r where r.reversal_of = v.id) as reversed_by
    from voucher v
"""


async def code_parts(
    conn: Connection, part: Part, *, prefix: str, limit: int, offset: int
) -> tuple[list[asyncpg.Record], int]:
    """Return a page of accounts or counterparts in their newest version, and how many there are."""
    fixed = "account_group" if part is Part.ACCOUNT else "counterpart_class"
    own = ", v.settlement_row" if part is Part.ACCOUNT else ""
    rows = await conn.fetch(
        f"""
        select p.code, p.{fixed}, v.version, v.name, v.valid_from, v.valid_to{own}, v.recorded_at
        from {part} p join lateral (
            select * from {part}_version v where v.code = p.code
            order by v.version desc limit 1) v on true
        where starts_with(p.code, $1) order by p.code limit $2 offset $3
        """,
        prefix,
        limit,
        offset,
    )
    total = await conn.fetchval(f"select count(*) from {part} where starts_with(code, $1)", prefix)
    return rows, total


async def code_part(conn: Connection, part: Part, code: str) -> asyncpg.Record:
    """Return one account or counterpart.

    Raises:
        AccountNotFound, CounterpartNotFound: it is not registered.

    """
    rows, _ = await code_parts(conn, part, prefix=code, limit=1, offset=0)
    if not rows or rows[0]["code"] != code:
        raise AccountNotFound if part is Part.ACCOUNT else CounterpartNotFound
    return rows[0]


async def periods_of(conn: Connection, year: int | None) -> list[asyncpg.Record]:
    """Return the periods with what last happened to each."""
    return await conn.fetch(
        f"{_PERIOD} where $1::int is null or p.period / 100 = $1 order by p.period", year
    )


async def fiscal_years(conn: Connection) -> dict[int, FiscalYear]:
    """Return every year that has been opened, by its name."""
    rows = await conn.fetch("select year, first_day from fiscal_year order by year")
    return {row["year"]: FiscalYear(row["year"], row["first_day"]) for row in rows}


async def last_day_of(conn: Connection, number: int, basis: datetime) -> date:
    """Return a period's last day, in a year that is not opened as if it were a calendar year."""
    year = year_of(number)
    first_day = await conn.fetchval(
        "select first_day from fiscal_year"
        " where year = $1 and (recorded_at <= $2 or by = 'migration')",
        year,
        basis,
    )
    known = FiscalYear.calendar(year) if first_day is None else FiscalYear(year, first_day)
    return known.last_day_of(number)


async def period(conn: Connection, number: int) -> asyncpg.Record:
    """Return one period.

    Raises:
        PeriodNotFound: its year has not been opened.

    """
    row: asyncpg.Record | None = await conn.fetchrow(f"{_PERIOD} where p.period = $1", number)
    if row is None:
        raise PeriodNotFound
    return row


async def vouchers(
    conn: Connection,
    *,
    periods: PeriodRange | None,
    series: str | None,
    account: str,
    limit: int,
    offset: int,
) -> tuple[list[asyncpg.Record], int]:
    """Return a page of voucher heads in the order of their numbers, and how many there are."""
    where = """
        where ($1::int is null or v.period between $1 and $2) and ($3::text is null or series = $3)
          and ($4 = '' or exists (select from posting p where p.voucher_id = v.id
                                  and starts_with(p.account, $4)))
    """
    wanted = (periods and periods.first, periods and periods.last, series, account)
    rows = await conn.fetch(
        f"{_VOUCHER} {where} order by v.year, v.series, v.number limit $5 offset $6",
        *wanted,
        limit,
        offset,
    )
    total = await conn.fetchval(f"select count(*) from voucher v {where}", *wanted)
    return rows, total


async def voucher(conn: Connection, voucher_id: UUID) -> asyncpg.Record:
    """Return one voucher's head.

    Raises:
        VoucherNotFound: there is none.

    """
    row: asyncpg.Record | None = await conn.fetchrow(f"{_VOUCHER} where v.id = $1", voucher_id)
    if row is None:
        raise VoucherNotFound
    return row


async def postings(conn: Connection, voucher_ids: Sequence[UUID]) -> list[asyncpg.Record]:
    """Return the postings of some vouchers, in the order they were booked."""
    return await conn.fetch(
        """
        select voucher_id, account, account_group, counterpart, counterpart_class, project,
               responsibility, activity, amount, objects::text as objects, text
        from posting where voucher_id = any($1::uuid[]) order by id
        """,
        list(voucher_ids),
    )


async def sources(conn: Connection, of: PeriodRange, basis: datetime) -> list[asyncpg.Record]:
    """Return the deliveries whose vouchers are in use (not taken back), the newest last.

    A table of balances is booked as a whole; its vouchers name no source of their own.
    """
    return await conn.fetch(
        """
        select coalesce(source, 'trial-balance') as register, delivery_id,
               max(booked_at) as booked_at, sum(vouchers)::bigint as vouchers
        from (select delivery_id, source, booked_at, sum(vouchers) as vouchers
              from delivery_booking where period between $1 and $2 and recorded_at <= $3
              group by delivery_id, source, booked_at having sum(vouchers) <> 0) in_use
        group by delivery_id, source order by booked_at, delivery_id
        """,
        of.opening,
        of.last,
        basis,
    )


async def in_use(conn: Connection, of: PeriodRange, basis: datetime) -> bool:
    """Say whether anything was booked in the year of a range up to its end, at a basis."""
    found: bool = await conn.fetchval(
        "select exists (select from voucher where period between $1 and $2 and recorded_at <= $3)",
        of.opening,
        of.last,
        basis,
    )
    return found


async def spanning(conn: Connection, of: PeriodRange, basis: datetime) -> int:
    """Count vouchers in the range that are about periods before it, too."""
    many: int = await conn.fetchval(
        """
        select count(*) from voucher where period between $1 and $2 and covers_from < $1
           and covers_from < period and covers_from % 100 > 0 and recorded_at <= $3
        """,
        of.first,
        of.last,
        basis,
    )
    return many
