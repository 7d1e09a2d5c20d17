"""What was told of one figure and holds at an instant, and what must be known to say so.

Facts are added and corrected, so that a number told at one basis may or may not hold at another.
A reader who takes a number to hold until it is revised can difference over bases. So every
basis at which something was told is looked at, with all that was told at others and was not
revised in between; what the cells counted at each of them must be known for that.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from services.reports.domain.disclosure.inference import Interval
from services.reports.domain.disclosure.regions import Shown, rounded

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from services.reports.domain.disclosure.regions import Record, Region


class NotKnown(Exception):
    """What a cell counted at a basis is not known."""


@dataclass
class Past:
    """Every record of one family: what its cells counted, and what was told of them."""

    records: Iterable[Record]
    truth: dict[Region, dict[datetime, int]] = field(default_factory=dict)
    told: dict[Region, dict[datetime, Interval]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for record in self.records:
            self.truth.setdefault(record.region, {})[record.basis] = record.value
            if record.shown is Shown.UNTOLD:
                continue
            held = self.told.setdefault(record.region, {})
            low, high = held.get(record.basis, (0.0, float("inf")))
            new = known(record.value, record.shown)
            held[record.basis] = max(low, new[0]), min(high, new[1])

    @property
    def bases(self) -> list[datetime]:
        """The bases at which something was told."""
        return sorted({basis for told in self.told.values() for basis in told})

    def missing(self, basis: datetime, regions: Collection[Region]) -> dict[datetime, list[Region]]:
        """Return what must be looked up before regions may be told at a basis, by basis."""
        wanted: dict[datetime, list[Region]] = {}
        for when in {*self.bases, basis}:
            asked = {*self.told, *regions} if when == basis else set(regions)
            found = sorted(each for each in asked if when not in self.truth.get(each, {}))
            if found:
                wanted[when] = found
        return wanted

    def holds(self, region: Region, since: datetime, at: datetime) -> bool:
        """Return whether a region counted the same at two bases and at all between them.

        Raises:
            NotKnown: what it counted at one of them is not known.

        """
        truth = self.truth.get(region, {})
        if at not in truth or since not in truth:
            raise NotKnown
        first, last = sorted((since, at))
        return all(
            value == truth[since] for basis, value in truth.items() if first <= basis <= last
        )

    def holding(self, at: datetime) -> dict[Region, Interval]:
        """Return what is known at a basis of each region, by what was told of it.

        Raises:
            NotKnown: what a told region counted at the basis is not known.

        """
        found: dict[Region, Interval] = {}
        for region, told in self.told.items():
            for basis, (low, high) in told.items():
                if self.holds(region, basis, at):
                    held = found.get(region, (0.0, float("inf")))
                    found[region] = max(held[0], low), min(held[1], high)
        return found


def known(value: int, shown: Shown) -> Interval:
    """Return what a reader knows of a cell from what is shown of it."""
    match shown:
        case Shown.EXACT:
            return value, value
        case Shown.ROUNDED:
            return max(0, rounded(value) - 2), rounded(value) + 2
        case Shown.WITHHELD:
            return 1, float("inf")
        case Shown.UNTOLD:
            return 0, float("inf")
