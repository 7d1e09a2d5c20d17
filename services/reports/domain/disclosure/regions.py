"""What a cell counts: a figure's facts within a span of days and within sets of values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

Box: TypeAlias = tuple[tuple[str, tuple[str, ...]], ...]
"""Values by dimension, both sorted: facts that have one of the values in each dimension."""


class Shown(StrEnum):
    """What a reader is told of a cell."""

    EXACT = "exact"
    ROUNDED = "rounded"
    UNTOLD = "untold"
    """Nothing at all, not even that it is not zero: a sign, or a row that its table lacks."""
    WITHHELD = "withheld"
    """That it is not zero. Told by releases of earlier versions only."""


@dataclass(frozen=True, order=True)
class Family:
    """Cells that may be computed from each other: of one figure, counted in one way.

    Attributes:
        name: service and figure; for what is counted on a day also
            the day, since two days' stocks are no part of each other.
        distinct: whether it counts persons, each once, so that cells may overlap.

    """

    name: str
    distinct: bool


@dataclass(frozen=True, order=True)
class Region:
    """The facts that a cell counts.

    Attributes:
        family: of which figure.
        first: first day.
        last: last day; the same for every region of a family that counts on a day.
        where: only facts with these values; a dimension left out has any value.
        outside: boxes that are left out. Earlier versions told that there was nothing outside
            of the rows that a table listed.

    """

    family: Family
    first: date
    last: date
    where: Box = ()
    outside: tuple[Box, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return it as it is recorded, always the same for the same region."""
        return {
            "distinct": self.family.distinct,
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
            "where": [[name, list(values)] for name, values in self.where],
            "outside": [[[name, list(values)] for name, values in box] for box in self.outside],
        }

    @classmethod
    def of_json(cls, family: str, kept: Mapping[str, Any]) -> Region:
        """Return a region that was recorded."""
        return cls(
            Family(family, kept["distinct"]),
            date.fromisoformat(kept["first"]),
            date.fromisoformat(kept["last"]),
            box(dict(kept["where"])),
            tuple(sorted(box(dict(each)) for each in kept["outside"])),
        )


@dataclass(frozen=True)
class Cell:
    """A cell that a release may show: its region and its true value, a whole number."""

    region: Region
    value: int


@dataclass(frozen=True)
class Record:
    """A cell of an earlier release: what was true at its basis, and what was told."""

    region: Region
    value: int
    shown: Shown
    basis: datetime


def rounded(value: int) -> int:
    """Return a count as the city rounds it, to the nearest five: 1-2 is 0 and 3-4 is 5."""
    return (value + 2) // 5 * 5


def band(value: int) -> tuple[int, int]:
    """Return the counts that a small one may be, told rounded: 0 to 2, or 3 to 5."""
    near = rounded(value)
    return (0, 2) if near == 0 else (near - 2, near) if near == 5 else (value, value)  # noqa: PLR2004


def box(where: Mapping[str, Any]) -> Box:
    """Return values by dimension in their one order."""
    return tuple(sorted((name, tuple(sorted(set(values)))) for name, values in where.items()))
