"""Which cells of a release may be told, so that no small count can be computed back.

A count of 1 to threshold - 1 is small. A cell is told, or nothing is said of it, not even that it
is not zero: so whatever is asked, saying nothing gives nothing away, and zeros are not told
either. A release starts with all that is not small. While that narrows a small count, of its own
or of any region that somebody may ask about, now or at the basis of an earlier release, the
cheapest of the cells that narrow it is left untold (or rounded). In the end all are, if need be.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from services.reports.domain.audience import Protection
from services.reports.domain.disclosure.audit import ANYTHING, Needs
from services.reports.domain.disclosure.knowledge import Knowledge, states
from services.reports.domain.disclosure.regions import Record, Shown
from services.reports.domain.disclosure.space import TooWide
from services.reports.domain.disclosure.states import NotKnown, Past, known

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime

    from services.reports.domain.disclosure.regions import Cell, Region

_SPARED = 12
"""How many cells are tried to be told after all: each costs an audit."""


@dataclass(frozen=True)
class Rules:
    """How a release is protected.

    Attributes:
        threshold: counts below it are protected; 5 protects 1 to 4.
        protection: left untold, or rounded as the city does.
        complementary: whether cells are left untold for others' sake. Without it small cells can
            be computed back: only a test that must see that says so.

    """

    threshold: int = 5
    protection: Protection = Protection.SUPPRESSION
    complementary: bool = True


def missing(
    cells: Iterable[Cell], earlier: Iterable[Record], basis: datetime, rules: Rules
) -> dict[datetime, list[Region]]:
    """Return what must be looked up before cells may be told, by basis.

    Args:
        cells: of the release.
        earlier: every record of the same families; what was looked up before is among them.
        basis: of the release.
        rules: how it is protected.

    """
    wanted: dict[datetime, list[Region]] = {}
    for family, past in _by_family(cells, earlier).values():
        release = _Release(family, past, basis, rules, frozenset())
        mine = {cell.region for cell in family}
        for when, regions in past.missing(basis, release.hoped).items():
            wanted.setdefault(when, []).extend(
                each for each in regions if when != basis or each not in mine
            )
    return {when: regions for when, regions in wanted.items() if regions}


def protect(
    cells: Iterable[Cell],
    earlier: Iterable[Record],
    basis: datetime,
    rules: Rules,
    *,
    forced: Collection[Region] = (),
) -> dict[Region, Shown]:
    """Return what may be told of each cell.

    Args:
        cells: of the release, all true at the basis.
        earlier: the cells of every release before, of the same families, and all that `missing`
            asked for; a family of which something is missing is told nothing of.
        basis: of the release.
        rules: how.
        forced: regions that are not told though they need not be small.

    """
    told: dict[Region, Shown] = {}
    for family, past in _by_family(cells, earlier).values():
        told |= _Release(family, past, basis, rules, frozenset(forced)).told()
    return told


def _by_family(
    cells: Iterable[Cell], earlier: Iterable[Record]
) -> dict[str, tuple[list[Cell], Past]]:
    new: dict[str, list[Cell]] = {}
    for cell in dict.fromkeys(cells):
        new.setdefault(cell.region.family.name, []).append(cell)
    held: dict[str, list[Record]] = {name: [] for name in new}
    for record in earlier:
        if record.region.family.name in held:
            held[record.region.family.name].append(record)
    return {name: (family, Past(held[name])) for name, family in new.items()}


@dataclass
class _Release:
    """The cells of one family in a release."""

    cells: Sequence[Cell]
    past: Past
    basis: datetime
    rules: Rules
    forced: frozenset[Region]
    _told: dict[Region, Shown] = field(init=False)
    _for_others: list[Region] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._told = {cell.region: self._alone(cell) for cell in self.cells}
        self._values = {cell.region: cell.value for cell in self.cells}

    @property
    def hoped(self) -> list[Region]:
        """The cells that would be told if there were no others."""
        return [each for each, shown in self._told.items() if shown is not Shown.UNTOLD]

    def told(self) -> dict[Region, Shown]:
        if self.rules.complementary:
            try:
                self._settle()
            except (TooWide, NotKnown, ArithmeticError):
                return dict.fromkeys(self._told, Shown.UNTOLD)
        return self._told

    def _alone(self, cell: Cell) -> Shown:
        """Return what may be told of a cell for its own sake."""
        if cell.region in self.forced:
            return Shown.UNTOLD
        if self.rules.protection is Protection.ROUNDING:
            # 5 shown as it is would tell that it is not 3 or 4, and 0 that it is not 1 or 2
            return Shown.ROUNDED if cell.value <= self.rules.threshold else Shown.EXACT
        return Shown.EXACT if cell.value >= self.rules.threshold else Shown.UNTOLD

    def _settle(self) -> None:
        """Tell less and less until nothing small is narrowed, then more again where it may be."""
        mine = [Record(cell.region, cell.value, Shown.UNTOLD, self.basis) for cell in self.cells]
        past = Past([*self.past.records, *mine])
        needs = Needs(self.rules.threshold, self._bands(past))
        self._states = [
            Knowledge(state, self._told, needs) for state in states(past, self.basis, self._told)
        ]
        changed = True
        while changed:
            changed = False
            for state in self._states:
                for candidates in state.narrowed():
                    self._step(self._cheapest(state, candidates))
                    changed = True
        self._spare()

    def _bands(self, past: Past) -> bool:
        """Return whether bands of counts are told of this family, now or before."""
        return self.rules.protection is Protection.ROUNDING or any(
            low != high and high < ANYTHING[1]
            for told in past.told.values()
            for low, high in told.values()
        )

    def _step(self, region: Region) -> None:
        """Tell less of a cell: its band, or nothing."""
        self._for_others.append(region)
        rounding = self.rules.protection is Protection.ROUNDING
        exact = self._told[region] is Shown.EXACT
        self._show(region, Shown.ROUNDED if exact and rounding else Shown.UNTOLD)

    def _show(self, region: Region, shown: Shown) -> None:
        self._told[region] = shown
        for state in self._states:
            state.tell(region, shown, known(self._values[region], shown))

    def _cheapest(self, state: Knowledge, candidates: Sequence[Region]) -> Region:
        """Return the cell to protect: an inner one before a total, a small one before a great."""
        return min(candidates, key=lambda each: (state.size(each), self._values[each], each))

    def _spare(self) -> None:
        """Tell after all what need not have been left untold, the greatest first."""
        tried = sorted(set(self._for_others), key=lambda each: (-self._values[each], each))
        for region in tried[:_SPARED]:
            before = self._told[region]
            self._show(region, self._alone_again(region))
            if any(True for state in self._states for _ in state.narrowed()):
                self._show(region, before)

    def _alone_again(self, region: Region) -> Shown:
        cell = next(each for each in self.cells if each.region == region)
        return self._alone(cell)
