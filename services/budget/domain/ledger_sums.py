"""What the ledger adds up to for one range of periods: the only input of the forms of accounts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from services.budget.domain.chart import is_result_group
from services.budget.domain.layouts import Groups


@dataclass(frozen=True, slots=True)
class Cell:
    """Öre booked on one account group and counterpart class.

    ``opening`` is the year's opening balance (period 00), ``before`` the periods from 01 up to
    the range, ``movement`` the range itself. ``mark`` names the row of the budget settlement
    that an account was assigned to by hand, and is empty for all others.
    """

    group: str
    counterpart_class: str
    opening: int
    before: int
    movement: int
    mark: str = ""

    @property
    def at_start(self) -> int:
        return self.opening + self.before

    @property
    def at_end(self) -> int:
        return self.opening + self.before + self.movement


@dataclass(frozen=True, slots=True)
class LedgerSums:
    """Every cell of a range, with the names of the groups that have a row of their own."""

    cells: tuple[Cell, ...]
    names: dict[str, str]

    @property
    def groups(self) -> list[str]:
        """Groups to print, in order: registered ones, and those with anything booked."""
        return sorted({*self.names, *(cell.group for cell in self.cells)})

    def label(self, group: str) -> str:
        name = self.names.get(group, "")
        return f"{group} {name}".strip()

    def add(self, amount: Callable[[Cell], int], *, where: Callable[[Cell], bool]) -> int:
        return sum(amount(cell) for cell in self.cells if where(cell))

    def result(self, amount: Callable[[Cell], int]) -> int:
        """Return the net of all result groups, 89 included: what equity must carry."""
        return self.add(amount, where=lambda cell: is_result_group(cell.group))


@dataclass(frozen=True, slots=True)
class Selection:
    """Cells of some groups, and of some counterpart classes when any are named."""

    groups: Groups
    classes: tuple[str, ...] = ()

    def __contains__(self, cell: object) -> bool:
        return (
            isinstance(cell, Cell)
            and cell.group in self.groups
            and (not self.classes or cell.counterpart_class in self.classes)
        )


def selected(cells: Iterable[Cell], selections: tuple[Selection, ...], mark: str = "") -> int:
    """Return the movement of unmarked cells in a selection, plus all cells carrying ``mark``."""
    return sum(
        cell.movement
        for cell in cells
        if (mark and cell.mark == mark)
        or (not cell.mark and any(cell in selection for selection in selections))
    )
