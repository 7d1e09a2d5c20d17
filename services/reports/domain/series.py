"""Where the line of a series must not be joined. Pure."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from shared.periods import Period


def segments(points: Sequence[Period], breaks: Iterable[date]) -> list[int]:
    """Return the number of the segment that each point belongs to, from 0.

    Two points in order are in different segments when a break lies after the first day of the
    one and not after the last day of the other: between them, or inside either. A point that a
    break falls in the middle of therefore stands alone, as in the services' own series.
    """
    cuts = list(breaks)
    found: list[int] = []
    for place, point in enumerate(points):
        if not place:
            found.append(0)
            continue
        before = points[place - 1]
        parted = any(before.first < on <= point.last for on in cuts)
        found.append(found[-1] + parted)
    return found
