"""Medians of whole numbers, from how often each occurs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def doubled_median(counted: Mapping[int, int]) -> int | None:
    """Return twice the median of numbers given with how often each occurs; None of no numbers.

    Twice, because between two middle numbers it may fall on a half, and stays whole so.
    """
    base = sum(counted.values())
    if base <= 0:
        return None
    return _ranked(counted, (base + 1) // 2) + _ranked(counted, base // 2 + 1)


def shown_median(doubled: int, divisor: int) -> str:
    """Return a median as a decimal string with one decimal, half a tenth rounded up."""
    return shown_tenths(median_tenths(doubled, divisor))


def median_tenths(doubled: int, divisor: int) -> int:
    """Return a median as the tenths of its unit that are shown, half a tenth rounded up."""
    return (10 * doubled + divisor) // (2 * divisor)


def shown_tenths(tenths: int) -> str:
    """Return tenths as a decimal string with one decimal."""
    whole, rest = divmod(abs(tenths), 10)
    return f"{'-' if tenths < 0 else ''}{whole}.{rest}"


def _ranked(counted: Mapping[int, int], rank: int) -> int:
    """Return the number of a rank, the smallest having rank 1."""
    passed = 0
    for number in sorted(counted):
        passed += counted[number]
        if passed >= rank:
            return number
    raise ValueError(f"there are not {rank} numbers")
