"""What invented rows are drawn with."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

Row = dict[str, Any]


def weekday(chance: random.Random, first: date, within: int) -> date:
    """Return a working day within so many days of the first."""
    found = first + timedelta(days=chance.randrange(within))
    return found - timedelta(days=max(0, found.weekday() - 4))


def spread(chance: random.Random, total: int, places: int) -> list[int]:
    """Return counts that sum to the total."""
    counts = [total // places] * places
    for number in chance.sample(range(places), total % places):
        counts[number] += 1
    for _ in range(places):
        giver, taker = chance.randrange(places), chance.randrange(places)
        if counts[giver]:
            counts[giver] -= 1
            counts[taker] += 1
    return counts
