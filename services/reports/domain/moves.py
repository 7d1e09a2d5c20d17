"""Why the numbers of a report moved between two bases, in the report's own tables. Pure.

The report is assembled once for each step: as it was, with one kind of change after the other
taken in, and as it is. So everything a report does with figures (shares, districts on one
division, values side by side) is done to every step alike, and no rule is written twice. What
the services make tables and statements of is taken through its steps by themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from services.reports.domain.steps import HUNDREDTHS, TENTHS, WHOLE, change_of, is_moved

if TYPE_CHECKING:
    from services.reports.domain.assembly import Document
    from services.reports.domain.ratios import Value
    from services.reports.domain.steps import Change

MONEY = "SEK"
TEXT = "text"
_NOT_YET = "unknown_code"
_SERVICES = frozenset({"participants", "outreach", "budget"})

Row = tuple[str, tuple[tuple[str, str], ...]]
"""The label of a row, if it has one of its own, and the values of its breakdown by name."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands in an item: its table (period and breakdown), row and column."""

    period: str
    by: tuple[str, ...]
    row: Row
    column: str


@dataclass
class Followed:
    """The values of an item, step by step, and how they are shown.

    Attributes:
        steps: each value's.
        columns: code, label and unit.
        labels: of rows that are known by a code.
        absent: what a value is that is not mentioned.
        notes: what a reader must know (Swedish).

    """

    steps: dict[Place, list[Value]]
    columns: list[Document]
    labels: Mapping[str, str] = field(default_factory=dict)
    absent: Value = None
    notes: list[str] = field(default_factory=list)

    def note(self, text: str) -> None:
        """Tell the reader something, once."""
        if text not in self.notes:
            self.notes.append(text)

    def changes(self) -> dict[Place, Change]:
        """Return the change of every value that is known at either end."""
        decimals = self.decimals()
        return {
            place: change_of(steps, decimals[place.column])
            for place, steps in self.steps.items()
            if not (steps[0] is None and steps[-1] is None)
        }

    def decimals(self) -> dict[str, int]:
        """Return how many decimals each column is shown with: one where any value has a part."""
        found = {}
        for column in self.columns:
            code = column["code"]
            values = [v for place, each in self.steps.items() if place.column == code for v in each]
            found[code] = decimals_of(column["unit"], values)
        return found


def decimals_of(unit: str, values: Sequence[Value]) -> int:
    """Return how many decimals values of a unit are shown with."""
    if unit == MONEY:
        return HUNDREDTHS
    return WHOLE if all(value is None or isinstance(value, int) for value in values) else TENTHS


def followed(steps: Sequence[Document]) -> Followed:
    """Return the values of a figure, a ratio or a reference series through its steps.

    A breakdown that a count does not mention is zero; what no count is, is not known, and
    nothing is where the whole item was not.
    """
    shown = [step for step in steps if step["status"] == "ok"]
    last = shown[-1]
    counted = last["kind"] == "figure" and last["definition"]["kind"] != "median"
    absent = ("0.00" if last["unit"] == MONEY else 0) if counted else None
    values = [dict(values_of(step)) if step["status"] == "ok" else None for step in steps]
    places = dict.fromkeys(place for each in reversed(values) for place in each or ())
    columns = dict.fromkeys(place.column for place in places)
    return Followed(
        {
            place: [None if each is None else each.get(place, absent) for each in values]
            for place in places
        },
        [
            {"code": code, "label": _COLUMNS.get(code, last["label"]), "unit": last["unit"]}
            for code in columns
        ],
        absent=absent,
    )


_COLUMNS = {"low": "Lägst", "high": "Högst"}


def values_of(item: Document) -> Iterator[tuple[Place, Value]]:
    """Yield every value of an item of a report, and where it stands."""
    match item["kind"]:
        case "reference":
            yield from _of_series(item)
        case "statement":
            yield from _of_statement(item["statement"])
        case "table":
            yield from _of_table(item)
        case _:
            yield from _of_figure(item)


