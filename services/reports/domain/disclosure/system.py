"""What a reader can infer from cells: a linear program over the smallest parts they are made of.

Dimensions are cut into classes of values that no region tells apart, days into segments; an
*atom* is one class of each and one segment. Facts add up over atoms. A person counted once may
be in any set of atoms, so that a *column*, an unknown number of the program, is an atom for
facts and a set of atoms for persons; columns in the same cells are one. The intervals are those
of the strongest reader who reasons by linear programming over every number there is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise, product
from math import inf
from typing import TYPE_CHECKING, TypeAlias

import highspy
import numpy as np

from services.reports.domain.disclosure.regions import Region

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import date

MAX_ATOMS = 20_000
"""More, and the program is not made: `TooWide`."""

MAX_REGIONS = 3_000
"""Of regions that nobody has asked for: more, and nothing is assumed to be safe."""

MAX_COLUMNS = 4_000
_AMPLE = 1_000
"""An unknown is at most the greatest known number times this: in effect without limit."""

_PERSONAL = "sex"
"""The dimension in which a person has one value whatever the period."""


class TooWide(Exception):
    """The cells cut each other into more parts than a program is made of."""


@dataclass(frozen=True)
class Columns:
    """The unknowns: for each, the cells that it is counted in, as bits by the cell's number."""

    masks: tuple[int, ...]

    def of(self, number: int) -> frozenset[int]:
        """Return the columns that a cell is the sum of."""
        return frozenset(i for i, mask in enumerate(self.masks) if mask >> number & 1)


def additive(regions: Sequence[Region], closed: Collection[str] = ()) -> Columns:
    """Return the columns of regions whose facts add up.

    Args:
        regions: of one family.
        closed: dimensions that are taken to have no values but those that regions name.

    Raises:
        TooWide: more than `MAX_ATOMS`.

    """
    return Columns(tuple(sorted({mask for _, mask in _atoms(regions, closed)} - {0})))


def overlapping(
    regions: Sequence[Region], closed: Collection[str] = (), *, personal: bool
) -> Columns:
    """Return the columns of regions that count persons, each once.

    Args:
        regions: of one family.
        closed: as of `additive`.
        personal: whether a person is taken to have one sex only.

    Raises:
        TooWide: more than `MAX_COLUMNS` sets of cells that a person may be in.

    """
    groups: dict[int, set[int]] = {}
    for group, mask in _atoms(regions, closed):
        groups.setdefault(group if personal else 0, set()).add(mask)
    found: set[int] = set()
    for masks in groups.values():
        found |= _unions(masks - {0})
    return Columns(tuple(sorted(found)))


def _unions(masks: set[int]) -> set[int]:
    found: set[int] = set()
    for mask in sorted(masks):
        found |= {mask, *(mask | other for other in found)}
        if len(found) > MAX_COLUMNS:
            raise TooWide
    return found


def dimensions(regions: Iterable[Region]) -> list[str]:
    """Return the dimensions that regions name, in order."""
    boxes = (box for each in regions for box in (each.where, *each.outside))
    return sorted({name for box in boxes for name, _ in box})


def _atoms(regions: Sequence[Region], closed: Collection[str]) -> Iterable[tuple[int, int]]:
    """Return each atom as its class of sex and the cells that it is in."""
    names = dimensions(regions)
    classes = [
        [value for value in _classes(name, regions) if value is not None or name not in closed]
        for name in names
    ]
    segments = _segments(regions)
    size = len(segments)
    for each in classes:
        size *= len(each)
    if size > MAX_ATOMS:
        raise TooWide
    sex = names.index(_PERSONAL) if _PERSONAL in names else None
    tests = [_Membership(each, names, classes) for each in regions]
    atoms: list[tuple[int, int]] = []
    for atom in product(*(range(len(each)) for each in classes)):
        within = sum(1 << i for i, test in enumerate(tests) if test.holds(atom))
        group = 0 if sex is None else atom[sex]
        atoms += [(group, within & segment) for segment in segments]
    return atoms


def _classes(name: str, regions: Sequence[Region]) -> list[str | None]:
    """Return one value for each class that regions do not tell apart; None for all others."""
    signatures: dict[str, list[int]] = {}
    boxes = [box for each in regions for box in (each.where, *each.outside)]
    for number, each in enumerate(boxes):
        for value in dict(each).get(name, ()):
            signatures.setdefault(value, []).append(number)
    representative = {tuple(held): value for value, held in sorted(signatures.items())}
    return [*representative.values(), None]


def _segments(regions: Sequence[Region]) -> list[int]:
    """Return the cells that count each stretch of days, as bits."""
    cuts = sorted(
        {each.first for each in regions} | {each.last + timedelta(days=1) for each in regions}
    )
    found = {
        sum(1 << i for i, each in enumerate(regions) if each.first <= day <= each.last)
        for day in cuts
    }
    return sorted(found - {0})


