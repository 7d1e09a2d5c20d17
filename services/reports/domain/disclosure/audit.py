"""Whether what was told narrows a small count, of any region that somebody may ask about.

A region is *narrowed* if a reader knows that it is small, or may be, and knows more than that:
of 1 to threshold - 1 the interval must hold all or nothing. Where the true count is known here,
only a small one matters. Every solution of the program is a world that a reader must take for
possible; most regions are cleared by worlds that were found for others.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import ceil, floor
from typing import TYPE_CHECKING

import numpy as np

from services.reports.domain.disclosure.inference import NOISE, Interval, Program
from services.reports.domain.disclosure.regions import band
from services.reports.domain.disclosure.worlds import Worlds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from services.reports.domain.disclosure.columns import Asked, Places
    from services.reports.domain.disclosure.space import Bits

_SEARCHES = 10
_PROGRESS = 0.95
"""Worlds that clear many regions are looked for so often, while they clear one in twenty."""

_SHARES = (1.0, 0.2)
"""How many of the regions they are looked for together."""

_AT_ONCE = 4
"""Regions that are looked at one by one before what they gave is tried on all others."""

ANYTHING: Interval = (0, float("inf"))


@dataclass(frozen=True)
class Needs:
    """What a reader must be left with.

    Attributes:
        threshold: counts below it are small.
        bands: whether to know the band of a rounded count is to know nothing small.

    """

    threshold: int
    bands: bool

    def left(self, interval: Interval, value: int | None, *, rounded: bool = False) -> bool:
        """Return whether an interval leaves enough of a region.

        Args:
            interval: what follows for it.
            value: its true count, if it is known.
            rounded: whether its count was told rounded.

        """
        if rounded and value is not None:
            return _holds(interval, band(value))
        low, high = max(1, ceil(interval[0] - NOISE)), floor(interval[1] + NOISE)
        if value is not None:
            low, high = max(low, value), min(high, value)
        small = range(low, min(high, self.threshold - 1) + 1)
        if not small or _holds(interval, (1, self.threshold - 1)):
            return True
        return self.bands and all(_holds(interval, band(each)) for each in small)


def _holds(interval: Interval, needed: Interval) -> bool:
    return interval[0] <= needed[0] + NOISE and interval[1] >= needed[1] - NOISE


@dataclass
class Audit:
    """A state of knowledge, and the regions that it must not narrow.

    Args:
        told: which groups of unknowns each told cell counts.
        asked: the regions that must not be narrowed.
        known: what is told of each cell.
        values: the true count of each region, where it is known.
        needs: what a reader must be left with.

    """

    told: Bits
    asked: Asked
    known: Sequence[Interval]
    values: Sequence[int | None]
    needs: Needs
    _rounded: set[int] = field(default_factory=set)
    _lost: dict[int, Interval] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._program = Program(self.told, self.known)
        self._now = list(self.known)
        small = range(1, self.needs.threshold + 1)
        watched = [i for i, value in enumerate(self.values) if value is None or value in small]
        # the smallest first: see `_doubtful`
        size = self.asked.outer[watched].sum(axis=1)
        self._watched = np.array(watched, int)[np.argsort(size, kind="stable")]
        self._worlds = Worlds(self.asked.inner[self._watched], self.asked.outer[self._watched])
        self._inside = self._worlds.inner @ self.told.T.astype(np.float32) == self.told.sum(axis=1)
        """Which told cells lie inside of which watched region."""
        self._sure: dict[int, frozenset[int]] = {}
        """Watched regions that are surely great or nothing, and the told cells that say so."""
        self._chance = np.random.default_rng(len(self._watched))  # the same for the same cells

    def feasible(self) -> bool:
        """Return whether what is told can all be true."""
        return self._program.feasible()

    def mark(self, number: int, *, rounded: bool) -> None:
        """Say whether a region's own count is told rounded, for it to keep all of its band."""
        (self._rounded.add if rounded else self._rounded.discard)(number)

    def tell(self, row: int, known: Interval) -> None:
        """Change what is told of a cell; worlds that this makes impossible are forgotten."""
        before, self._now[row] = self._now[row], known
        self._program.know(row, known)
        self._sure = {at: rows for at, rows in self._sure.items() if row not in rows}
        if known[0] <= before[0] and known[1] >= before[1]:
            return
        self._worlds.keep(self.told[row], known)

    def narrowed(self) -> Iterator[tuple[int, list[int]]]:
        """Yield each narrowed region with the told cells that narrow it, while they are changed."""
        for at in self._doubtful():
            while (holding := self._narrowing(at)) is not None:
                yield int(self._watched[at]), holding

    def give_up(self, number: int, without: Interval) -> None:
        """Let a region be as narrow as it is when no more is told than before."""
        self._lost[number] = without

    def interval(self, number: int) -> Interval:
        """Return what follows for a region."""
        least, low, _ = self._program.least(self.asked.inner[number].astype(np.float64))
        greatest, high, _ = self._program.least(-self.asked.outer[number].astype(np.float64))
        self._worlds.learn(low)
        self._worlds.learn(high)
        return least, -greatest

    def _doubtful(self) -> Iterator[int]:
        """Yield the watched regions that worlds and great cells inside of them do not clear."""
        special = np.isin(self._watched, [*self._lost, *self._rounded])
        big = np.array([low >= self.needs.threshold for low, _ in self._now], dtype=bool)
        great = (self._inside & big).any(axis=1) & ~special
        left = self._searched(np.flatnonzero(~great), special)
        self._empty(left)
        while len(left):
            # What reaches up clears all that holds it, and what is great is in all that holds it:
            # so the smallest are looked at first.
            yield from map(int, left[:_AT_ONCE])
            left = self._reaching(left[_AT_ONCE:], special)
            left = np.array([at for at in left if at not in self._sure or special[at]], dtype=int)

    def _empty(self, left: Places) -> None:
        """Keep which of the regions left are surely nothing: those that together are."""
        groups = self._worlds.never(left)
        while groups.any():
            most, world, rows = self._program.least(-groups.astype(np.float64))
            if -most < 1 - NOISE:
                nothing = left[self._worlds.within(groups)[left]]
                self._sure |= dict.fromkeys(map(int, nothing), frozenset(rows))
                return
            self._worlds.learn(world)
            groups &= world < NOISE

    def _searched(self, left: Places, special: Bits) -> Places:
        """Return what is left of regions after looking for worlds that clear many at once.

        The world in which all of them together are least, that in which all are greatest, and
        those of some of them.
        """
        left = self._reaching(left, special)
        for _ in range(_SEARCHES):
            before = len(left)
            down, up = self._worlds.short(left, 1, self.needs.threshold - 1)
            for sign, short in ((1.0, down), (-1.0, up)):
                for share in _SHARES if len(short) > _AT_ONCE else ():
                    some = short[self._chance.random(len(short)) < share]
                    counted = self._worlds.inner if sign > 0 else self._worlds.outer
                    weights = counted[some].sum(axis=0, dtype=np.float64)
                    self._worlds.learn(self._program.least(sign * weights)[1])
            left = self._reaching(left, special)
            if len(left) > _PROGRESS * before:
                break
        return left

    def _reaching(self, left: Places, special: Bits) -> Places:
        """Return which of the regions no world clears so far."""
        self._worlds.look_at(left)
        return left[~self._worlds.span(left, *self._all) | special[left]]

    @property
    def _all(self) -> tuple[int, int]:
        return 1, self.needs.threshold - 1

    def _narrowing(self, at: int) -> list[int] | None:
        number = int(self._watched[at])
        if number not in self._lost and self._is_sure(at):
            return None
        if self._cleared(at, number):
            return None
        least, greatest = self._worlds.interval(at)
        simple = number not in self._lost and not self.needs.bands
        low_rows: list[int] = []
        high_rows: list[int] = []
        if not simple or least > 1 + NOISE:
            inner = self._worlds.inner[at].astype(np.float64)
            least, world, low_rows = self._program.least(inner)
            self._worlds.learn(world)
            if least >= self.needs.threshold - NOISE:
                self._prove(at, frozenset(low_rows))
                if number not in self._lost:
                    return None
        if not simple or greatest < self.needs.threshold - 1 - NOISE:
            outer = self._worlds.outer[at].astype(np.float64)
            most, world, high_rows = self._program.least(-outer)
            self._worlds.learn(world)
            greatest = -most
            if greatest < 1 - NOISE and number not in self._lost:
                self._sure[at] = frozenset(high_rows)
        if self._enough(number, (least, greatest)):
            return None
        return sorted({*low_rows, *high_rows})

    def _is_sure(self, at: int) -> bool:
        """Return whether a region is surely great or nothing, as one that holds a great cell is."""
        if at in self._sure:
            return True
        rows = np.flatnonzero(self._inside[at])
        return any(self._now[row][0] >= self.needs.threshold for row in rows)

    def _prove(self, at: int, rows: frozenset[int]) -> None:
        """Keep that a region is not small, and so none of those in doubt that holds it."""
        self._sure |= dict.fromkeys([at, *self._worlds.around(at)], rows)

    def _enough(self, number: int, interval: Interval) -> bool:
        if number in self._lost:
            return _holds(interval, self._lost[number])
        return self.needs.left(interval, self.values[number], rounded=number in self._rounded)

    def _cleared(self, at: int, number: int) -> bool:
        """Return whether worlds that were found already leave enough."""
        interval = self._worlds.interval(at)
        if number in self._lost:
            return _holds(interval, self._lost[number])
        if number in self._rounded:
            return self._enough(number, interval)
        return _holds(interval, (1, self.needs.threshold - 1))