def _of_figure(item: Document) -> Iterator[tuple[Place, Value]]:
    for value in item["values"]:
        period = value["period"]
        yield Place(period, (), ("", ()), "value"), value["value"]
        for table in value["tables"]:
            by = tuple(table["by"])
            for row in table["rows"]:
                named = tuple((name, row[name]) for name in by)
                yield Place(period, by, ("", named), "value"), row["value"]


def _of_series(item: Document) -> Iterator[tuple[Place, Value]]:
    by = item["by"]
    ranges = any(row["low"] != row["high"] for row in item["rows"])
    for row in item["rows"]:
        label = row["label"]
        named: Row = ("", ((by, label),)) if by and label else (label, ())
        table = (by,) if by and label else ()
        if ranges:
            yield Place(item["period"], table, named, "low"), row["low"]
            yield Place(item["period"], table, named, "high"), row["high"]
        else:
            yield Place(item["period"], table, named, "value"), row["low"]


def _of_statement(statement: Document) -> Iterator[tuple[Place, Value]]:
    for row in statement["rows"]:
        for column, amount in row["amounts"].items():
            yield Place("", (), code_row(row["code"]), column), amount


def code_row(code: str) -> Row:
    """Return the row of a statement that is known by a code."""
    return code, (("row", code),)


def _of_table(item: Document) -> Iterator[tuple[Place, Value]]:
    named = [column["code"] for column in item["columns"] if column["unit"] != TEXT]
    for row in item["rows"]:
        for code in named:
            yield Place(row["period"], (), row_of(row), code), row["cells"][code]["value"]


def row_of(row: Document) -> Row:
    """Return what the row of a table is known by."""
    return row["label"], tuple(row["by"].items())


def away(*steps: Document) -> str | None:
    """Return why an item cannot be told: a service was away, or nothing was ever there."""
    for reason in filter(None, map(service_away, steps)):
        return reason
    missing = [str(step["reason"]) for step in steps if step["status"] != "ok"]
    return missing[-1] if len(missing) == len(steps) else None


def service_away(item: Document) -> str | None:
    """Return why an item is missing, if a service was away or refused it.

    A service that did not know yet of something that the item names is not away: nothing was
    known then.
    """
    service, _, code = str(item["reason"]).partition(": ")
    return item["reason"] if service in _SERVICES and code != _NOT_YET else None


def told(head: Document, found: Followed, changes: Mapping[Place, Change]) -> Document:
    """Return an item with the changes of its values, table by table in the report's order."""
    tables: dict[tuple[str, tuple[str, ...]], dict[Row, dict[str, Change]]] = {}
    for place, change in changes.items():
        rows = tables.setdefault((place.period, place.by), {})
        rows.setdefault(place.row, {})[place.column] = change
    return {
        **_head(head),
        "status": "ok",
        "reason": None,
        "moved": sum(is_moved(change) for change in changes.values()),
        "columns": found.columns,
        "tables": [
            {
                "period": period,
                "by": list(by),
                "rows": [_row(row, cells, found.labels) for row, cells in rows.items()],
            }
            for (period, by), rows in tables.items()
        ],
        "notes": found.notes,
    }


def untold(head: Document, reason: str) -> Document:
    """Return an item of which nothing can be told, and why."""
    empty: dict[str, Any] = {"moved": 0, "columns": [], "tables": [], "notes": []}
    return {**_head(head), "status": "unavailable", "reason": reason, **empty}


def _head(item: Document) -> Document:
    return {name: item[name] for name in ("kind", "key", "label")}


def _row(row: Row, cells: Mapping[str, Change], labels: Mapping[str, str]) -> Document:
    label, names = row
    return {
        "label": labels.get(label, label),
        "names": dict(names),
        "moved": any(is_moved(change) for change in cells.values()),
        "cells": dict(cells),
    }
