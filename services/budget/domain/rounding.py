"""Rounding of money: to the nearest öre, halves to the even one, once per amount shown."""

from __future__ import annotations

WHOLE = 10_000
"""Shares are hundredths of a per cent: 1 500 is 15 %."""

MINUTES = 60


def half_even(numerator: int, denominator: int) -> int:
    """Return the quotient rounded to an integer, a half to the even neighbour.

    The database has the same function under the same name.
    """
    quotient, rest = divmod(numerator, denominator)
    twice = 2 * rest
    if twice > denominator or (twice == denominator and quotient % 2):
        return quotient + 1
    return quotient


def share_of(amount: int, share: int) -> int:
    """Return a share, in hundredths of a per cent, of an amount of öre."""
    return half_even(amount * share, WHOLE)


def worth(minutes: int, rate: int) -> int:
    """Return what minutes are worth at a rate of öre an hour."""
    return half_even(minutes * rate, MINUTES)
