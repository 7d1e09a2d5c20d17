"""Proposed forecasts: what a row comes to if the year goes on as the earlier years went.

A row has a pattern of its own over the year: state grants come in a few months, salaries
every month, depreciation in one closing period. The year is therefore never drawn out in a
straight line; what earlier years had reached by the same part of the year says how far the
outcome so far will carry. Where nothing says that, nothing is proposed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

YEARS_BACK = 3
_LEAST_SHARE = Fraction(1, 20)


class Method(StrEnum):
    """How a proposal came about."""

    PERIOD_PATTERN = "period_pattern"
    REMAINING_PERIODS = "remaining_periods"
    MIXED = "mixed"
    COMPLETE_YEAR = "complete_year"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class EarlierYear:
    """One row of one earlier year, in öre.

    ``reached`` is the sum of the periods from 01 up to the part of the year that is asked
    about, ``whole`` that of all periods 01-14: closing periods count when the year had them.
    """

    year: int
    reached: int
    whole: int


@dataclass(frozen=True, slots=True)
class Part:
    """What one earlier year alone would propose, by öre and fractions, and how much it weighs."""

    earlier: EarlierYear
    weight: int
    method: Method
    projected: Fraction


@dataclass(frozen=True, slots=True)
class Proposal:
    """A row's proposed outcome of the whole year in öre, or None with the reason in Swedish."""

    amount: int | None
    method: Method
    parts: tuple[Part, ...] = ()
    reason: str = ""


def propose(
    year: int, outcome: int, earlier: Iterable[EarlierYear], *, complete: bool = False
) -> Proposal:
    """Return what a row will come to by the pattern of its own earlier years.

    For an earlier year i that had reached ``r`` of the whole ``w`` by the same part of the year,
    and the outcome ``o`` so far::

        projection(i) = o * w / r         the share of the year that was reached (r / w)
        projection(i) = o + (w - r)       what was still to come that year, as it was

    The first holds when o, r and w have one sign and r is at least a twentieth of w: a smaller
    share would blow chance up. In all other cases (nothing reached by then, or signs that differ,
    such as a grant that was paid back) the second holds. The proposal is the weighted mean ::

        sum(weight(i) * projection(i)) / sum(weight(i)),   weight = 4 - years back

    so that last year weighs 3, the year before it 2 and the third 1; years left out weigh
    nothing and the others keep their proportions. All of it is exact; the mean is rounded once,
    last, to a whole öre, half to even.

    Args:
        year: the year the proposal is for.
        outcome: öre of its periods from 01 up to the part of the year that is asked about.
        earlier: years that can be compared; those further back than three are left out.
        complete: nothing can follow in the year, so that its outcome is what it comes to.

    """
    if complete:
        return Proposal(outcome, Method.COMPLETE_YEAR)
    parts = tuple(
        _part(outcome, one, weight)
        for one in sorted(earlier, key=lambda one: -one.year)
        if 0 < (weight := YEARS_BACK + 1 - (year - one.year)) <= YEARS_BACK
    )
    if not parts:
        return Proposal(None, Method.NONE, reason=NO_EARLIER_YEAR)
    weighted = sum((part.weight * part.projected for part in parts), Fraction(0))
    mean = weighted / sum(part.weight for part in parts)
    return Proposal(round(mean), _method(parts), parts)


NO_EARLIER_YEAR = (
    "Inget tidigare år finns att jämföra med, och en prognos rakt av på utfallet vore en gissning."
)


def _part(outcome: int, earlier: EarlierYear, weight: int) -> Part:
    reached, whole = earlier.reached, earlier.whole
    signs = {(amount > 0) - (amount < 0) for amount in (outcome, reached, whole)}
    if signs in ({1}, {-1}) and Fraction(reached, whole) >= _LEAST_SHARE:
        projected = Fraction(outcome * whole, reached)
        return Part(earlier, weight, Method.PERIOD_PATTERN, projected)
    return Part(earlier, weight, Method.REMAINING_PERIODS, Fraction(outcome + whole - reached))


def _method(parts: Sequence[Part]) -> Method:
    methods = {part.method for part in parts}
    return methods.pop() if len(methods) == 1 else Method.MIXED
