"""One worksheet, written from above, with what all of them share."""

from __future__ import annotations

from datetime import date, datetime
from math import ceil
from typing import TYPE_CHECKING

from services.reports.publication.colophon import foot
from services.reports.publication.workbook.values import held

if TYPE_CHECKING:
    from xlsxwriter.format import Format  # type: ignore[import-untyped]  # carries no types
    from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]  # same

    from services.reports.publication.model import Cell, Publication
    from services.reports.publication.workbook.looks import Looks

FIRST = "Rapport"
"""The sheet that says what the workbook is; every other links back to it."""

_A4 = 9
_LINE = 15
"""Points of height of a line of text."""

_WIDE = 110
"""Characters across a sheet that are merged for a paragraph, about."""


class Sheet:
    """A worksheet and the row where writing goes on."""

    def __init__(self, raw: Worksheet, looks: Looks, publication: Publication) -> None:
        self.raw = raw
        self.looks = looks
        self.publication = publication
        self.row = 0

    def skip(self, rows: int = 1) -> None:
        self.row += rows

    def line(self, text: str, look: Format) -> None:
        """Write a line that may run over the columns beside it."""
        self.raw.write_string(self.row, 0, text, look)
        self.skip()

    def paragraph(self, text: str, look: Format, *, columns: int, width: int = _WIDE) -> None:
        """Write a text over several columns, as high as it needs: merged cells never grow."""
        lines = sum(ceil(max(len(line), 1) / width) for line in text.split("\n"))
        self.raw.set_row(self.row, _LINE * lines)
        if columns > 1:
            self.raw.merge_range(self.row, 0, self.row, columns - 1, "", look)
        self.raw.write_string(self.row, 0, text, look)
        self.skip()

    def pair(self, label: str, text: str, look: Format | None = None) -> None:
        self.raw.write_string(self.row, 0, label, self.looks.label())
        self.raw.write_string(self.row, 1, text, look or self.looks.words())
        self.skip()

    def link(self, sheet: str, text: str, *, label: str) -> None:
        self.raw.write_string(self.row, 0, label, self.looks.words())
        self.raw.write_url(self.row, 1, f"internal:'{sheet}'!A1", self.looks.link(), text)
        self.skip()

    def back(self) -> None:
        """Write which report this is, with a link to its first sheet, and leave a row."""
        publication = self.publication
        about = f"{publication.title} · {publication.subtitle} · {publication.imprint.attestation}"
        self.raw.write_url(self.row, 0, f"internal:'{FIRST}'!A1", self.looks.link(), about)
        self.skip(2)

    def for_print(self, *, head: tuple[int, int] | None = None) -> None:
        """Fit to the width of a lying A4, repeat the head, and say below where it comes from."""
        self.raw.set_landscape()
        self.raw.set_paper(_A4)
        self.raw.fit_to_pages(1, 0)
        self.raw.hide_gridlines(1)
        self.raw.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.8)
        below = "\n".join(foot(self.publication.imprint)).replace("&", "&&")
        self.raw.set_footer(f"&L&8{below}&R&8Sida &P av &N")
        if head is not None:
            self.raw.repeat_rows(*head)


def put(sheet: Worksheet, row: int, column: int, cell: Cell, look: Format) -> None:
    """Write one cell as what it is; words are never taken for formulas or addresses."""
    value = held(cell)
    if isinstance(value, str):
        sheet.write_string(row, column, value, look)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), look)  # noqa: DTZ001  a day
    else:
        sheet.write_number(row, column, value, look)
