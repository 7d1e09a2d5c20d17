"""How a trial balance is booked.

A trial balance runs from the beginning of the year. The balance sheet's opening column becomes
the opening voucher of the year; the rest of each table becomes one voucher in its last period.

- The form gives opening balances as totals only, so they are booked undivided; the movement
  takes them back and books the closing balances on the classes that the form gives.
- The balance sheet's equity contains the year's result. Booked alone, the table is taken at its
  word. The income statement, booked before or after it, has its net booked against equity: in
  the ledger equity then holds what the committee was funded with, and the result stands on the
  accounts that earned it. Both tables together give the same ledger in either order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.budget.domain.chart import EQUITY, group_of
from services.budget.domain.counterparts import WHOLE_CLASS, CounterpartClass
from services.budget.domain.layouts import (
    BALANCE_SHEET,
    CHANGE,
    CLASSES,
    OPENING,
    TOTAL,
    UNDIVIDED,
    Layout,
)
from services.budget.domain.tables import Table, TableRow
from services.budget.domain.vouchers import Entry, imbalance

_UNDIVIDED = WHOLE_CLASS[CounterpartClass.UNDIVIDED]
_EXTERNAL = WHOLE_CLASS[CounterpartClass.EXTERNAL]


@dataclass(frozen=True, slots=True)
class Stated:
    """What one account row states, every cell known: öre at the start and per class at the end.

    For an income statement ``opening`` is zero and ``by_class`` is the movement.
    """

    opening: int
    by_class: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.by_class.values())

    def column(self, name: str) -> int:
        """Return the value of any column of the form."""
        match name:
            case "opening":
                return self.opening
            case "change":
                return self.total - self.opening
            case "total":
                return self.total
            case _:
                return self.by_class[name]


def missing_cells(cells: Mapping[str, int | None], layout: Layout) -> list[str]:
    """Return the columns without which an account row cannot be booked; empty when it can."""
    missing = []
    if all(cells.get(column) is None for column in (*CLASSES, TOTAL)):
        missing.append(TOTAL)
    if layout is BALANCE_SHEET and cells.get(OPENING) is None and cells.get(CHANGE) is None:
        missing.append(OPENING)
    return missing


def stated(row: TableRow) -> Stated:
    """Return a complete row's amounts; a row that gives only a total is undivided."""
    given = {name: row.cells.get(name) for name in CLASSES}
    if all(amount is None for amount in given.values()):
        given[UNDIVIDED] = row.cells.get(TOTAL)
    by_class = {name: amount or 0 for name, amount in given.items()}
    opening = row.cells.get(OPENING)
    if opening is None:
        change = row.cells.get(CHANGE)
        opening = sum(by_class.values()) - change if change is not None else 0
    return Stated(opening, by_class)


def by_group(table: Table) -> dict[str, Stated]:
    """Return what a table states for each account group, its account rows added up."""
    opening: defaultdict[str, int] = defaultdict(int)
    classes: defaultdict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(CLASSES, 0))
    for row in table.accounts:
        group, amounts = group_of(row.label.code), stated(row)
        opening[group] += amounts.opening
        for name, amount in amounts.by_class.items():
            classes[group][name] += amount
    return {group: Stated(opening[group], classes[group]) for group in classes}


def opening_entries(table: Table) -> list[Entry]:
    """Return the year's opening balances, undivided; none for an income statement."""
    return _nonzero(
        Entry(row.label.code, _UNDIVIDED, stated(row).opening) for row in table.accounts
    )


def movement_entries(table: Table) -> list[Entry]:
    """Return what the table's periods moved; sums to zero when the table balances."""
    entries = [entry for row in table.accounts for entry in _moved(row)]
    if table.layout is not BALANCE_SHEET:
        entries.append(Entry(EQUITY, _EXTERNAL, -imbalance(entries)))
    return _nonzero(entries)


def _moved(row: TableRow) -> Iterable[Entry]:
    amounts, code = stated(row), row.label.code
    yield Entry(code, _UNDIVIDED, -amounts.opening)
    for name, amount in amounts.by_class.items():
        yield Entry(code, WHOLE_CLASS[CounterpartClass(name)], amount)


def difference(wanted: Iterable[Entry], booked: Iterable[Entry]) -> list[Entry]:
    """Return what must be booked besides ``booked`` to have booked ``wanted``."""
    return _nonzero([*wanted, *(entry.reversed() for entry in booked)])


def _nonzero(entries: Iterable[Entry]) -> list[Entry]:
    """Add up entries of one account and counterpart; those that cancel out are left out."""
    net: defaultdict[tuple[str, str], int] = defaultdict(int)
    for entry in entries:
        net[entry.account, entry.counterpart] += entry.amount
    return [Entry(*key, amount) for key, amount in sorted(net.items()) if amount]