def grid(regions: Sequence[Region]) -> list[Region]:
    """Return every region that is made of what the cells name: any value, any span, any of each.

    Raises:
        TooWide: they are more than `MAX_REGIONS`.

    """
    values: dict[str, set[tuple[str, ...]]] = {}
    for box in (box for each in regions for box in (each.where, *each.outside)):
        for name, some in box:
            values.setdefault(name, set()).update({some, *((value,) for value in some)})
    choices = [_choices(name, held) for name, held in sorted(values.items())]
    spans = _spans(regions)
    size = len(spans)
    for each_choice in choices:
        size *= len(each_choice)
    if size > MAX_REGIONS:
        raise TooWide
    return [
        Region(
            regions[0].family,
            first,
            last,
            tuple(part for part, inside in parts if part and inside),
            tuple(sorted((part,) for part, inside in parts if part and not inside)),
        )
        for first, last in spans
        for parts in product(*choices)
    ]


_Part: TypeAlias = tuple[str, tuple[str, ...]]


def _choices(name: str, held: set[tuple[str, ...]]) -> list[tuple[_Part | None, bool]]:
    """Return what may be asked of a dimension: anything, each set of values, all the others."""
    every = tuple(sorted({value for some in held for value in some}))
    return [(None, False), *(((name, some), True) for some in sorted(held)), ((name, every), False)]


def _spans(regions: Sequence[Region]) -> list[tuple[date, date]]:
    """Return the spans that cells have, and the stretches between all their ends."""
    cuts = sorted(
        {each.first for each in regions} | {each.last + timedelta(days=1) for each in regions}
    )
    between = {(one, other - timedelta(days=1)) for one, other in pairwise(cuts)}
    whole = {(each.first, each.last) for each in regions}
    return sorted(whole | between)


class _Membership:
    """Whether a region holds an atom, by the numbers of the atom's classes."""

    def __init__(self, region: Region, names: list[str], classes: list[list[str | None]]) -> None:
        self._inside = _numbers(region.where, names, classes)
        self._outside = [_numbers(box, names, classes) for box in region.outside]

    def holds(self, atom: tuple[int, ...]) -> bool:
        return _within(self._inside, atom) and not any(
            _within(each, atom) for each in self._outside
        )


def _numbers(
    box: Iterable[tuple[str, tuple[str, ...]]], names: list[str], classes: list[list[str | None]]
) -> list[tuple[int, frozenset[int]]]:
    found = []
    for name, values in box:
        at = names.index(name)
        held = frozenset(i for i, value in enumerate(classes[at]) if value in values)
        found.append((at, held))
    return found


def _within(conditions: list[tuple[int, frozenset[int]]], atom: tuple[int, ...]) -> bool:
    return all(atom[at] in held for at, held in conditions)


class Program:
    """What is known of cells, and the intervals that follow.

    Args:
        columns: the unknowns, none of them negative.
        bounds: for each cell, by its number, the least and the greatest it is known to be;
            cells after the last of them are known to be nothing.

    """

    def __init__(self, columns: Columns, bounds: Sequence[tuple[float, float]]) -> None:
        self._count = len(columns.masks)
        self._rows = len(bounds)
        self._solver = highspy.Highs()  # type: ignore[no-untyped-call]  # its stubs leave it out
        self._solver.setOptionValue("output_flag", False)  # noqa: FBT003  the library's own way
        self._solver.setOptionValue("threads", 1)
        self._solver.passModel(self._model(columns, bounds))

    def _model(self, columns: Columns, bounds: Sequence[tuple[float, float]]) -> highspy.HighsLp:
        held = [[i for i in range(self._rows) if mask >> i & 1] for mask in columns.masks]
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = self._count, self._rows
        model.col_cost_ = np.zeros(self._count)
        model.col_lower_ = np.zeros(self._count)
        highest = max((high for _, high in bounds if high < inf), default=0)
        model.col_upper_ = np.full(self._count, _AMPLE * (highest + 1))
        model.row_lower_ = np.array([low for low, _ in bounds], dtype=float)
        model.row_upper_ = np.array(
            [highspy.kHighsInf if high == inf else high for _, high in bounds], dtype=float
        )
        model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        model.a_matrix_.start_ = np.cumsum([0, *(len(each) for each in held)], dtype=np.int32)
        model.a_matrix_.index_ = np.array([i for each in held for i in each], dtype=np.int32)
        model.a_matrix_.value_ = np.ones(sum(len(each) for each in held))
        return model

    def feasible(self) -> bool:
        """Return whether anything at all is as it is known to be."""
        self._solver.run()
        return bool(self._solver.getModelStatus() == highspy.HighsModelStatus.kOptimal)

    def least(self, columns: Iterable[int]) -> tuple[float, list[int]]:
        """Return the least that columns can sum to, and the cells that hold it up."""
        return self._solved(columns, 1.0)

    def greatest(self, columns: Iterable[int]) -> tuple[float, list[int]]:
        """Return the greatest that columns can sum to, and the cells that hold it down."""
        value, binding = self._solved(columns, -1.0)
        return -value, binding

    def _solved(self, columns: Iterable[int], sign: float) -> tuple[float, list[int]]:
        cost = np.zeros(self._count)
        cost[list(columns)] = sign
        self._solver.changeColsCost(self._count, np.arange(self._count, dtype=np.int32), cost)
        self._solver.run()
        if self._solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            self._solver.clearSolver()
            self._solver.run()
        if self._solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return inf, []  # nothing is known to be safe
        duals = self._solver.getSolution().row_dual
        binding = [i for i, dual in enumerate(duals) if abs(dual) > 1e-7]  # noqa: PLR2004  noise
        return self._solver.getInfo().objective_function_value, binding
