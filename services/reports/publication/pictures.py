"""Charts of what tables show: never joined across a series break, withheld values left out."""

from __future__ import annotations

from datetime import date
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from services.reports.publication import numbers
from services.reports.publication.cells import MONEY
from services.reports.publication.model import Break, Cell, Chart, Kind, Mark, Point
from services.reports.publication.wording import word
from shared.periods import Period

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.reports.domain.assembly import Document
    from services.reports.publication.model import Table

_FEWEST = 2
"""One value is no picture."""

_MOST_TOLD = 24
"""More values than this make a description that nobody listens to; the table has them."""

_MILLION = 1_000_000
_NAMES = {Mark.BARS: "Stapeldiagram", Mark.LINE: "Linjediagram"}


def point(category: str, cell: Cell, *, series: str = "", segment: int = 0) -> Point:
    """Return a cell as a point; money is drawn in millions of kronor."""
    if cell.value is None:
        return Point(category, series, segment, None, cell.text)
    if cell.kind in {Kind.MONEY, Kind.MILLIONS}:
        amount = str(cell.value)
        return Point(category, series, segment, float(amount) / _MILLION, numbers.millions(amount))
    return Point(category, series, segment, float(cell.value), cell.text)


def chart(
    table: Table,
    mark: str,
    unit: str,
    points: Sequence[Point],
    *,
    title: str = "",
    breaks: Sequence[Break] = (),
) -> list[Chart]:
    """Return a chart of a table's values, or none where there is nothing to compare.

    Args:
        table: the table that shows the same values.
        mark: ``bars`` or ``line``, as a template says.
        unit: of the values, as the document has it.
        points: in reading order.
        title: what it shows; without, what the table shows.
        breaks: where the series is broken.

    """
    if sum(each.value is not None for each in points) < _FEWEST:
        return []
    drawn, named = Mark(mark), title or table.caption
    return [
        Chart(
            key=f"{table.key}:diagram",
            title=named,
            description=_told(drawn, named, unit, points, breaks),
            mark=drawn,
            unit="mnkr" if unit == MONEY else word(unit),
            points=tuple(points),
            table=table.key,
            breaks=tuple(breaks),
        )
    ]


def breaks_of(item: Document) -> list[Break]:
    """Return where the series of an item is broken: between which of its values."""
    found = []
    for before, after in pairwise(item["values"]):
        if before["segment"] == after["segment"]:
            continue
        first, last = Period.parse(before["period"]).first, Period.parse(after["period"]).last
        days = [date.fromisoformat(each["on"]) for each in item.get("breaks", ())]
        found += [
            Break(after["periodLabel"], f"Nytt räknesätt från {numbers.day(on)}")
            for on in days
            if first < on <= last
        ]
    return found


def _told(
    mark: Mark, title: str, unit: str, points: Sequence[Point], breaks: Sequence[Break]
) -> str:
    """Return what one should see, with the numbers, for who does not see it."""
    name = "miljoner kronor" if unit == MONEY else word(unit)
    told = [f"{_NAMES[mark]} över {title[:1].lower()}{title[1:]}, i {name}."]
    if len(points) <= _MOST_TOLD:
        ordered = sorted(points, key=lambda each: each.series)
        for series, group in groupby(ordered, key=lambda each: each.series):
            values = "; ".join(f"{each.category}: {_value(each)}" for each in group)
            told.append(f"{series[:1].upper()}{series[1:]}: {values}." if series else f"{values}.")
    else:
        told.append("Alla värden står i tabellen.")
    told += [f"{each.text}: linjen är bruten före {each.before}." for each in breaks]
    return " ".join(told)


def _value(point: Point) -> str:
    if point.value is not None:
        return point.text
    return "visas inte" if point.text == numbers.WITHHELD else point.text or "uppgift saknas"
