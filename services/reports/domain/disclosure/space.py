"""The smallest parts that cells are made of, and every question that may be asked about them.

Days are cut into stretches by the ends of spans, dimensions into their values (and one class for
all others, unless a reader may take the listed values to be all there are). An *atom* is one
stretch and one class of each dimension; a region is a set of atoms.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property, reduce
from itertools import combinations
from math import prod
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from datetime import date

    from services.reports.domain.disclosure.regions import Box, Region

Bits: TypeAlias = "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]"
Places: TypeAlias = "np.ndarray[tuple[int, ...], np.dtype[np.int64]]"
Numbers: TypeAlias = "np.ndarray[tuple[int, ...], np.dtype[np.float32]]"
Counts: TypeAlias = "np.ndarray[tuple[int, ...], np.dtype[np.uint16]]"

MAX_ATOMS = 20_000
"""More, and nothing is reckoned: `TooWide`."""

MAX_QUESTIONS = 20_000

MAX_CELLS_AT_ONCE = 4_000_000
"""Atoms times groups that are counted together: a matter of memory only."""

PERSONAL = "sex"
"""The dimension in which a person has one value whatever the period."""

_EVERY_SET = 4
"""Of dimensions with at most so many classes every set of classes may be asked for."""

_EVERY_SPAN = 6


class TooWide(Exception):
    """The cells cut each other into more parts than can be reckoned with."""


@dataclass
class Space:
    """The atoms of a family's regions.

    Args:
        regions: what is cut by.
        closed: dimensions that have no values but those that regions name.

    Raises:
        TooWide: more than `MAX_ATOMS`.

    """

    regions: Sequence[Region]
    closed: Collection[str] = ()
    names: list[str] = field(init=False)
    starts: list[date] = field(init=False)
    """The first day of each stretch."""
    shape: tuple[int, ...] = field(init=False)
    """How many stretches, and how many classes of each dimension."""

    def __post_init__(self) -> None:
        self.names = dimensions(self.regions)
        cuts = {each.first for each in self.regions}
        cuts |= {each.last + timedelta(days=1) for each in self.regions}
        self.starts = sorted(cuts)[:-1]
        self._classes = [self._values(name) for name in self.names]
        self.shape = (len(self.starts), *(len(each) for each in self._classes))
        if prod(self.shape) > MAX_ATOMS:
            raise TooWide

    def _values(self, name: str) -> list[str | None]:
        """Return the classes of a dimension; None is every value that no region names."""
        values = {
            v for each in self.regions for box in _boxes(each) for v in dict(box).get(name, ())
        }
        return [*sorted(values), *([] if name in self.closed else [None])]

    def atoms(self, regions: Sequence[Region]) -> Bits:
        """Return which atoms each region holds, a row each."""
        inside = self._boxed([each.where for each in regions])
        for number, region in enumerate(regions):
            if region.outside:
                inside[number] &= ~self._boxed(region.outside).any(axis=0)
        spans = np.array([self._span(each) for each in regions], dtype=bool)
        return _beside(spans.reshape(len(regions), len(self.starts)), inside)

    def _span(self, region: Region) -> Bits:
        return np.array([region.first <= day <= region.last for day in self.starts], dtype=bool)

    def _boxed(self, boxes: Sequence[Box]) -> Bits:
        """Return which classes of all dimensions, crossed, each box holds, a row each."""
        named = [dict(each) for each in boxes]
        found: Bits = np.ones((len(boxes), 1), dtype=bool)
        for name, classes in zip(self.names, self._classes, strict=True):
            kinds = {each.get(name) for each in named}
            held = {
                wanted: [wanted is None or each in wanted for each in classes] for wanted in kinds
            }
            rows = np.array([held[each.get(name)] for each in named], dtype=bool)
            found = _beside(found, rows.reshape(len(boxes), len(classes)))
        return found

    def count_questions(self, at_once: int) -> int:
        """Return how many regions may be asked for, some of them counted twice.

        Args:
            at_once: of how many dimensions values may be named together.

        Raises:
            TooWide: they are more than `MAX_QUESTIONS`.

        """
        spans, sets = self._axes
        together = combinations(sets, at_once)
        found = len(spans) * sum(prod(map(len, named)) for named in together)
        if found > MAX_QUESTIONS:
            raise TooWide
        return found

    def questions(self, at_once: int) -> Bits:
        """Return the atoms of every region that may be asked for, a row each, some of them twice.

        Raises:
            TooWide: see `count_questions`.

        """
        self.count_questions(at_once)
        return np.vstack([reduce(np.kron, axes) for axes in self._crossed(at_once)])

    def counted(self, at_once: int, place: Places, groups: int) -> Counts:
        """Return how many atoms of each group every region of `questions` holds, in its order.

        Args:
            at_once: see `questions`.
            place: the group of each atom.
            groups: how many there are.

        """
        width = max(1, MAX_CELLS_AT_ONCE // len(place))
        parts = [
            self._counted(at_once, place, range(first, min(first + width, groups)))
            for first in range(0, groups, width)
        ]
        return np.hstack(parts)

    def _counted(self, at_once: int, place: Places, groups: range) -> Counts:
        parted = (place[:, None] == np.array(groups)).astype(np.float32)
        parted = parted.reshape(*self.shape, len(groups))
        found = [_summed(parted, axes) for axes in self._crossed(at_once)]
        return np.vstack([each.reshape(-1, len(groups)).astype(np.uint16) for each in found])

    def _crossed(self, at_once: int) -> Iterator[list[Bits]]:
        """Yield spans and sets of each dimension, to be crossed: of some dimensions all values."""
        spans, sets = self._axes
        for named in combinations(range(len(sets)), at_once):
            yield [
                spans,
                *(
                    each if dimension in named else np.ones((1, each.shape[1]), dtype=bool)
                    for dimension, each in enumerate(sets)
                ),
            ]

    @cached_property
    def _axes(self) -> tuple[Bits, list[Bits]]:
        """The spans that may be asked for, and the sets of values of each dimension."""
        return self._spans(), [self._sets(each) for each in range(len(self.names))]

    def _spans(self) -> Bits:
        """Return the stretches of each span: any, or of many those that were asked for."""
        size = len(self.starts)
        told = {self._span(each).tobytes() for each in self.regions}
        if size <= _EVERY_SPAN:
            told |= {
                _ones(size, range(low, high)).tobytes()
                for low, high in combinations(range(size + 1), 2)
            }
        return _rows({*told, *(_ones(size, [each]).tobytes() for each in range(size))})

    def _sets(self, dimension: int) -> Bits:
        """Return the classes of each set of values, among them all of them.

        Of many values: each, those that were asked for together, and all the others.
        """
        name, classes = self.names[dimension], self._classes[dimension]
        size = len(classes)
        if size <= _EVERY_SET:
            return np.array([[n >> i & 1 for i in range(size)] for n in range(1, 2**size)], bool)
        asked = {dict(box).get(name) for each in self.regions for box in _boxes(each)} - {None}
        sets = [_ones(size, [each]) for each in range(size)]
        sets += [
            _ones(size, [i for i, v in enumerate(classes) if v in held]) for held in asked if held
        ]
        found = {each.tobytes() for each in (np.ones(size, dtype=bool), *sets)}
        return _rows(found | {(~each).tobytes() for each in sets if not each.all()})


def dimensions(regions: Iterable[Region]) -> list[str]:
    """Return the dimensions that regions name, the personal one last."""
    names = {name for each in regions for box in _boxes(each) for name, _ in box}
    return sorted(names, key=lambda name: (name == PERSONAL, name))


def _summed(parted: Numbers, axes: Sequence[Bits]) -> Numbers:
    """Return what of each axis each of its sets holds together, the shortest first."""
    for axis in sorted(range(len(axes)), key=lambda each: len(axes[each]) / axes[each].shape[1]):
        sets = axes[axis].astype(np.float32)
        parted = np.moveaxis(np.tensordot(sets, parted, axes=(1, axis)), 0, axis)
    return parted


def _beside(left: Bits, right: Bits) -> Bits:
    """Return each row of the left crossed with the same row of the right."""
    found: Bits = left[:, :, None] & right[:, None, :]
    return found.reshape(len(left), left.shape[1] * right.shape[1])


def _boxes(region: Region) -> tuple[Box, ...]:
    return (region.where, *region.outside)


def _ones(size: int, numbers: Iterable[int]) -> Bits:
    found = np.zeros(size, dtype=bool)
    found[list(numbers)] = True
    return found


def _rows(packed: Iterable[bytes]) -> Bits:
    return np.array([np.frombuffer(each, dtype=bool) for each in sorted(packed)])
