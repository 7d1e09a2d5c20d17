"""The smallest parts that cells are made of, and every question that may be asked about them.

Days are cut into stretches by the ends of spans, dimensions into their values (and one class for
all others, unless a reader may take the listed values to be all there are). An *atom* is one
stretch and one class of each dimension; a region is a set of atoms.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import combinations
from math import prod
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import date

    from services.reports.domain.disclosure.regions import Box, Region

Bits: TypeAlias = "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]"

MAX_ATOMS = 20_000
"""More, and nothing is reckoned: `TooWide`."""

MAX_QUESTIONS = 20_000

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

    def atoms(self, region: Region) -> Bits:
        """Return which atoms a region holds, in one row."""
        inside = self._box(region.where)
        for outside in region.outside:
            inside = inside & ~self._box(outside)
        return np.logical_and.outer(self._span(region), inside).reshape(-1)

    def _span(self, region: Region) -> Bits:
        return np.array([region.first <= day <= region.last for day in self.starts], dtype=bool)

    def _box(self, box: Box) -> Bits:
        named = dict(box)
        found: Bits = np.ones((), dtype=bool)
        for name, classes in zip(self.names, self._classes, strict=True):
            wanted = named.get(name)
            held = np.array([wanted is None or each in wanted for each in classes], dtype=bool)
            found = np.logical_and.outer(found, held)
        return found

    def questions(self, at_once: int) -> Bits:
        """Return the atoms of every region that may be asked for, a row each, some of them twice.

        Args:
            at_once: of how many dimensions values may be named together.

        Raises:
            TooWide: they are more than `MAX_QUESTIONS`.

        """
        spans = self._spans()
        sets = [self._sets(dimension) for dimension in range(len(self.names))]
        together = [*combinations(range(len(self.names)), at_once)]
        size = sum(prod(len(sets[each]) for each in named) for named in together)
        if len(spans) * size > MAX_QUESTIONS:
            raise TooWide
        return np.vstack([self._crossed(spans, sets, named) for named in together])

    def _crossed(self, spans: Bits, sets: Sequence[Bits], named: Collection[int]) -> Bits:
        """Return every span with every set of the named dimensions, whatever the others are."""
        found = spans
        for dimension, each in enumerate(sets):
            anything = np.ones((1, each.shape[1]), dtype=bool)
            found = np.kron(found, each if dimension in named else anything)
        return found

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


def _boxes(region: Region) -> tuple[Box, ...]:
    return (region.where, *region.outside)


def _ones(size: int, numbers: Iterable[int]) -> Bits:
    found = np.zeros(size, dtype=bool)
    found[list(numbers)] = True
    return found


def _rows(packed: Iterable[bytes]) -> Bits:
    return np.array([np.frombuffer(each, dtype=bool) for each in sorted(packed)])
