"""What a report template can say. A template holds no figures and no code.

Periods are written with the report's own period filled in: ``{year}``, ``{previous}``,
``{next}``, ``{first}`` and ``{last}`` (days, from the start of the year to the end of the
period, since follow-ups are cumulative), ``{period}`` as asked for. ``{districts}`` in a
condition stands for the districts of the report's area.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Service: TypeAlias = Literal["participants", "outreach", "budget"]
Condition: TypeAlias = str | tuple[str, ...]

DISTRICTS = "{districts}"


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

    """

    key: str
    label: str
    service: Service
    figure: str
    periods: tuple[str, ...]
    where: Mapping[str, Condition] = field(default_factory=dict)
    tables: tuple[tuple[str, ...], ...] = ()
    note: str = ""


@dataclass(frozen=True)
class RatioItem:
    """One item divided by another (or by a constant), with its base always shown.

    ``part`` and ``base`` name items of the same template; ``per`` divides by a number instead,
    such as twelve months. ``percent`` multiplies by a hundred.
    """

    key: str
    label: str
    unit: str
    part: str
    base: str = ""
    per: int = 0
    percent: bool = False
    note: str = ""


@dataclass(frozen=True)
class ReferenceItem:
    """A series that somebody else publishes, shown with its source and vintage."""

    key: str
    label: str
    series: str
    period: str
    note: str = ""


@dataclass(frozen=True)
class StatementItem:
    """A statement of the budget service, to the öre."""

    key: str
    label: str
    statement: str


Item: TypeAlias = FigureItem | RatioItem | ReferenceItem | StatementItem


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
        title: Swedish; may use the same words in braces as periods, and ``{area}``.
        period_kind: what kind of period may be asked for.
        needs_area: whether ``area`` must be given.

    """

    name: str
    title: str
    period_kind: Literal["year", "tertial", "any"]
    needs_area: bool
    sections: tuple[Section, ...]
