"""Periods of the ledger: opening a year, closing a period, reopening it with a reason.

Every closing and reopening is told to whoever makes reports. Versions before that told nothing:
the worker tells again what they left (`tell_untold`).
"""

from __future__ import annotations

from datetime import date

from services.budget.domain.fiscal_years import FiscalYear
from services.budget.domain.periods import PARTS
from services.budget.errors import NotAFiscalYear, PeriodNotFound, YearAlreadyOpen
from services.budget.events import ROUTES, PeriodClosed, PeriodReopened
from shared import outbox
from shared.db import Connection, Database, driver

_TOLD_AT_ONCE = 200

_ALONE = "select pg_advisory_xact_lock(hashtext('period'), $1)"
"""Whoever closes, reopens or tells of a period: what is told last must be what is true."""

_TRIED = """
    select period from unnest($1::int[]) period
    where pg_try_advisory_xact_lock(hashtext('period'), period)
"""

_UNTOLD = """
    select p.period from ledger_period p
    where p.state = 'closed' and ($2::int[] is null or p.period = any($2))
      and cardinality($1::text[]) > (
          select count(*) from outbox_counter c
          where c.consumer = any($1) and c.subject = 'period/' || p.period)
    order by p.period limit $3
"""
"""Closed periods that some consumer was never told anything of; counters outlive the outbox."""


async def open_year(conn: Connection, *, year: int, by: str, first_day: date | None = None) -> None:
    """Create a fiscal year and its periods 00-14, all open; a calendar year unless said.

    Raises:
        NotAFiscalYear: the first day is none, or the year that begins on it has another name.
        YearAlreadyOpen: the year exists.

    """
    try:
        opened = FiscalYear(year, first_day or date(year, 1, 1))
    except ValueError as error:
        raise NotAFiscalYear.of("firstDay", "not_a_fiscal_year", str(error)) from error
    made = await conn.fetchval(
        "insert into fiscal_year (year, first_day, by) values ($1, $2, $3)"
        " on conflict do nothing returning year",
        opened.year,
        opened.first_day,
        by,
    )
    if made is None:
        raise YearAlreadyOpen(f"The periods of {year} exist.")
    await conn.execute(
        "insert into ledger_period (period, by) select unnest($1::int[]), $2",
        [year * 100 + part for part in PARTS],
        by,
    )


async def close(conn: Connection, *, period: int, by: str) -> None:
    """Close a period: vouchers that are being booked in it finish first, later ones are refused.

    Raises:
        PeriodNotFound: its year has not been opened.
        PeriodClosed: it is closed (a refusal of the database, `errors.CONSTRAINTS`).

    """
    await _note(conn, period, "closed", None, by)
    await outbox.record(conn, [PeriodClosed(period=period)], ROUTES)


async def reopen(conn: Connection, *, period: int, reason: str, by: str) -> None:
    """Reopen a closed period; every later statement that uses it says so, with the reason.

    Raises:
        PeriodNotFound: its year has not been opened.
        PeriodNotClosed: it is open (a refusal of the database, `errors.CONSTRAINTS`).

    """
    await _note(conn, period, "reopened", reason, by)
    await outbox.record(conn, [PeriodReopened(period=period)], ROUTES)


async def tell_untold(db: Database) -> bool:
    """Tell of the periods that were closed before closings were told; return whether there were.

    Each is told once, whoever else does the same at the same time; a period that somebody is
    just closing or reopening tells of itself.
    """
    consumers = list(ROUTES[PeriodClosed])
    async with db.begin() as session:
        conn = await driver(session)
        found = await conn.fetch(_UNTOLD, consumers, None, _TOLD_AT_ONCE)
        if not found:
            return False
        mine = [row["period"] for row in await conn.fetch(_TRIED, [row["period"] for row in found])]
        # asked again behind the locks: somebody may have told, or reopened, in between
        still = await conn.fetch(_UNTOLD, consumers, mine, _TOLD_AT_ONCE)
        await outbox.record(conn, [PeriodClosed(period=row["period"]) for row in still], ROUTES)
    return bool(still)


async def _note(conn: Connection, period: int, action: str, reason: str | None, by: str) -> None:
    if not await conn.fetchval("select true from ledger_period where period = $1", period):
        raise PeriodNotFound
    await conn.execute(_ALONE, period)
    await conn.execute(
        "insert into period_event (period, action, reason, by) values ($1, $2, $3, $4)",
        period,
        action,
        reason,
        by,
    )
