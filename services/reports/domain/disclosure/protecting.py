"""Which cells of a release must be withheld or rounded, so that none can be computed back.

A cell of 1 to threshold - 1 is protected. Every cell that is withheld, for its own sake or for
another's, must leave a reader an interval that holds all of 1 to threshold - 1; every cell that
is rounded one that holds all of its band. While one does not, the cheapest of the new cells that
give it away is withheld (or rounded) too. What was told once is told for ever, and what was
withheld once stays so while its value is the same. A release ends at the latest with all of its
new cells withheld.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING

from services.reports.domain.audience import Protection
from services.reports.domain.disclosure.regions import Cell, Record, Region, Shown
from services.reports.domain.disclosure.states import MOST_TOLD_FIRST, State, state_at
from services.reports.domain.disclosure.system import Program, TooWide

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime

_NOISE = 1e-6
_SPARED = 40
"""How many cells are tried to be shown again: each costs an audit."""


@dataclass(frozen=True)
class Rules:
    """How a release is protected.

    Attributes:
        threshold: counts below it are protected; 5 protects 1 to 4.
        protection: withheld, or rounded as the city does.
        complementary: whether cells are withheld for others' sake. Without it small cells can be
            computed back: only a test that must see that says so.

    """

    threshold: int = 5
    protection: Protection = Protection.SUPPRESSION
    complementary: bool = True


def rounded(value: int) -> int:
    """Return a count as the city rounds it, to the nearest five: 1-2 is 0 and 3-4 is 5."""
    return (value + 2) // 5 * 5


def protect(
    cells: Iterable[Cell],
    earlier: Iterable[Record],
    basis: datetime,
    rules: Rules,
    *,
    forced: Collection[Region] = (),
    standing: Collection[Region] = (),
) -> dict[Region, Shown]:
    """Return what may be told of each cell.

    Args:
        cells: of the release, all true at the basis; zeros that are implied stand among them.
        earlier: the cells of every release before, of the same families.
        basis: of the release.
        rules: how.
        forced: regions that are protected though they need not be small.
        standing: regions that are shown at least as withheld: they are no row of a table only.

    """
    new: dict[str, list[Cell]] = {}
    for cell in dict.fromkeys(cells):
        new.setdefault(cell.region.family.name, []).append(cell)
    known: dict[str, list[Record]] = {name: [] for name in new}
    for record in earlier:
        if record.region.family.name in known:
            known[record.region.family.name].append(record)
    told: dict[Region, Shown] = {}
    for name, family in new.items():
        told |= _Release(
            family, known[name], basis, rules, frozenset(forced), frozenset(standing)
        ).told()
    return told


@dataclass
class _Release:
    """The cells of one family in a release."""

    cells: list[Cell]
    earlier: list[Record]
    basis: datetime
    rules: Rules
    forced: frozenset[Region]
    standing: frozenset[Region]
    free: set[Region] = field(init=False)
    _for_others: list[Region] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._told = {cell.region: self._alone(cell) for cell in self.cells}
        held = {(each.region, each.value) for each in self.earlier}
        self.free = {
            cell.region
            for cell in self.cells
            if cell.value and (cell.region, cell.value) not in held
        }
        self._rests = {
            (row, cell.region.first, cell.region.last): cell.region
            for cell in self.cells
            if (cell.region, cell.value) not in held
            for row in cell.region.outside
        }

    def told(self) -> dict[Region, Shown]:
        if self.rules.complementary:
            self._settle()
        return self._told

    def _alone(self, cell: Cell) -> Shown:
        """Return what may be told of a cell for its own sake, and for what was told before."""
        same = [r.shown for r in self.earlier if (r.region, r.value) == (cell.region, cell.value)]
        for shown in MOST_TOLD_FIRST:
            if shown in same:
                stands = shown is Shown.UNTOLD and cell.region in self.standing
                return Shown.WITHHELD if stands and cell.value else shown
        if cell.region in self.forced or 0 < cell.value < self._from(cell):
            return self._protected
        return Shown.EXACT

    def _from(self, cell: Cell) -> int:
        """Return the count from which a cell needs no protection for its own sake."""
        if self.rules.protection is Protection.ROUNDING and cell.value == self.rules.threshold:
            return self.rules.threshold + 1  # shown as it is, 5 would tell that it is not 3 or 4
        return self.rules.threshold

    @property
    def _protected(self) -> Shown:
        return Shown.ROUNDED if self.rules.protection is Protection.ROUNDING else Shown.WITHHELD

    def _settle(self) -> None:
        """Protect more cells until no state of knowledge narrows a protected one."""
        try:
            states = [(basis, state_at(basis, self._records())) for basis in self._bases()]
        except TooWide:
            self._withhold_all()
            return
        changed = True
        while changed:
            changed = False
            for _, state in states:
                while (region := self._given_away(state)) is not None:
                    self._step(region)
                    changed = True
        self._spare(states)

    def _step(self, region: Region) -> None:
        """Tell less of a cell: not its value, or not even that it is there."""
        if self._told[region] is Shown.EXACT:
            self._told[region] = self._protected
            self._for_others.append(region)
            return
        if self._told[region] is Shown.ROUNDED:  # its neighbours' bands narrow its own
            self._told[region] = Shown.WITHHELD
            return
        self._told[region] = Shown.UNTOLD
        rest = self._rests[region.where, region.first, region.last]
        self._told[rest] = Shown.UNTOLD  # for what is listed is no longer everything

    def _may_step(self, region: Region) -> bool:
        """Return whether less can be told of a new cell."""
        if region not in self.free:
            return False
        if self._told[region] in {Shown.EXACT, Shown.ROUNDED}:
            return True
        listed = (region.where, region.first, region.last) in self._rests
        stands = region in self.standing
        return self._told[region] is Shown.WITHHELD and listed and not stands

    def _spare(self, states: list[tuple[datetime, State]]) -> None:
        """Show again what need not have been protected for others' sake, the greatest first."""
        values = {cell.region: cell.value for cell in self.cells}
        for region in sorted(self._for_others, key=lambda each: (-values[each], each))[:_SPARED]:
            before = self._told[region]
            if before is Shown.UNTOLD:
                continue
            self._told[region] = Shown.EXACT
            if any(self._given_away(state) is not None for _, state in states):
                self._told[region] = before

    def _withhold_all(self) -> None:
        for cell in self.cells:
            if cell.region in self.free and cell.value:
                self._told[cell.region] = self._protected

    def _records(self) -> list[Record]:
        mine = [
            Record(cell.region, cell.value, self._told[cell.region], self.basis)
            for cell in self.cells
        ]
        return [*self.earlier, *mine]

    def _bases(self) -> list[datetime]:
        """Return this basis, and those before at which something was protected."""
        protected = {each.basis for each in self.earlier if each.shown is not Shown.EXACT}
        return [self.basis, *sorted(protected - {self.basis}, reverse=True)]

    def _given_away(self, state: State) -> Region | None:
        """Return the new cell to protect next, if a protected one is narrowed."""
        mine = {cell.region: cell.value for cell in self.cells}
        for number, region in enumerate(state.regions):
            if mine.get(region) == state.values[number]:
                state.shown[number] = self._told[region]
        open_ = [
            number
            for number, region in enumerate(state.regions)
            if mine.get(region) == state.values[number] and self._may_step(region)
        ]
        if not open_:
            return None
        return self._narrowed(state, open_)

    def _narrowed(self, state: State, open_: list[int]) -> Region | None:
        """Return a new cell that gives a protected one away, or one that nobody asked for yet."""
        program = Program(
            state.columns, [self._bounds(state, i) for i in range(len(state.regions))]
        )
        without: Program | None = None
        for number, shown in enumerate(state.shown):
            if shown is Shown.EXACT or not state.values[number]:
                continue
            needed = self._needed(state, number)
            narrowed, holding = self._narrows(program, state.of[number], *needed)
            if not narrowed:
                continue
            without = without or self._without(state, open_)
            if not self._narrows(without, state.of[number], *needed)[0]:
                others = [i for i in open_ if i != number] or open_
                return self._cheapest(state, others, holding)
        for number in state.unasked:
            holding = self._foretold(program, state.of[number])
            if not holding:
                continue
            without = without or self._without(state, open_)
            if not self._foretold(without, state.of[number]):
                return self._cheapest(state, open_, holding)
        return None

    def _foretold(self, program: Program, columns: frozenset[int]) -> list[int]:
        """Return the cells that tell of a region that it is small, before anyone asked for it.

        Were it asked for, it would be withheld, and a reader must then be in doubt of it: it may
        be nothing for certain, or surely not small, or anything from 1 to threshold - 1.
        """
        least, low = program.least(columns)
        if least >= self.rules.threshold - _NOISE:
            return []
        greatest, high = program.greatest(columns)
        if greatest < 1 - _NOISE:
            return []
        if least > 1 + _NOISE:
            return low or [-1]
        return (high or [-1]) if greatest < self.rules.threshold - 1 - _NOISE else []

    def _bounds(self, state: State, number: int) -> tuple[float, float]:
        """Return what a reader knows of a cell by itself."""
        value, shown = state.values[number], state.shown[number]
        if shown is Shown.EXACT:
            return value, value
        if shown is Shown.UNTOLD:
            return 0, inf
        if shown is Shown.WITHHELD:
            return 1, inf
        return max(0, rounded(value) - 2), rounded(value) + 2

    def _needed(self, state: State, number: int) -> tuple[float, float]:
        """Return the interval that a reader must be left with."""
        value, shown = state.values[number], state.shown[number]
        if shown is not Shown.ROUNDED:
            return 1, self.rules.threshold - 1
        if value <= self.rules.threshold:
            return (0, 2) if rounded(value) == 0 else (3, 5)
        return value, value

    def _cheapest(self, state: State, open_: list[int], holding: Sequence[int]) -> Region:
        """Return the cell to protect: an inner one before a total, a small one before a great.

        Best is one that by itself would leave a reader in doubt, since it will look like any
        other protected cell.
        """
        candidates = [number for number in open_ if number in set(holding)] or open_
        ranked = sorted(
            candidates,
            key=lambda i: (
                state.shown[i] is not Shown.EXACT,
                len(state.of[i]),
                state.values[i],
                state.regions[i],
            ),
        )
        without = self._without(state, open_)
        best = next((i for i in ranked if self._doubtful(without, state.of[i])), ranked[0])
        return state.regions[best]

    def _without(self, state: State, open_: list[int]) -> Program:
        """Return what would be known if none of these cells were shown."""
        bounds = [self._bounds(state, i) for i in range(len(state.regions))]
        for i in open_:
            bounds[i] = (0, inf)
        return Program(state.columns, bounds)

    def _doubtful(self, program: Program, columns: frozenset[int]) -> bool:
        narrowed, _ = self._narrows(program, columns, 1, self.rules.threshold - 1)
        return not narrowed

    @staticmethod
    def _narrows(
        program: Program, columns: frozenset[int], low: float, high: float
    ) -> tuple[bool, list[int]]:
        """Return whether a reader knows more than an interval, and the cells that tell it."""
        least, holding = program.least(columns)
        if least > low + _NOISE:
            return True, holding
        greatest, holding = program.greatest(columns)
        return greatest < high - _NOISE, holding
