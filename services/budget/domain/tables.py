"""A printed table as delivered: which row of which form each of its rows is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.budget.domain.chart import group_of
from services.budget.domain.layouts import Layout

_ACCOUNT_ROW = re.compile(r"([1-8]\d{1,5})(?:\s+(.+))?", re.ASCII | re.DOTALL)
_SIGN = re.compile(r"\s*\([+-]\)\s*$")
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Label:
    """What a row's label says it is: an account (group) with its name, or a line of the form."""

    code: str
    name: str
    is_account: bool


@dataclass(frozen=True, slots=True)
class TableRow:
    """One delivered row; ``cells`` holds öre per column of the table, None where left blank.

    A column that no row of the table states is absent from every row's cells.
    """

    row_no: int
    label: Label
    cells: Mapping[str, int | None]

    def value(self, column: str) -> int:
        return self.cells.get(column) or 0


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of one form for one range of periods, in the order they were delivered."""

    layout: Layout
    rows: Sequence[TableRow]

    @property
    def accounts(self) -> list[TableRow]:
        return [row for row in self.rows if row.label.is_account]

    def line(self, code: str) -> TableRow | None:
        """Return the row that states a line of the form (a section or a sum), if delivered."""
        return next((r for r in self.rows if not r.label.is_account and r.label.code == code), None)

    def of_section(self, code: str) -> list[TableRow]:
        """Return the account rows that a section sums."""
        section = next(line for line in self.layout.sections() if line.code == code)
        return [row for row in self.accounts if group_of(row.label.code) in section.groups]


def read_label(text: str, layout: Layout) -> Label | None:
    """Return what a label names on a form, or None when the form has no such row.

    ``57 Pensionskostnader``, ``57``, ``Årets resultat`` and our own code ``result`` are all read;
    signs in brackets, case and spacing do not matter.
    """
    label = text.strip()
    if match := _ACCOUNT_ROW.fullmatch(label):
        code = match[1]
        known = layout.section_of(group_of(code)) is not None
        return Label(code, (match[2] or "").strip(), is_account=True) if known else None
    wanted = _plain(label)
    for line in layout.lines:
        if wanted == line.code or wanted in {_plain(name) for name in (line.label, *line.also)}:
            return Label(line.code, line.label, is_account=False)
    return None


def _plain(label: str) -> str:
    return _SPACES.sub(" ", _SIGN.sub("", label)).strip().casefold()
