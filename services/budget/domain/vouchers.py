"""Vouchers: what is booked together sums to zero, and is corrected only by its mirror image."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

MIN_POSTINGS = 2


@dataclass(frozen=True, slots=True)
class Entry:
    """One posting to be booked; ``amount`` is öre, debit positive, credit negative.

    ``objects`` are the free dimensions, number -> object code: {"7": "A12"}.
    """

    account: str
    counterpart: str
    amount: int
    project: str = ""
    responsibility: str = ""
    activity: str = ""
    objects: Mapping[str, str] = field(default_factory=dict, hash=False)
    text: str = ""

    def reversed(self) -> Entry:
        return replace(self, amount=-self.amount)


@dataclass(frozen=True, slots=True)
class Draft:
    """A voucher to be booked.

    ``covers_from`` says the first period that the amounts are about, when it is not ``period``:
    a trial balance for eight months is booked in the eighth.
    """

    period: int
    happened_on: date
    text: str
    entries: Sequence[Entry]
    covers_from: int | None = None

    def reversed(self, *, text: str, period: int | None, happened_on: date) -> Draft:
        """Return the draft that takes this one back, in its own or a later period."""
        return replace(
            self,
            period=period or self.period,
            happened_on=happened_on,
            text=text,
            entries=[entry.reversed() for entry in self.entries],
        )


def imbalance(entries: Iterable[Entry]) -> int:
    """Return the öre by which the debits exceed the credits; zero for what may be booked."""
    return sum(entry.amount for entry in entries)
