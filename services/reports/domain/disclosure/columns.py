"""The unknown numbers behind cells: facts that add up, or persons who are each counted once.

Of facts the unknowns are the atoms. A person may be in several: an unknown is then a set of
atoms, and stands for the persons who are in exactly these. What a person may be in differs by
*model*; the fewer sets, the more a reader can infer.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cache
from math import prod
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from services.reports.domain.disclosure.space import PERSONAL, Bits, Space, TooWide

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.reports.domain.disclosure.regions import Region

Places: TypeAlias = "np.ndarray[tuple[int, ...], np.dtype[np.int64]]"

MAX_COLUMNS = 20_000
MAX_CELLS = 40_000_000
"""Questions times unknowns."""

_MOST_TOGETHER = 12
"""Sets of at most so many atoms: there are two to the power of that."""


class Model(Enum):
    """What a person may be counted in, from the strongest assumption to none."""

    ONE_ATOM = 0
    """Facts; and persons who are in one cell only."""
    ANY_SPANS = 1
    """Persons who come and go, and are the same in every dimension."""
    ONE_SEX = 2
    """Persons who may be anywhere, but of one sex."""
    ANYTHING = 3


MODELS: dict[bool, Sequence[Model]] = {False: (Model.ONE_ATOM,), True: tuple(Model)}
"""The models of facts, and of persons."""


@dataclass(frozen=True)
class Columns:
    """The unknowns of a space.

    Raises:
        TooWide: more than can be reckoned with, when made.

    """

    space: Space
    model: Model

    def __post_init__(self) -> None:
        if self._together > _MOST_TOGETHER and self.model is not Model.ONE_ATOM:
            raise TooWide
        if self.count > MAX_COLUMNS:
            raise TooWide

    @property
    def _together(self) -> int:
        """How many atoms, that differ only in what a person may have several of, there are."""
        shape = self.space.shape
        match self.model:
            case Model.ONE_ATOM:
                return 1
            case Model.ANY_SPANS:
                return shape[0]
            case Model.ONE_SEX if PERSONAL in self.space.names:
                return prod(shape[:-1])
            case _:
                return prod(shape)

    @property
    def count(self) -> int:
        """How many unknowns there are."""
        atoms = prod(self.space.shape)
        if self.model is Model.ONE_ATOM:
            return atoms
        together = self._together
        return int(2**together - 1) * (atoms // together)

    def of(self, atoms: Bits) -> Bits:
        """Return which unknowns each row of atoms counts.

        Raises:
            TooWide: the rows are too many.

        """
        if len(atoms) * self.count > MAX_CELLS:
            raise TooWide
        if self.model is Model.ONE_ATOM:
            return atoms
        together = self._together
        parted = atoms.reshape(len(atoms), together, -1).astype(np.float32)
        counted: Bits = np.matmul(_sets(together), parted) > 0
        return counted.reshape(len(atoms), -1)

    def of_regions(self, regions: Sequence[Region]) -> Bits:
        """Return which unknowns each region counts."""
        rows = [self.space.atoms(each) for each in regions]
        return self.of(np.array(rows).reshape(len(rows), -1))


@dataclass(frozen=True)
class Grouped:
    """Unknowns that no told cell tells apart, taken as one.

    What such a group holds may be anywhere in it. So a region is at least the groups that lie
    wholly in it, and at most all that touch it.

    Attributes:
        told: which groups each told cell counts.
        inner: which groups lie wholly in each region.
        outer: which groups touch it.

    """

    told: Bits
    inner: Bits
    outer: Bits

    @classmethod
    def of(cls, told: Bits, asked: Bits) -> Grouped:
        """Return told cells and regions by groups of unknowns."""
        alike, place = distinct_rows(told.T)
        order = np.argsort(place, kind="stable")
        size = np.bincount(place, minlength=len(alike))
        starts = np.cumsum([0, *size[:-1]])
        inside = np.add.reduceat(asked[:, order], starts, axis=1, dtype=np.uint16)
        return cls(alike.T, inside == size, inside > 0)


def distinct_rows(rows: Bits) -> tuple[Bits, Places]:
    """Return the rows that differ, and the number of each row among them."""
    packed = np.packbits(rows, axis=1)
    whole = np.ascontiguousarray(packed).view(f"V{packed.shape[1]}").reshape(-1)
    _, first, place = np.unique(whole, return_index=True, return_inverse=True)
    return rows[first], place


@cache
def _sets(size: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """Return every set of so many atoms but the empty one, a row each."""
    return np.array([[n >> i & 1 for i in range(size)] for n in range(1, 2**size)], np.float32)
