"""The forms of accounts computed from the ledger: income statement and balance sheet.

Signs are the city's: costs and assets positive, revenue, liabilities and equity negative.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from services.budget.domain.chart import EQUITY
from services.budget.domain.layouts import (
    BALANCE_SHEET,
    CHANGE,
    CLASSES,
    EXTERNAL,
    INCOME_STATEMENT,
    OPENING,
    TOTAL,
    Layout,
    Section,
)
from services.budget.domain.ledger_sums import Cell, LedgerSums

Amounts = Mapping[str, int]


class RowKind(StrEnum):
    """How a row of a statement came about."""

    GROUP = "group"
    SECTION = "section"
    LINE = "line"
    SUM = "sum"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a statement: öre per column, every column of the statement present."""

    code: str
    label: str
    kind: RowKind
    amounts: Amounts


@dataclass(frozen=True, slots=True)
class Statement:
    """A computed form: its columns with their Swedish headings, and its rows in order."""

    code: str
    title: str
    version: int
    columns: tuple[tuple[str, str], ...]
    rows: tuple[Row, ...]

    def amount(self, row: str, column: str) -> int:
        """Return the öre of one cell.

        Raises:
            KeyError: the statement has no such row or column.

        """
        found = next((r for r in self.rows if r.code == row), None)
        if found is None:
            raise KeyError(row)
        return found.amounts[column]


def income_statement(sums: LedgerSums) -> Statement:
    """Return the income statement of the range, per counterpart class."""

    def group(code: str) -> dict[str, int]:
        by_class = {name: _movement(sums, code, name) for name in CLASSES}
        return {**by_class, TOTAL: sum(by_class.values())}

    return _laid_out(INCOME_STATEMENT, sums, group)


def _movement(sums: LedgerSums, group: str, counterpart_class: str) -> int:
    return sums.add(
        lambda cell: cell.movement,
        where=lambda cell: (cell.group, cell.counterpart_class) == (group, counterpart_class),
    )


def balance_sheet(sums: LedgerSums) -> Statement:
    """Return the balance sheet: the range's change, the balance before it and after it.

    Equity carries the result of the year up to each instant, as the form prints it; the
    ledger itself books that only when the year is closed. The result stands under external,
    because equity has no counterpart to divide it by.
    """

    def group(code: str) -> dict[str, int]:
        carries = code == EQUITY

        def at(cells: Callable[[Cell], int], name: str | None = None) -> int:
            booked = sums.add(
                cells,
                where=lambda cell: (
                    cell.group == code and (name is None or cell.counterpart_class == name)
                ),
            )
            return booked + (sums.result(cells) if carries and name in {None, EXTERNAL} else 0)

        closing = {name: at(lambda cell: cell.at_end, name) for name in CLASSES}
        return {
            CHANGE: at(lambda cell: cell.movement),
            OPENING: at(lambda cell: cell.at_start),
            **closing,
            TOTAL: sum(closing.values()),
        }

    return _laid_out(BALANCE_SHEET, sums, group)


def _laid_out(
    layout: Layout, sums: LedgerSums, group: Callable[[str], dict[str, int]]
) -> Statement:
    rows: list[Row] = []
    sections: dict[str, Amounts] = {}
    for line in layout.lines:
        if isinstance(line, Section):
            groups = [g for g in _groups(sums, layout) if g in line.groups]
            below = [Row(g, sums.label(g), RowKind.GROUP, group(g)) for g in groups]
            amounts = total(layout.column_codes, [row.amounts for row in below])
            kind = RowKind.SECTION
        else:
            below = []
            amounts = total(layout.column_codes, [sections[code] for code in line.of])
            kind = RowKind.SUM
        sections[line.code] = amounts
        rows += [Row(line.code, line.label, kind, amounts), *below]
    return Statement(layout.code, layout.title, layout.version, layout.columns, tuple(rows))


def _groups(sums: LedgerSums, layout: Layout) -> list[str]:
    """Return the groups to print; equity always has a row, because the result needs one."""
    groups = {*sums.groups, EQUITY} if layout is BALANCE_SHEET else set(sums.groups)
    return sorted(groups)


def total(columns: Sequence[str], rows: Sequence[Amounts]) -> dict[str, int]:
    """Return the column sums of some rows."""
    return {column: sum(row[column] for row in rows) for column in columns}
