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

    def require_room_for(self, rows: int) -> None:
        """Refuse rows that are more than can be reckoned with.

        Raises:
            TooWide: they are.

        """
        if rows * self.count > MAX_CELLS:
            raise TooWide

    def of(self, atoms: Bits) -> Bits:
        """Return which unknowns each row of atoms counts.

        Raises:
            TooWide: the rows are too many.

        """
        self.require_room_for(len(atoms))
        if self.model is Model.ONE_ATOM:
            return atoms
        together = self._together
        parted = atoms.reshape(len(atoms), together, -1).astype(np.float32)
        counted: Bits = np.matmul(_sets(together), parted) > 0
        return counted.reshape(len(atoms), -1)

    def of_regions(self, regions: Sequence[Region]) -> Bits:
        """Return which unknowns each region counts."""
        return self.of(self.space.atoms(regions))


@dataclass(frozen=True)
class Asked:
    """Regions by groups of unknowns.

    What a group holds may be anywhere in it. So a region is at least the groups that lie wholly
    in it, and at most all that touch it.

    Attributes:
        inner: which groups lie wholly in each region.
        outer: which groups touch it.

    """

    inner: Bits
    outer: Bits


@dataclass(frozen=True)
class Grouped:
    """Unknowns that no told cell tells apart, taken as one.

    Attributes:
        columns: the unknowns.
        told: which groups each told cell counts.
        place: the group of each unknown.
        size: how many unknowns each group has.

    """

    columns: Columns
    told: Bits
    place: Places
    size: Places

    @classmethod
    def of(cls, columns: Columns, regions: Sequence[Region]) -> Grouped:
        """Return the groups that told regions make of unknowns.

        Raises:
            TooWide: the regions are too many.

        """
        alike, place = distinct_rows(columns.of_regions(regions).T)
        return cls(columns, alike.T, place, np.bincount(place, minlength=len(alike)))

    def asked(self, named: Sequence[Region], at_once: int) -> Asked:
        """Return regions by groups.

        Args:
            named: these come first, in their order, whatever they hold.
            at_once: of how many dimensions values are named together in all others that may be
                asked for; of those that hold and touch the same groups one is kept.

        Raises:
            TooWide: they are too many.

        """
        first = self._shares(self.columns.of_regions(named))
        if self.columns.model is Model.ONE_ATOM:
            self.columns.require_room_for(self.columns.space.count_questions(at_once))
            counted = self.columns.space.counted(at_once, self.place, len(self.size))
            asked = Asked(counted == self.size, counted > 0)
        else:
            asked = self._shares(self.columns.of(self.columns.space.questions(at_once)))
        _, kept = np.unique(_packed(np.hstack([asked.inner, asked.outer])), return_index=True)
        return Asked(
            np.vstack([first.inner, asked.inner[kept]]), np.vstack([first.outer, asked.outer[kept]])
        )

    def _shares(self, rows: Bits) -> Asked:
        order = np.argsort(self.place, kind="stable")
        starts = np.cumsum([0, *self.size[:-1]])
        counted = np.add.reduceat(rows[:, order], starts, axis=1, dtype=np.uint16)
        return Asked(counted == self.size, counted > 0)


def distinct_rows(rows: Bits) -> tuple[Bits, Places]:
    """Return the rows that differ, and the number of each row among them."""
    _, first, place = np.unique(_packed(rows), return_index=True, return_inverse=True)
    return rows[first], place


def _packed(rows: Bits) -> np.ndarray[tuple[int, ...], np.dtype[np.void]]:
    """Return each row as one value, to compare."""
    packed = np.packbits(rows, axis=1)
    return np.ascontiguousarray(packed).view(f"V{packed.shape[1]}").reshape(-1)


@cache
def _sets(size: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """Return every set of so many atoms but the empty one, a row each."""
    return np.array([[n >> i & 1 for i in range(size)] for n in range(1, 2**size)], np.float32)
