"""How a list of counted things becomes a value: the five ways that figures count."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor
from statistics import median

Cell = tuple[str, ...]
Answer = tuple[dict[Cell, int | str], int | str | None]
"""The values of cells, and the total: numbers, and medians as texts."""


@dataclass(frozen=True)
class Counted:
    """One thing that counts.

    Attributes:
        day: when it happened, or began.
        until: the first day on which it is over, if it goes on for a while.
        subject: who is counted once.
        amount: how much it is.
        by: its breakdown.
        number: what the median is taken of, in the unit that the figure shows.

    """

    day: str
    until: str | None = None
    subject: str | None = None
    amount: int = 1
    by: dict[str, str | None] = field(default_factory=dict)
    number: Fraction | None = None

    def cell(self, names: tuple[str, ...]) -> Cell:
        return tuple(self.by.get(name) or "" for name in names)


def of_period(kind: str, things: list[Counted], first: str, last: str) -> list[Counted]:
    """Return what counts in a period, of everything that a figure counts on any day.

    Args:
        kind: flow, stock, distinct, distinct_stock or distinct_during.
        things: what the figure counts.
        first: the period's first day.
        last: the period's last day.

    """
    return [thing for thing in things if _counts(kind, thing, first, last)]


def tally(kind: str, counted: list[Counted], names: tuple[str, ...]) -> Answer:
    """Return the value of each cell that is not zero, and the total."""
    if kind == "median":
        return _medians(counted, names)
    if kind in {"flow", "stock"}:
        sums: dict[Cell, int] = defaultdict(int)
        for thing in counted:
            sums[thing.cell(names)] += thing.amount
        return {cell: value for cell, value in sums.items() if value}, sum(sums.values())
    subjects: dict[Cell, set[str | None]] = defaultdict(set)
    for thing in counted:
        subjects[thing.cell(names)].add(thing.subject)
    total = len({thing.subject for thing in counted})
    return {cell: len(who) for cell, who in subjects.items()}, total


def _medians(counted: list[Counted], names: tuple[str, ...]) -> Answer:
    numbers: dict[Cell, list[Fraction]] = defaultdict(list)
    for thing in counted:
        assert thing.number is not None
        numbers[thing.cell(names)].append(thing.number)
    everything = [number for each in numbers.values() for number in each]
    total = _shown(median(everything)) if everything else None
    return {cell: _shown(median(each)) for cell, each in numbers.items()}, total


def _shown(number: Fraction) -> str:
    """Return a number with one decimal, halves upwards."""
    tenths = floor(number * 10 + Fraction(1, 2))
    return f"{tenths // 10}.{tenths % 10}"


def _counts(kind: str, thing: Counted, first: str, last: str) -> bool:
    if kind in {"flow", "distinct", "median"}:
        return first <= thing.day <= last
    if kind in {"stock", "distinct_stock"}:
        return thing.day <= last and (thing.until is None or thing.until > last)
    lasted = thing.until is None or thing.until > thing.day
    return lasted and thing.day <= last and (thing.until is None or thing.until > first)
