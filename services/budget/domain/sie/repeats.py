"""Which time a voucher number occurs in a file.

Numbers ascend within a series and have few gaps, so what has been seen is kept as ranges, not
number by number. Real files repeat a number now and then: each time is a voucher of its own.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter


class Repeats:
    """Counts how often a number of a series has come by."""

    def __init__(self) -> None:
        self._ranges: dict[str, tuple[list[int], list[int]]] = {}
        self._others: set[tuple[str, str]] = set()
        self._again: Counter[tuple[str, str]] = Counter()

    def occurrence(self, series: str, number: str) -> int:
        """Return 1 for the first time, 2 for the second, and so on."""
        first = (
            self._enter(series, int(number))
            if number.isascii() and number.isdigit() and number == str(int(number))
            else self._enter_other(series, number)
        )
        if first:
            return 1
        self._again[series, number] += 1
        return self._again[series, number] + 1

    def _enter_other(self, series: str, number: str) -> bool:
        size = len(self._others)
        self._others.add((series, number))
        return len(self._others) > size

    def _enter(self, series: str, number: int) -> bool:
        """Add a number to its series' ranges; return whether it is new."""
        lows, highs = self._ranges.setdefault(series, ([], []))
        at = bisect_right(lows, number) - 1
        if at >= 0 and number <= highs[at]:
            return False
        joins_left = at >= 0 and highs[at] == number - 1
        joins_right = at + 1 < len(lows) and lows[at + 1] == number + 1
        if joins_left and joins_right:
            highs[at] = highs.pop(at + 1)
            lows.pop(at + 1)
        elif joins_left:
            highs[at] = number
        elif joins_right:
            lows[at + 1] = number
        else:
            lows.insert(at + 1, number)
            highs.insert(at + 1, number)
        return True
