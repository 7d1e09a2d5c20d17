"""Heads of tables as rows of cells, and the order that the city's forms give them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from services.reports.publication.model import Column, Table


@dataclass(frozen=True, slots=True)
class HeadCell:
    """A cell of a table's head: ``column`` is its leftmost, from 0."""

    text: str
    column: int
    width: int = 1
    height: int = 1


_YEAR = re.compile(r"(Budget|Prognos|Plan) (\d{4}), (.+)")
_TOTAL = re.compile(r"(Totalt (?:beslutad|prognos)|Total prognos), (.+)")
_BEFORE = re.compile(r"(Ack\. t\.o\.m\. \d{4}), (.+)")
_CLOSING = re.compile(r"UB (.+)")
_PRINTED = {"Budget": 3, "Prognos": 5, "Plan": 7, "Senare": 9, "beslutad": 11, "prognos": 13}
"""The numbers printed above the first column of each pair of the form of strategic projects."""


def columns(table: Table) -> tuple[Column, ...]:
    """Return a table's columns, with the groups of its form when nobody gave them any."""
    heads = table.columns
    if any(column.groups for column in heads):
        return heads
    if table.form == "strategic-projects":
        return tuple(_strategic(column, heads) for column in heads)
    if table.form == "balance-sheet":
        return tuple(_closing(column) for column in heads)
    return heads


def _closing(column: Column) -> Column:
    found = _CLOSING.fullmatch(column.label)
    return replace(column, label=found.group(1), groups=("UB",)) if found else column


def _strategic(column: Column, heads: Sequence[Column]) -> Column:
    """Return a column beneath its year and kind, numbered as the printed form numbers it."""
    if found := _YEAR.fullmatch(column.label):
        kind, year, flow = found.groups()
        budgeted = any(other.label.startswith(f"Budget {year},") for other in heads)
        printed = _PRINTED["Senare" if kind == "Prognos" and not budgeted else kind]
        return _numbered(column, (year, kind), flow, printed)
    if found := _TOTAL.fullmatch(column.label):
        kind, flow = found.group(1).split()[-1], found.group(2)
        return _numbered(column, ("Totalt", _begun(kind)), flow, _PRINTED[kind])
    if found := _BEFORE.fullmatch(column.label):
        return _numbered(column, (found.group(1),), found.group(2), 1)
    return column


def _numbered(column: Column, groups: tuple[str, ...], flow: str, printed: int) -> Column:
    """Cost stands before income in each pair, as the form's legend has it."""
    number = printed + flow.startswith("intäkt")
    return replace(column, label=f"{_begun(flow)} ({number})", groups=groups)


def _begun(words: str) -> str:
    return words[:1].upper() + words[1:]


def head_rows(heads: Sequence[Column]) -> list[list[HeadCell]]:
    """Return the head's rows, outermost first: equal neighbours under one group are one cell.

    A column with fewer groups than others has a label as high as what it lacks, so that every
    row covers every column exactly once.
    """
    depth = max((len(column.groups) for column in heads), default=0) + 1
    return [list(_level(heads, level, depth)) for level in range(depth)]


def _level(heads: Sequence[Column], level: int, depth: int) -> Iterator[HeadCell]:
    place = 0
    while place < len(heads):
        column = heads[place]
        if level == len(column.groups):
            yield HeadCell(column.label, place, height=depth - level)
        width = _run(heads, place, level) if level < len(column.groups) else 1
        if level < len(column.groups):
            yield HeadCell(column.groups[level], place, width)
        place += width


def _run(heads: Sequence[Column], start: int, level: int) -> int:
    """Return how many columns from one on share its groups down to a level."""
    shared = heads[start].groups[: level + 1]
    end = start
    while end < len(heads) and heads[end].groups[: level + 1] == shared:
        end += 1
    return end - start
