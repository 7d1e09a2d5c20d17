"""Which months and which days of a journal a question is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from shared.periods import Period

if TYPE_CHECKING:
    from shared.figures.definitions import Kind
    from shared.journal import Journal

_BEGINNING = 0
_CLOSING = 99  # of a year in a ledger's own periods: after every closing period


@dataclass(frozen=True, slots=True)
class Span:
    """The facts of a question by when they happened.

    Attributes:
        first: the first day, None for the beginning.
        last: the last day.
        months: first and last YYYYMM (or YYYYPP) that lie inside as a whole, if any.
        edges: stretches of days that do not fill a month; with the months, they are the span.
        by_month: the span is its months, whatever day is on the rows.

    """

    first: date | None
    last: date
    months: tuple[int, int] | None
    edges: tuple[tuple[date, date], ...]
    by_month: bool


def span(kind: Kind, journal: Journal, period: Period) -> Span:
    """Return what a figure of a kind adds up for a period."""
    cumulative = kind in {"stock", "distinct_stock"}
    if journal.own_periods:
        return _own_span(period, cumulative=cumulative)
    return _stock_span(period.last) if cumulative else _flow_span(period)


def _stock_span(day: date) -> Span:
    month = Period.month(day.year, day.month)
    if month.last == day:
        return Span(None, day, (_BEGINNING, month.last_month), (), by_month=False)
    full = (_BEGINNING, month.previous.last_month)
    return Span(None, day, full, ((month.first, day),), by_month=False)


def _flow_span(period: Period) -> Span:
    first, last = period.first, period.last
    inner_first = first if first.day == 1 else _month_of(first).next.first
    inner_last = last if period.ends_month else _month_of(last).previous.last
    if inner_first > inner_last:
        return Span(first, last, None, ((first, last),), by_month=False)
    inside = Period(inner_first, inner_last, "range")
    one_day = timedelta(days=1)
    edges = ((first, inner_first - one_day), (inner_last + one_day, last))
    return Span(
        first,
        last,
        (inside.first_month, inside.last_month),
        tuple(edge for edge in edges if edge[0] <= edge[1]),
        by_month=False,
    )


def _own_span(period: Period, *, cumulative: bool) -> Span:
    """Return the span in periods of a ledger, whose stock begins with the year's opening."""
    opening = period.last.year * 100
    last = opening + _CLOSING if period.kind == "year" else period.last_month
    if cumulative:
        whole, start = period.ends_month, date(period.last.year, 1, 1)
        months = (opening, last)
    else:
        whole, start = period.whole_months, period.first
        months = (period.first_month, last)
    if whole:
        return Span(start, period.last, months, (), by_month=True)
    return Span(start, period.last, None, ((start, period.last),), by_month=False)


def _month_of(day: date) -> Period:
    return Period.month(day.year, day.month)
