"""Worlds that a reader must take for possible, and what they make of many regions at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from services.reports.domain.disclosure.inference import NOISE, Interval, Numbers

if TYPE_CHECKING:
    from services.reports.domain.disclosure.space import Bits

Weights: TypeAlias = "np.ndarray[tuple[int, ...], np.dtype[np.float32]]"
Places: TypeAlias = "np.ndarray[tuple[int, ...], np.dtype[np.int64]]"


class Worlds:
    """The least and the greatest that each region is in the worlds found so far.

    Args:
        counted: which unknowns each region counts, as ones.

    """

    def __init__(self, counted: Weights) -> None:
        self.counted = counted
        self._found: list[Numbers] = []
        self._seen = 0
        self._low = np.full(len(counted), np.inf)
        self._high = np.full(len(counted), -np.inf)
        self._places: Places = np.arange(len(counted))
        self._watched = counted

    def learn(self, world: Numbers) -> None:
        """Add a world."""
        self._found.append(world)

    def keep(self, cell: Bits, known: Interval) -> None:
        """Forget the worlds in which a cell is not what it is now known to be."""
        low, high = known[0] - NOISE, known[1] + NOISE
        self._found = [world for world in self._found if low <= world[cell].sum() <= high]
        self._seen = 0
        self._low.fill(np.inf)
        self._high.fill(-np.inf)
        self._places, self._watched = np.arange(len(self.counted)), self.counted

    def watch(self, places: Places) -> None:
        """Look at these regions only, from now on, with every world not looked at yet."""
        if 2 * len(places) < len(self._places):
            self._places, self._watched = places, self.counted[places]
        new = self._found[self._seen :]
        self._seen = len(self._found)
        if not new:
            return
        seen = self._watched @ np.array(new, dtype=np.float32).T
        at = self._places
        self._low[at] = np.minimum(self._low[at], seen.min(axis=1))
        self._high[at] = np.maximum(self._high[at], seen.max(axis=1))

    def span(self, places: Places, low: float, high: float) -> Bits:
        """Return which regions reach from low to high, as far as looked at."""
        reach: Bits = (self._low[places] <= low + NOISE) & (self._high[places] >= high - NOISE)
        return reach

    def short(self, places: Places, low: float, high: float) -> tuple[Places, Places]:
        """Return the regions that do not reach down to low, and those not up to high."""
        return places[self._low[places] > low + NOISE], places[self._high[places] < high - NOISE]

    def interval(self, place: int) -> Interval:
        """Return the least and the greatest of a region in every world."""
        low, high = float(self._low[place]), float(self._high[place])
        new = self._found[self._seen :]
        if not new:
            return low, high
        seen = np.array(new) @ self.counted[place]
        return min(low, float(seen.min())), max(high, float(seen.max()))

    def around(self, place: int) -> list[int]:
        """Return the watched regions that hold one."""
        inner = self.counted[place]
        return [int(each) for each in self._places[self._watched @ inner == inner.sum()]]
