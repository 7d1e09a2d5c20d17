"""Dated rules that a service's figures are counted by, and how they travel with an answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from shared.figures.definitions import FigureDefinition, Query

if TYPE_CHECKING:
    from shared.db import Connection
    from shared.periods import Period


@dataclass(frozen=True, slots=True)
class RuleInForce:
    """A rule by which an answer was counted.

    Attributes:
        operation: whose rule it is; None: everybody's.
        version: which of its rules.
        counts: what it counts, a code.
        unit: in which unit it counts.
        valid_from: its first day.
        valid_to: its last day; None: no rule follows.
        note: Swedish, why it came or what it says.

    """

    operation: str | None
    version: int
    counts: str
    unit: str
    valid_from: date
    valid_to: date | None
    note: str

    def in_force(self, period: Period) -> bool:
        """Tell whether it holds on some day of a period."""
        ended = self.valid_to is not None and self.valid_to < period.first
        return self.valid_from <= period.last and not ended

    def shown(self) -> dict[str, Any]:
        """Return it as it is sent."""
        return {
            "operation": self.operation,
            "version": self.version,
            "counts": self.counts,
            "unit": self.unit,
            "validFrom": self.valid_from.isoformat(),
            "validTo": None if self.valid_to is None else self.valid_to.isoformat(),
            "note": self.note,
        }


CountingRules = Callable[
    ["Connection", tuple[FigureDefinition, ...], Query], Awaitable[Sequence[RuleInForce]]
]
"""``(conn, definitions, query)`` gives the rules in force in the period, sorted.

It reads what was recorded at or before ``query.basis`` and nothing else, so that answers stay
equal.
"""


def last_days(first_days: Iterable[date]) -> list[date | None]:
    """Return the last day of each of the rules that begin on these days, in their order."""
    begun = list(first_days)
    ended = (following - timedelta(days=1) for _, following in pairwise(begun))
    return [*ended, None] if begun else []
