"""Reports of periods that were signed, and reopenings of what they had used."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from services.budget.domain.periods import PeriodRange
from services.budget.domain.reopenings import EarlierReport, Reopening
from services.budget.errors import PeriodReportNotFound
from shared.db import Connection

# A report uses its year's opening and every period up to its last.
_REOPENED = """
    select e.id as event_id, e.period, e.reason, e.recorded_at as reopened_at,
           r.id, r.first_period, r.last_period, r.basis, r.by, r.recorded_at
    from period_event e
    left join period_report r
        on r.last_period / 100 = e.period / 100 and r.last_period >= e.period
        and r.basis < e.recorded_at and r.recorded_at <= $4
    where e.action = 'reopened' and (e.period = $1 or e.period between $2 and $3)
      and e.recorded_at <= $4
    order by e.recorded_at, e.id, r.recorded_at, r.id
"""

_OPEN = """
    select p.period from ledger_period p
    left join lateral (select action from period_event e
                       where e.period = p.period and e.recorded_at <= $4
                       order by e.id desc limit 1) newest on true
    where (p.period = $1 or p.period between $2 and $3)
      and newest.action is distinct from 'closed'
    order by p.period
"""

_REPORT = """
    select id, first_period, last_period, basis, format, content_hash, by, recorded_at
    from period_report
"""


async def reopenings(conn: Connection, of: PeriodRange, basis: datetime) -> list[Reopening]:
    """Return every reopening of a period that the range uses, the opening balance included."""
    rows = await conn.fetch(_REOPENED, of.opening, of.start_of_year, of.last, basis)
    events = dict.fromkeys(row["event_id"] for row in rows)
    return [_reopening([row for row in rows if row["event_id"] == event]) for event in events]


def _reopening(rows: Sequence[asyncpg.Record]) -> Reopening:
    return Reopening(
        period=rows[0]["period"],
        reason=rows[0]["reason"],
        at=rows[0]["reopened_at"],
        reports=tuple(
            EarlierReport(
                id=row["id"],
                range=PeriodRange(row["first_period"], row["last_period"]),
                basis=row["basis"],
                by=row["by"],
                at=row["recorded_at"],
            )
            for row in rows
            if row["id"] is not None
        ),
    )


async def open_periods(conn: Connection, of: PeriodRange, basis: datetime) -> list[int]:
    """Return the periods that a report of the range uses and that were not closed at a basis."""
    rows = await conn.fetch(_OPEN, of.opening, of.start_of_year, of.last, basis)
    return [row["period"] for row in rows]


async def period_reports(
    conn: Connection, year: int | None, *, limit: int, offset: int
) -> tuple[list[asyncpg.Record], int]:
    """Return a page of reports, the oldest first, and how many there are."""
    where = "where $1::int is null or last_period / 100 = $1"
    rows = await conn.fetch(
        f"{_REPORT} {where} order by recorded_at, id limit $2 offset $3", year, limit, offset
    )
    return rows, await conn.fetchval(f"select count(*) from period_report {where}", year)


async def period_report(conn: Connection, report_id: UUID) -> asyncpg.Record:
    """Return one report with the text that it vouches for.

    Raises:
        PeriodReportNotFound: there is none.

    """
    row: asyncpg.Record | None = await conn.fetchrow(
        f"{_REPORT.replace('content_hash', 'content, content_hash')} where id = $1", report_id
    )
    if row is None:
        raise PeriodReportNotFound
    return row
