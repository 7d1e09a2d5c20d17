"""A reader who tries to compute withheld counts back, and a town for the reader to try on.

Nothing here uses the product's own reasoning: a town is people (or events) in the smallest parts
there are, a cell is the set of parts that it counts, and what can be inferred is asked of a linear
program over all of them, one unknown for each part (of events) or for each set of parts that a
person may be in. The reader knows every number released, guesses right which numbers of other
bases still hold, being unrevised.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import chain, combinations, product
from math import inf
from typing import TYPE_CHECKING

import highspy
import numpy as np

from services.reports.domain.audience import Protection
from services.reports.domain.disclosure.protecting import Rules, missing, protect
from services.reports.domain.disclosure.regions import (
    Box,
    Cell,
    Family,
    Record,
    Region,
    Shown,
    box,
    rounded,
)

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable, Sequence

Part = tuple[str, ...]
"""One tertial, then one value of each dimension."""

TERTIALS = {
    "T1": (date(2024, 1, 1), date(2024, 4, 30)),
    "T2": (date(2024, 5, 1), date(2024, 8, 31)),
    "T3": (date(2024, 9, 1), date(2024, 12, 31)),
}
PERIODS = [("T1", "T2", "T3"), ("T1",), ("T2",), ("T3",), ("T1", "T2")]


@dataclass
class Town:
    """What there is to count, growing and corrected as time passes."""

    dimensions: dict[str, tuple[str, ...]]
    distinct: bool
    random: random.Random
    counts: dict[frozenset[Part], int] = field(default_factory=dict)
    """How many persons are in exactly these parts; an event is in one."""

    def __post_init__(self) -> None:
        self.parts: list[Part] = [*product(TERTIALS, *self.dimensions.values())]
        self.columns = self._columns()
        for column in self.columns:
            few = self.random.random() < 0.4
            self.counts[column] = self.random.randint(0, 3 if few else 9)
        for column in self.random.sample(self.columns, len(self.columns) * 2 // 3):
            if self.distinct:
                self.counts[column] = 0

    def _columns(self) -> list[frozenset[Part]]:
        if not self.distinct:
            return [frozenset([part]) for part in self.parts]
        groups = [[p for p in self.parts if p[1] == sex] for sex in self.dimensions["sex"]]
        return [
            frozenset(some)
            for group in groups
            for some in chain.from_iterable(
                combinations(group, size) for size in range(1, len(group) + 1)
            )
        ]

    def live(self) -> None:
        """Let something be recorded, or corrected."""
        for column in self.random.sample(self.columns, self.random.randint(1, 3)):
            self.counts[column] = max(0, self.counts[column] + self.random.choice((-2, -1, 1, 3)))

    def count(self, parts: frozenset[Part]) -> int:
        return sum(n for column, n in self.counts.items() if column & parts)


Told = tuple[float, float]
"""The least and the greatest that a reader knows a cell to be, from the cell itself."""


@dataclass
class Released:
    """One cell as it was released; ``value`` is the truth, which the reader is not told."""

    parts: frozenset[Part]
    value: int
    told: Told
    protected: tuple[Told, ...] = ()
    """The intervals of which the reader must be left with one."""


@dataclass
class History:
    """The releases of one town, and what a reader makes of them."""

    town: Town
    rules: Rules
    remembers: bool = True
    margins: bool = True
    family: Family = field(init=False)
    basis: datetime = datetime(2025, 1, 1, tzinfo=UTC)
    records: list[Record] = field(default_factory=list)
    by_basis: dict[datetime, list[Released]] = field(default_factory=dict)
    counts: dict[datetime, dict[frozenset[Part], int]] = field(default_factory=dict)
    """What there was at each basis."""

    def __post_init__(self) -> None:
        self.family = Family("outreach/visits/1", self.town.distinct)
        self.counts[self.basis] = dict(self.town.counts)

    def pass_time(self) -> None:
        self.town.live()
        self.basis += timedelta(days=1)
        self.counts[self.basis] = dict(self.town.counts)

    def release(self) -> None:
        """Release one random table with its total."""
        cells, total = self._table()
        protecting = [cell for cell in cells if self.margins or cell.region != total]
        earlier = self.records if self.remembers else []
        for basis, regions in missing(protecting, earlier, self.basis, self.rules).items():
            self.records += [
                Record(each, self._count(basis, self.parts(each)), Shown.UNTOLD, basis)
                for each in regions
            ]
        told = protect(protecting, earlier, self.basis, self.rules)
        for cell in cells:
            shown = told.get(cell.region, Shown.EXACT)
            self.records.append(Record(cell.region, cell.value, shown, self.basis))
            self.by_basis.setdefault(self.basis, []).append(self._released(cell, shown))

    def share_told(self) -> float:
        """Return how much is told of the cells that are not small."""
        cells = [cell for cells in self.by_basis.values() for cell in cells]
        great = [cell for cell in cells if cell.value >= self.rules.threshold]
        return sum(cell.told == (cell.value, cell.value) for cell in great) / len(great)

    def _count(self, basis: datetime, parts: frozenset[Part]) -> int:
        return sum(n for column, n in self.counts[basis].items() if column & parts)

    def _table(self) -> tuple[list[Cell], Region]:
        town = self.town
        period = town.random.choice(PERIODS)
        by = [name for name in town.dimensions if town.random.random() < 0.5]
        where: dict[str, tuple[str, ...]] = {}
        for name, values in town.dimensions.items():
            if town.random.random() < 0.3:
                where[name] = tuple(
                    town.random.sample(values, town.random.randint(1, len(values) - 1))
                )
        first, last = TERTIALS[period[0]][0], TERTIALS[period[-1]][1]
        total = Region(self.family, first, last, box(where))
        regions = [total]
        rows = product(*(where.get(name, town.dimensions[name]) for name in by)) if by else ()
        for row in rows:
            inside = where | {name: (value,) for name, value in zip(by, row, strict=True)}
            regions.append(Region(self.family, first, last, box(inside)))
        cells = [Cell(each, town.count(self.parts(each))) for each in dict.fromkeys(regions)]
        return [cell for cell in cells if cell.value or cell.region == total], total

    def parts(self, region: Region) -> frozenset[Part]:
        return frozenset(
            part
            for part in self.town.parts
            if region.first <= TERTIALS[part[0]][0]
            and TERTIALS[part[0]][1] <= region.last
            and self._within(part, region.where)
            and not any(self._within(part, row) for row in region.outside)
        )

    def _within(self, part: Part, where: Box) -> bool:
        named = dict(zip(self.town.dimensions, part[1:], strict=True))
        return all(named[name] in values for name, values in where)

    def _released(self, cell: Cell, shown: Shown) -> Released:
        value, parts = cell.value, self.parts(cell.region)
        if shown is Shown.EXACT:
            return Released(parts, value, (value, value))
        band = self._band(value)
        if shown is Shown.ROUNDED:
            near = rounded(value)
            return Released(parts, value, (max(0, near - 2), near + 2), (band,))
        anything = (1, self.rules.threshold - 1)
        rounding = self.rules.protection is Protection.ROUNDING
        # what its rounded count would have told is not too much
        return Released(parts, value, (0, inf), (anything, band) if rounding else (anything,))

    def _band(self, value: int) -> Told:
        if value > self.rules.threshold:
            return value, value
        return (0, 2) if rounded(value) == 0 else (3, 5)

    def _holds(self, parts: frozenset[Part], since: datetime, at: datetime) -> bool:
        """Return whether a number is the same at two bases and at all between them."""
        first, last = sorted((since, at))
        between = [basis for basis in self.counts if first <= basis <= last]
        return len({self._count(basis, parts) for basis in between}) == 1

    def found(self, basis: datetime) -> list[tuple[Released, float, float]]:
        """Return the protected cells that a reader narrows at a basis, with what is inferred."""
        own = self.by_basis[basis]
        others = [
            cell
            for other, cells in self.by_basis.items()
            for cell in cells
            if other != basis and self._holds(cell.parts, other, basis)
        ]
        known: dict[frozenset[Part], Told] = {}
        for cell in (*own, *others):
            low, high = known.get(cell.parts, (0, inf))
            known[cell.parts] = max(low, cell.told[0]), min(high, cell.told[1])
        inference = Inference(self.town.columns, known)
        narrowed = []
        for cell in own:
            if not cell.protected or not 0 < cell.value < self.rules.threshold:
                continue
            low, high = inference.interval(cell.parts)
            if not any(low < few + 1e-6 and high > many - 1e-6 for few, many in cell.protected):
                narrowed.append((cell, low, high))
        return narrowed


_WITHOUT_END = (
    highspy.HighsModelStatus.kUnbounded,
    highspy.HighsModelStatus.kUnboundedOrInfeasible,
)


class Inference:
    """The reader's linear program."""

    def __init__(
        self, columns: Sequence[frozenset[Part]], known: dict[frozenset[Part], Told]
    ) -> None:
        self.columns = columns
        self.solver = highspy.Highs()  # type: ignore[no-untyped-call]  # its stubs leave it out
        self.solver.setOptionValue("output_flag", False)  # noqa: FBT003  the library's own way
        # as the product does: solvers of one process share their threads, and one that wants
        # another number of them than the first solves nothing, so that nothing would be told
        self.solver.setOptionValue("threads", 1)
        for _ in columns:
            self.solver.addVar(0, highspy.kHighsInf)
        for parts, (low, high) in known.items():
            held = self.held(parts)
            self.solver.addRow(
                low, min(high, highspy.kHighsInf), len(held), held, np.ones(len(held))
            )

    def held(self, parts: frozenset[Part]) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
        return np.array([i for i, c in enumerate(self.columns) if c & parts], dtype=np.int32)

    def interval(self, parts: frozenset[Part]) -> Told:
        cost = np.zeros(len(self.columns))
        cost[self.held(parts)] = 1.0
        return self._least(cost), -self._least(-cost)

    def _least(self, cost: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
        every = np.arange(len(cost), dtype=np.int32)
        self.solver.changeColsCost(len(cost), every, cost)
        self.solver.run()
        status = self.solver.getModelStatus()
        if status == highspy.HighsModelStatus.kOptimal:
            return float(self.solver.getInfo().objective_function_value)
        assert status in _WITHOUT_END, f"an attack that was not carried out: {status}"
        return -inf


def attacked(history: History, releases: int, *, every: int = 3) -> Iterable[str]:
    """Make random releases in sequence, time passing between some, and attack at every basis.

    What counts is what is small: of a greater count that was left untold for another's sake the
    reader may know more.
    """
    for number in range(releases):
        if number and number % every == 0:
            history.pass_time()
        history.release()
    for basis in history.by_basis:
        for cell, low, high in history.found(basis):
            yield f"{basis:%m-%d}: {cell.value} is in [{low:.2f}, {high:.2f}]"
