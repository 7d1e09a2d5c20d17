"""Whether a report of money can be made: every period that it uses is closed.

Budget tells when a period closes or is reopened; what it never told of counts as open.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from services.reports.templates import TEMPLATES, Template
from services.reports.templates.declaration import StatementItem
from shared.periods import Period

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.db import Connection

TERTIALS = (1, 2, 3)

_NEWEST = """
    select distinct on (period) period, closed, occurred_at
    from told_period where period = any($1::int[])
    order by period, sequence desc
"""


@dataclass(frozen=True, slots=True)
class PeriodNews:
    """A period closed or was reopened; ``sequence`` counts budget's news of this period."""

    period: int
    closed: bool
    sequence: int
    event_id: UUID
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether a report of a period can be made of closed periods only.

    ``open_periods`` are YYYYPP; ``reopened`` those of them that had been closed.
    """

    period: Period
    open_periods: tuple[int, ...]
    reopened: tuple[int, ...]

    @property
    def ready(self) -> bool:
        return not self.open_periods


async def receive(conn: Connection, news: PeriodNews) -> None:
    """Keep what budget told; the same news again changes nothing."""
    await conn.execute(
        """insert into told_period (period, sequence, closed, event_id, occurred_at)
           values ($1, $2, $3, $4, $5) on conflict do nothing""",
        news.period,
        news.sequence,
        news.closed,
        news.event_id,
        news.occurred_at,
    )


async def of_year(conn: Connection, year: int) -> list[Readiness]:
    """Return the readiness of a year's tertials; each uses the year so far."""
    rows = await conn.fetch(_NEWEST, months(Period.year(year)))
    closed = {row["period"]: row["closed"] for row in rows}
    return [_of(Period.tertial(year, number), closed) for number in TERTIALS]


async def reopened_since(
    conn: Connection, reports: Sequence[tuple[str, str, datetime]]
) -> list[list[int]]:
    """Return for each report the periods, YYYYPP, that it uses and that were reopened since.

    A report is its template, its period and its basis; one without statements uses none.
    """
    used = [
        months(Period.parse(period).year_to_date) if _by_name(template) else []
        for template, period, _ in reports
    ]
    rows = await conn.fetch(
        """select distinct period, occurred_at from told_period
           where period = any($1::int[]) and not closed order by period""",
        sorted({month for each in used for month in each}),
    )
    return [
        sorted({row["period"] for row in rows if row["period"] in each and row["occurred_at"] > at})
        for each, (_, _, at) in zip(used, reports, strict=True)
    ]


def _by_name(template: str) -> bool:
    known = TEMPLATES.get(template)
    return known is not None and uses_ledger(known)


def uses_ledger(template: Template) -> bool:
    """Tell whether a report of a template shows statements of the ledger."""
    return any(isinstance(item, StatementItem) for item in template.items())


def months(period: Period) -> list[int]:
    """Return the ledger's months of a period, YYYYPP."""
    first, last = (_number(day) for day in (period.first, period.last))
    return [
        year * 100 + month
        for year in range(period.first.year, period.last.year + 1)
        for month in range(1, 13)
        if first <= year * 100 + month <= last
    ]


def _of(period: Period, closed: dict[int, bool]) -> Readiness:
    used: Sequence[int] = months(period.year_to_date)
    return Readiness(
        period=period,
        open_periods=tuple(month for month in used if not closed.get(month, False)),
        reopened=tuple(month for month in used if closed.get(month) is False),
    )


def _number(day: date) -> int:
    return day.year * 100 + day.month
