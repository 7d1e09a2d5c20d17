"""Amounts of a project's years as somebody says them in a period, and what makes no sense."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.budget.domain.periods import year_of
from services.budget.domain.project_terms import Fault
from services.budget.domain.project_years import Flow, YearKind
from services.budget.domain.projects import Amount


@dataclass(frozen=True, slots=True)
class Entry:
    """One amount of one year; None takes back what was said, and nothing is stated any longer."""

    kind: YearKind
    flow: Flow
    year: int
    amount: Amount | None


def faults_of_entries(entries: Sequence[Entry], period: int, note: str) -> list[Fault]:
    """Return everything that makes no sense in what is said together in a period."""
    return [
        fault
        for at, entry in enumerate(entries)
        for fault in _faults(f"entries.{at}", entry, entries[:at], period, note)
    ]


def _faults(
    field: str, entry: Entry, before: Sequence[Entry], period: int, note: str
) -> Iterator[Fault]:
    amount = entry.amount
    if amount is None and not note.strip():
        yield Fault("note", "note_missing", "taking an amount back needs a note saying why")
    if amount is not None and entry.flow is Flow.COST and amount.hundredths < 0:
        yield Fault(f"{field}.amount.amount", "negative", "a cost is positive")
    if amount is not None and entry.flow is Flow.INCOME and amount.hundredths > 0:
        yield Fault(f"{field}.amount.amount", "positive", "income is negative")
    if entry.kind is YearKind.EARLIER_OUTCOME and entry.year > year_of(period):
        yield Fault(
            f"{field}.year", "in_the_future", "an outcome is of the period's year or before"
        )
    if any((e.kind, e.flow, e.year) == (entry.kind, entry.flow, entry.year) for e in before):
        yield Fault(field, "said_twice", "each kind, flow and year once")
