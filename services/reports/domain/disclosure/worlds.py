"""Worlds that a reader must take for possible, and what they make of many regions at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from services.reports.domain.disclosure.inference import NOISE, Interval, Numbers

if TYPE_CHECKING:
    from services.reports.domain.disclosure.columns import Places
    from services.reports.domain.disclosure.space import Bits

Weights: TypeAlias = "np.ndarray[tuple[int, ...], np.dtype[np.float32]]"


class Worlds:
    """The least and the greatest that each region is in the worlds found so far.

    A world says what each group of unknowns holds, not where in the group it is.

    Args:
        inner: which groups lie wholly in each region.
        outer: which groups touch it.

    """

    def __init__(self, inner: Bits, outer: Bits) -> None:
        self.inner: Weights = inner.astype(np.float32)
        self.outer: Weights = outer.astype(np.float32)
        self._found: list[Numbers] = []
        self._seen = 0
        self._low = np.full(len(inner), np.inf)
        self._high = np.full(len(inner), -np.inf)

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

    def look_at(self, places: Places) -> None:
        """See what worlds that were not looked at yet make of regions; of others it is not seen."""
        new = self._found[self._seen :]
        self._seen = len(self._found)
        if not new:
            return
        worlds = np.array(new, dtype=np.float32).T
        low, high = (self.inner[places] @ worlds).min(axis=1), (self.outer[places] @ worlds).max(1)
        self._low[places] = np.minimum(self._low[places], low)
        self._high[places] = np.maximum(self._high[places], high)

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
        worlds = np.array(new)
        least, most = worlds @ self.inner[place], worlds @ self.outer[place]
        return min(low, float(least.min())), max(high, float(most.max()))

    def around(self, place: int) -> list[int]:
        """Return the regions that wholly hold all groups that one does."""
        inner = self.inner[place]
        return [int(each) for each in np.flatnonzero(self.inner @ inner == inner.sum())]

    def never(self, places: Places) -> Bits:
        """Return the groups that regions touch and that hold nothing in any world."""
        touched: Bits = self.outer[places].sum(axis=0) > 0
        if self._found:
            touched &= np.array(self._found).max(axis=0) < NOISE
        return touched

    def within(self, groups: Bits) -> Bits:
        """Return which regions touch none but some groups."""
        only: Bits = self.outer @ (~groups).astype(np.float32) == 0
        return only
