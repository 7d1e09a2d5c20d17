"""How right the forecasts were: each kept one beside what the year came to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from services.budget.domain.occasions import Occasion


@dataclass(frozen=True, slots=True)
class Kept:
    """One row of one forecast, and the row's outcome of the whole year, by öre.

    ``complete`` says that the year is booked to its end; until then the outcome still grows.
    """

    year: int
    occasion: Occasion
    number: int
    newest: bool
    row: str
    amount: int
    proposed: int | None
    outcome: int
    complete: bool

    @property
    def difference(self) -> int:
        """Forecast minus outcome on signed numbers: positive when it was too high."""
        return self.amount - self.outcome

    @property
    def proposed_difference(self) -> int | None:
        return None if self.proposed is None else self.proposed - self.outcome


@dataclass(frozen=True, slots=True)
class Bias:
    """By how much an occasion's forecasts of a row miss to one side, over the complete years."""

    occasion: Occasion
    row: str
    years: tuple[int, ...]
    difference: int
    outcome: int

    @property
    def per_cent(self) -> str | None:
        return per_cent(self.difference, self.outcome)


def biases(kept: Iterable[Kept]) -> list[Bias]:
    """Return the bias of each occasion and row, from the newest version of each year.

    The differences of all years are added and set against the sum of the outcomes' sizes, so
    that a year of little money weighs little.
    """
    found: dict[tuple[Occasion, str], list[Kept]] = {}
    for one in kept:
        if one.newest and one.complete:
            found.setdefault((one.occasion, one.row), []).append(one)
    return [
        Bias(
            occasion=occasion,
            row=row,
            years=tuple(sorted(one.year for one in ones)),
            difference=sum(one.difference for one in ones),
            outcome=sum(abs(one.outcome) for one in ones),
        )
        for (occasion, row), ones in found.items()
    ]


def per_cent(part: int, whole: int) -> str | None:
    """Return a part in per cent of a whole's size with one decimal, or None of nothing.

    Exact until it is rounded, once, half to even: ``per_cent(-5, 200)`` is ``"-2.5"``.
    """
    if whole == 0:
        return None
    tenths = round(Fraction(1000 * part, abs(whole)))
    sign = "-" if tenths < 0 else ""
    return f"{sign}{abs(tenths) // 10}.{abs(tenths) % 10}"
