"""Cross-footing: every way in which a printed table contradicts itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from services.budget.domain.layouts import Rule, Section
from services.budget.domain.tables import Table, TableRow


@dataclass(frozen=True, slots=True)
class Failure:
    """One cell that disagrees with the cells it should be the sum of; amounts in öre.

    ``column`` is the cell that states the sum: ``stated``; its parts sum to ``computed``.
    """

    row_no: int
    code: str
    column: str
    rule: str
    stated: int
    computed: int

    @property
    def difference(self) -> int:
        return self.stated - self.computed


def failures(table: Table) -> list[Failure]:
    """Return every failure: rows first, then columns against stated sums, then the balance."""
    return [*row_failures(table), *column_failures(table), *balance_failures(table)]


def row_failures(table: Table) -> Iterator[Failure]:
    """Yield rows whose cells do not sum to the cell that states their sum."""
    for row in table.rows:
        for rule in table.layout.rules:
            yield from _broken(row, rule)


def foots(row: TableRow, rules: tuple[Rule, ...]) -> bool:
    """Say whether a row keeps every rule that it states the cells of."""
    return not any(True for rule in rules for _ in _broken(row, rule))


def _broken(row: TableRow, rule: Rule) -> Iterator[Failure]:
    stated = row.cells.get(rule.whole)
    given = {column for column, ore in row.cells.items() if ore is not None}
    if stated is None or not rule.applies(given) or _is_partial(row, rule):
        return
    parts = [row.cells.get(part) for part in rule.parts]
    computed = sum(part for part in parts if part is not None)
    if computed != stated:
        yield Failure(row.row_no, row.label.code, rule.whole, rule.name, stated, computed)


def _is_partial(row: TableRow, rule: Rule) -> bool:
    """A line of the form may leave cells blank (a section's change is not always printed)."""
    return not row.label.is_account and any(
        part in row.cells and row.cells[part] is None for part in rule.parts
    )


def column_failures(table: Table) -> Iterator[Failure]:
    """Yield stated sections and sums that differ from what they sum, column by column.

    A sum is compared with the stated rows it sums where they are stated, so that one wrong
    section is reported once and not again in every sum above it.
    """
    for line in table.layout.lines:
        row = table.line(line.code)
        if row is None:
            continue
        for column in table.layout.column_codes:
            stated = row.cells.get(column)
            computed = _sum_of(table, line.code, column, stated_first=False)
            if stated is not None and computed is not None and stated != computed:
                yield Failure(
                    row.row_no, line.code, column, "rows_sum_to_stated_sum", stated, computed
                )


def _sum_of(table: Table, code: str, column: str, *, stated_first: bool) -> int | None:
    """Return a line's value in a column, or None when a row of it leaves the cell blank."""
    row = table.line(code)
    if stated_first and row is not None and row.cells.get(column) is not None:
        return row.value(column)
    line = next(line for line in table.layout.lines if line.code == code)
    if isinstance(line, Section):
        cells = [account.cells.get(column) for account in table.of_section(code)]
        return sum(c for c in cells if c is not None) if None not in cells else None
    sums = [_sum_of(table, part, column, stated_first=True) for part in line.of]
    return sum(s for s in sums if s is not None) if None not in sums else None


def balance_failures(table: Table) -> Iterator[Failure]:
    """Yield columns in which the two halves of a balance sheet do not sum to zero."""
    layout = table.layout
    for column in layout.zero_columns:
        halves = [_sum_of(table, code, column, stated_first=True) for code in layout.zero]
        if None in halves:
            continue
        stated = sum(half for half in halves if half is not None)
        if stated:
            last = max((row.row_no for row in table.rows), default=0)
            row = table.line(layout.zero[-1])
            yield Failure(
                row.row_no if row else last, layout.zero[-1], column, "balances", stated, 0
            )
