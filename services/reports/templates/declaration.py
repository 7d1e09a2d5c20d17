"""What a report template can say. A template holds no figures and no code.

Periods are written with the report's own period filled in: ``{year}``, ``{previous}``,
``{before}`` (the year before that), ``{next}``, ``{first}`` and ``{last}`` (days, from the start
of the year to the end of the period, since follow-ups are cumulative), ``{so_far}`` (those days as
one period) and ``{period}`` as asked for.
In conditions and titles ``{area}``, ``{area_code}``, ``{programme}`` (a code) and
``{programme_name}`` are filled in too, and ``{project}``: the number of the budget's project
that pays for the programme; items about it cannot be shown while there is none. ``{districts}``
as a condition stands for the districts of the report's area.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Service: TypeAlias = Literal["participants", "outreach", "budget"]
Condition: TypeAlias = str | tuple[str, ...]
PeriodKind: TypeAlias = Literal["year", "tertial", "year_or_tertial", "any"]
Chart: TypeAlias = Literal["", "bars", "line"]
"""How an item is drawn, beside its numbers; empty is not at all.

An item of several periods is drawn along them, by the rows of its first table if it has one; an
item of one period by the rows of its first table.
"""

Source: TypeAlias = Literal["follow-up-rates", "funnel", "esf-indicators", "deviations"]
"""A ready-made answer of a service that is more than one figure; `domain.tables` shapes each."""

DISTRICTS = "{districts}"
PROJECT = "{project}"


@dataclass(frozen=True)
class TextItem:
    """Paragraphs (Swedish) with an empty line between them, written for the report.

    They say what the report is about and how to read it, and no figures: those are items.
    """

    key: str
    text: str


@dataclass(frozen=True)
class FigureItem:
    """A figure of one service, shown as a value and as tables.

    Attributes:
        key: the item's name in the report; stable, since others link to it.
        label: what a reader sees (Swedish).
        figure: the name under which the service defines it (``GET /figures``).
        periods: one or more; two or more are a series.
        where: conditions; a tuple means any of these values.
        tables: the breakdowns to show beside the plain value.
        note: what the reader must know (Swedish).
        chart: how it is drawn.

    """

    key: str
    label: str
    service: Service
    figure: str
    periods: tuple[str, ...]
    where: Mapping[str, Condition] = field(default_factory=dict)
    tables: tuple[tuple[str, ...], ...] = ()
    note: str = ""
    chart: Chart = ""


@dataclass(frozen=True)
class RatioItem:
    """One item divided by another (or by a constant), with its base always shown.

    ``part`` and ``base`` name figures or reference series of the same template, above it. ``per``
    divides by a number instead, such as twelve months. ``percent`` multiplies by a hundred.
    Where both have equally many periods they are divided period by period, otherwise the last by
    the last; where both have the same breakdown, row by row. A reference series is by what
    its labels are (`ReferenceItem.by`).
    """

    key: str
    label: str
    unit: str
    part: str
    base: str = ""
    per: int = 0
    percent: bool = False
    note: str = ""
    chart: Chart = ""


@dataclass(frozen=True)
class ReferenceItem:
    """A series that somebody else publishes, shown with its source and vintage.

    ``by`` says which breakdown the labels are values of: ``district`` when they are codes of the
    area map.
    """

    key: str
    label: str
    series: str
    period: str
    note: str = ""
    by: str = ""
    chart: Chart = ""


@dataclass(frozen=True)
class StatementItem:
    """A statement of the budget service, to the öre."""

    key: str
    label: str
    statement: str


@dataclass(frozen=True)
class TableItem:
    """An answer of a service that is a table of its own, one row or more for each period.

    Attributes:
        key: the item's name in the report.
        label: what a reader sees (Swedish).
        source: which answer.
        periods: one or more; of the budget the report's own.
        where: conditions, as of a figure.
        by: what the rows are beside the total, such as ``sex`` or ``venue``.
        after: of follow-up rates, how long after.
        note: what the reader must know (Swedish).
        chart: how its main share is drawn.

    """

    key: str
    label: str
    source: Source
    periods: tuple[str, ...] = ("{period}",)
    where: Mapping[str, Condition] = field(default_factory=dict)
    by: str = ""
    after: Literal["three-months", "six-months"] = "three-months"
    note: str = ""
    chart: Chart = ""


def participants(
    key: str,
    label: str,
    figure: str,
    periods: tuple[str, ...],
    where: Mapping[str, Condition],
    *tables: tuple[str, ...],
    note: str = "",
    chart: Chart = "",
) -> FigureItem:
    """Return an item of a figure of participants."""
    return FigureItem(key, label, "participants", figure, periods, where, tables, note, chart)


def outreach(
    key: str,
    label: str,
    figure: str,
    periods: tuple[str, ...],
    where: Mapping[str, Condition],
    *tables: tuple[str, ...],
    note: str = "",
    chart: Chart = "",
) -> FigureItem:
    """Return an item of a figure of outreach."""
    return FigureItem(key, label, "outreach", figure, periods, where, tables, note, chart)


def money(
    key: str,
    label: str,
    figure: str,
    periods: tuple[str, ...],
    where: Mapping[str, Condition],
    *tables: tuple[str, ...],
    note: str = "",
    chart: Chart = "",
) -> FigureItem:
    """Return an item of a figure of the budget."""
    return FigureItem(key, label, "budget", figure, periods, where, tables, note, chart)


COSTS = tuple(str(group) for group in range(40, 80))
"""The account groups of costs in K-bas; 30-39 are revenue, from 80 on come financial items."""

THREE_YEARS = ("{before}", "{previous}", "{year}")

Item: TypeAlias = TextItem | FigureItem | RatioItem | ReferenceItem | StatementItem | TableItem


@dataclass(frozen=True)
class Section:
    """A part of the report under one heading (Swedish)."""

    key: str
    title: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Template:
    """One kind of committee report.

    Attributes:
        name: as in ``?template=``.
        title: Swedish; may use the same words in braces as conditions.
        period_kind: what kind of period may be asked for.
        needs_area: whether ``area`` must be given.
        needs_programme: whether ``programme`` must be given.

    """

    name: str
    title: str
    period_kind: PeriodKind
    needs_area: bool
    sections: tuple[Section, ...]
    needs_programme: bool = False

    def items(self) -> list[Item]:
        """Return every item in order."""
        return [item for section in self.sections for item in section.items]
