"""The likeliest reason why a table contradicts itself, when one reason explains most of it.

Nothing here corrects anything: an explanation is offered to the sender, who decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from services.budget.domain.footing import Failure, column_failures, failures, foots
from services.budget.domain.layouts import Section
from services.budget.domain.slides import Slide, find_slide
from services.budget.domain.tables import Table, TableRow


@dataclass(frozen=True, slots=True)
class SlidColumns:
    """Cells of some columns stand one row away from the row they belong to.

    Attributes:
        direction: ``down`` when each cell belongs to the row above, ``up`` when below.
        columns: per column that slid, the first and last row that show a neighbour's cell.
        explained: rows that fail as delivered and foot when the cells are moved back.
        left: rows that still fail then; their own cell is lost or misread.
        proposed: cells that would change, per row and column, in öre.
        complete: the table with the proposed cells keeps every rule.

    """

    direction: str
    columns: Mapping[str, tuple[str, str]]
    explained: tuple[str, ...]
    left: tuple[str, ...]
    proposed: Mapping[str, Mapping[str, int]]
    complete: bool

    @property
    def first(self) -> str:
        return min(first for first, _ in self.columns.values())

    @property
    def last(self) -> str:
        return max(last for _, last in self.columns.values())


@dataclass(frozen=True, slots=True)
class MisreadRow:
    """One row alone explains every column that misses its stated sum.

    ``proposed`` holds the öre that would make the row and all its columns foot.
    """

    code: str
    proposed: Mapping[str, int]


Explanation = SlidColumns | MisreadRow


def explain(table: Table, found: Sequence[Failure]) -> list[Explanation]:
    """Return what would account for the failures; empty when nothing simple does."""
    if not found:
        return []
    slide = find_slide(table)
    if slide is not None:
        return [_described(table, slide)]
    return list(_misread(table))


def _described(table: Table, slide: Slide) -> SlidColumns:
    corrected = _with(table, slide.rows)
    for row in _misread(corrected):
        corrected = _with(corrected, {row.code: row.proposed})
    before = {row.label.code: row for row in table.accounts}
    return SlidColumns(
        direction=slide.direction,
        columns=slide.columns,
        explained=slide.explained,
        left=slide.left,
        proposed=_changed_cells(before, corrected.accounts),
        complete=not failures(corrected),
    )


def _changed_cells(
    before: Mapping[str, TableRow], after: Sequence[TableRow]
) -> dict[str, dict[str, int]]:
    changed = {
        row.label.code: {
            column: ore
            for column, ore in row.cells.items()
            if ore is not None and ore != before[row.label.code].value(column)
        }
        for row in after
    }
    return {code: cells for code, cells in changed.items() if cells}


def _with(table: Table, cells: Mapping[str, Mapping[str, int]]) -> Table:
    rows = [
        replace(row, cells={**row.cells, **cells[row.label.code]})
        if row.label.is_account and row.label.code in cells
        else row
        for row in table.rows
    ]
    return replace(table, rows=rows)


def _misread(table: Table) -> list[MisreadRow]:
    """Return, per section, the one failing row that makes all foot when it takes the blame."""
    rules = table.layout.rules
    blamed = []
    for section in table.layout.sections():
        missing = _missing_in(table, section)
        if not missing:
            continue
        corrected = [
            _corrected(row, missing)
            for row in table.of_section(section.code)
            if not foots(row, rules) and foots(_corrected(row, missing), rules)
        ]
        if len(corrected) == 1:
            cells = {column: corrected[0].value(column) for column in missing}
            blamed.append(MisreadRow(corrected[0].label.code, cells))
    return blamed


def _missing_in(table: Table, section: Section) -> dict[str, int]:
    """Return, per column, what the stated sum of a section exceeds its rows by."""
    return {
        failure.column: failure.difference
        for failure in column_failures(table)
        if failure.code == section.code
    }


def _corrected(row: TableRow, missing: Mapping[str, int]) -> TableRow:
    cells = {column: row.value(column) + ore for column, ore in missing.items()}
    return replace(row, cells={**row.cells, **cells})
