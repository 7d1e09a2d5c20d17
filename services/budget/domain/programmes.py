"""The rules of a funder's programme period, as they were known at a basis.

Which accounts feed which cost type (kostnadsslag), flat rates (schabloner) and unit costs an hour
(enhetskostnader) are data with a source each. A rule holds from its day until the next one of its
code; of two for the same day, the one recorded last. Shares of art. 54-56 of Regulation (EU)
2021/1060 and the hours of a year are data, too: nothing here knows a number.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar


class RateKind(StrEnum):
    """Whose hours a rate values."""

    STAFF = "staff"
    PARTICIPANT = "participant"


class StaffCosts(StrEnum):
    """How a grant pays for staff: what was booked, or hours at a unit cost."""

    ACTUAL = "actual"
    UNIT = "unit"


@dataclass(frozen=True, slots=True)
class AccountRule:
    """Accounts that begin with ``prefix`` feed a cost type, or none."""

    prefix: str
    cost_type: str | None
    valid_from: date


@dataclass(frozen=True, slots=True)
class FlatRate:
    """``share`` hundredths of a per cent of some cost types, paid instead of others."""

    id: int
    code: str
    share: int
    on_cost_types: frozenset[str]
    replaces: frozenset[str]
    valid_from: date


@dataclass(frozen=True, slots=True)
class HourlyRate:
    """Öre for an hour of a function of staff, or of a participant."""

    kind: RateKind
    code: str
    cost_type: str
    amount: int
    valid_from: date


@dataclass(frozen=True)
class Rules:
    """Everything a programme period says; each list in the order it was recorded."""

    code: str
    hours_per_year: int
    whole_hours: bool
    accounts: Sequence[AccountRule]
    flat_rates: Sequence[FlatRate]
    hourly_rates: Sequence[HourlyRate]

    def cost_type_of(self, account: str, day: date) -> str | None:
        """Return the cost type that an account feeds on a day: its longest prefix decides."""
        for length in range(len(account), 0, -1):
            rule = in_force((r for r in self.accounts if r.prefix == account[:length]), day)
            if rule is not None:
                return rule.cost_type
        return None

    def flat_rate(self, code: str, day: date) -> FlatRate | None:
        return in_force((rate for rate in self.flat_rates if rate.code == code), day)

    def hourly_rate(self, kind: RateKind, code: str, day: date) -> HourlyRate | None:
        rates = (r for r in self.hourly_rates if r.kind is kind and r.code == code)
        return in_force(rates, day)

    def paid_by_the_hour(self) -> frozenset[str]:
        """Return the cost types that unit costs of staff stand for."""
        return frozenset(r.cost_type for r in self.hourly_rates if r.kind is RateKind.STAFF)


Rule = TypeVar("Rule", AccountRule, FlatRate, HourlyRate)


def in_force(rules: Iterable[Rule], day: date) -> Rule | None:
    """Return the rule that holds on a day, or None before the first."""
    found: Rule | None = None
    for rule in rules:
        if rule.valid_from <= day and (found is None or rule.valid_from >= found.valid_from):
            found = rule
    return found
