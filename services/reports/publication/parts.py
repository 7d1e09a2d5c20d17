"""Tables too wide for paper as several beneath each other, each with the row headings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from services.reports.publication.headings import columns
from services.reports.publication.model import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.reports.publication.model import Cell, Column, Table

UPRIGHT = 96
"""Characters that a line of a table holds on an upright A4 in the tables' type."""

LYING = 230
"""The same on a lying A4 in the smaller type of wide tables."""

_GAP = 2
_HEADING = 34
"""Longer words in a column are broken into lines rather than given all the width."""

_WORD = 12
"""Headings of columns are broken between words, so only a long word needs width."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some columns of a table: all of them when it fits.

    Attributes:
        table: with these columns only; the first ``headers`` are the row headings.
        wide: whether it needs a lying page.
        label: ``del 1 av 3``, or empty.

    """

    table: Table
    wide: bool
    label: str = ""


def parts(table: Table) -> list[Part]:
    """Return a table as it fits on paper; a group of columns stays together if it can."""
    whole = replace(table, columns=columns(table))
    widths = widths_of(whole)
    if sum(widths) <= LYING:
        return [Part(whole, wide=sum(widths) > UPRIGHT)]
    heads = list(range(whole.headers))
    room = LYING - sum(widths[: whole.headers])
    runs = _runs(whole.columns, whole.headers, widths, room)
    packed: list[list[int]] = [[]]
    for run in runs:
        taken = sum(widths[place] for place in packed[-1] + run)
        if packed[-1] and taken > room:
            packed.append([])
        packed[-1] += run
    many = len(packed)
    return [
        Part(_only(whole, heads + places), wide=True, label=f"del {number} av {many}")
        for number, places in enumerate(packed, 1)
    ]


def stretches(table: Table) -> list[bool]:
    """Return which columns hold words so long that they take all the width that is left."""
    return [
        column.kind is Kind.TEXT and longest(table, place) >= _HEADING
        for place, column in enumerate(table.columns)
    ]


def longest(table: Table, place: int) -> int:
    """Return the characters of the longest text in a column, its heading left out."""
    return max((len(row.cells[place].text) for row in table.rows), default=0)


def widths_of(table: Table) -> list[int]:
    """Return the characters of width that each column of a table needs on paper."""
    return [_width(table, place) for place in range(len(table.columns))]


def _runs(heads: Sequence[Column], first: int, widths: Sequence[int], room: int) -> list[list[int]]:
    """Return columns that should stand together: those of one outermost group, if they fit."""
    runs: list[list[int]] = []
    for place in range(first, len(heads)):
        group = heads[place].groups[:1]
        together = bool(runs and group and heads[runs[-1][-1]].groups[:1] == group)
        if together and sum(widths[other] for other in [*runs[-1], place]) <= room:
            runs[-1].append(place)
        else:
            runs.append([place])
    return runs


def _width(table: Table, place: int) -> int:
    column, needed = table.columns[place], longest(table, place)
    words = (len(word) for word in column.label.split())
    if column.kind is Kind.TEXT:
        needed = min(needed, _HEADING)
    return max(needed, min(max(words, default=0), _WORD)) + _GAP


def _only(table: Table, places: Sequence[int]) -> Table:
    def chosen(cells: Sequence[Cell]) -> tuple[Cell, ...]:
        return tuple(cells[place] for place in places)

    return replace(
        table,
        columns=tuple(table.columns[place] for place in places),
        rows=tuple(replace(row, cells=chosen(row.cells)) for row in table.rows),
    )
