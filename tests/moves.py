"""Why a figure moved, told from signed rows the way a person would: one kind after the other.

Nothing of the product's SQL is used: rows are read whole, and the figure is counted in Python
from those that are there after each kind of deed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from statistics import median
from typing import Any

from shared.clock import local_day
from shared.periods import Period

PARTS = (
    "newFacts",
    "lateFacts",
    "corrections",
    "retractions",
    "merges",
    "ruleChanges",
    "areaChanges",
)
CUMULATIVE = {"stock", "distinct_stock", "distinct_during"}
TOGETHER = {"distinct_stock", "distinct_during"}
"""Kinds for which coming and leaving that were told at once are one thing, late or new."""

Cell = tuple[str, ...]
Steps = tuple[Any, ...]


@dataclass(frozen=True)
class Booked:
    """One signed row.

    Attributes:
        at: when it was recorded.
        part: what its deed moves; None: new facts or late ones, by the day.
        day: when it happened.
        record: what it is about.
        subject: who is counted once.
        amount: how much more or less.
        by: its breakdown.
        number: what a median is taken of.

    """

    at: datetime
    part: str | None
    day: date
    record: Any
    subject: Any
    amount: int
    by: Mapping[str, str]
    number: int | None = None

    def cell(self, names: tuple[str, ...]) -> Cell:
        return tuple(f"{self.day:%Y-%m}" if name == "period" else self.by[name] for name in names)


@dataclass(frozen=True)
class Move:
    """What is asked: how a kind of figure came from one basis to another."""

    kind: str
    period: Period
    since: datetime
    basis: datetime

    def steps(
        self, booked: Sequence[Booked], names: tuple[str, ...]
    ) -> tuple[dict[Cell, Steps], Steps]:
        """Return the figure at the earlier basis and after each part, by cell and in all.

        Medians are doubled; a cell is left out when it never has a value.
        """
        taken = self._taken(booked)
        cells: dict[Cell, list[tuple[int, Booked]]] = defaultdict(list)
        for step, row in taken:
            cells[row.cell(names)].append((step, row))
        found = {cell: self._values(rows) for cell, rows in cells.items()}
        return {cell: steps for cell, steps in found.items() if any(steps)}, self._values(taken)

    def _taken(self, booked: Sequence[Booked]) -> list[tuple[int, Booked]]:
        """Return the rows that count in the period, each with the step that takes it in."""
        rows = [
            row
            for row in booked
            if row.at <= self.basis
            and row.day <= self.period.last
            and (self.kind in CUMULATIVE or row.day >= self.period.first)
        ]
        began: dict[Any, date] = {}
        for row in rows:
            told = (row.record, row.at)
            began[told] = min(row.day, began.get(told, row.day))
        return [(self._step(row, began[row.record, row.at]), row) for row in rows]

    def _step(self, row: Booked, began: date) -> int:
        if row.at <= self.since:
            return 0
        if row.part is not None:
            return 1 + PARTS.index(row.part)
        day = began if self.kind in TOGETHER else row.day
        return 2 if day <= local_day(self.since) else 1

    def _values(self, taken: Sequence[tuple[int, Booked]]) -> Steps:
        found: list[Any] = []
        for step in range(len(PARTS) + 1):
            value = self._value([row for at, row in taken if at <= step])
            carried = value is None and 0 < step < len(PARTS)
            found.append(found[-1] if carried else value)
        return tuple(found)

    def _value(self, rows: Sequence[Booked]) -> Any:  # noqa: ANN401  None of no median
        if self.kind in {"flow", "stock"}:
            return sum(row.amount for row in rows)
        if self.kind == "median":
            counted: Counter[int | None] = Counter()
            for row in rows:
                counted[row.number] += row.amount
            numbers = [number for number in counted.elements() if number is not None]
            return int(2 * median(numbers)) if numbers else None
        there: Counter[Any] = Counter()
        for row in rows:
            if row.subject is not None:
                daily = self.kind == "distinct_during"
                there[row.subject, max(row.day, self.period.first) if daily else None] += row.amount
        return len({subject for (subject, _), amount in there.items() if amount > 0})


def change_of(steps: Steps) -> dict[str, Any]:
    """Return the change that the steps of a count say, as it is sent."""
    parts = [after - before for before, after in pairwise(steps)]
    return {
        "before": steps[0],
        "after": steps[-1],
        "difference": steps[-1] - steps[0],
        "parts": dict(zip(PARTS, parts, strict=True)),
    }


def unsound(change: Mapping[str, Any]) -> bool:
    """Tell whether a change does not add up: before, its parts, after."""
    before, after, parts = change["before"], change["after"], change["parts"]
    if before is None or after is None:
        return (change["difference"], parts) != (None, None)
    sent = [*parts.values(), change["difference"], before, after]
    *split, difference, first, last = map(_exact, sent)
    return tuple(parts) != PARTS or sum(split) != difference or last - first != difference


def _exact(value: int | str) -> int:
    """Return a value in whole units of its last decimal."""
    return value if isinstance(value, int) else int(value.replace(".", ""))
