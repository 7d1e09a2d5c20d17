"""A table on a sheet of its own, laid out as the city's form when it is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.reports.publication.headings import columns, head_rows
from services.reports.publication.model import Kind
from services.reports.publication.workbook.sheets import Sheet, put

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.reports.publication.model import Column, Table, Text

_NARROWEST, _WIDEST = 9, 48
_MARGIN = 2


def write_table(sheet: Sheet, table: Table, notes: Sequence[Text]) -> None:
    """Write caption, head, rows and beneath them the notes, ready for screen and print.

    Args:
        sheet: an empty one.
        table: what to write.
        notes: of the item that the table belongs to, so that the sheet stands by itself.

    """
    heads = columns(table)
    widths = [_width(table, heads, place) for place in range(len(heads))]
    for place, width in enumerate(widths):
        sheet.raw.set_column(place, place, width)
    sheet.line(table.caption, sheet.looks.caption())
    sheet.back()
    first = sheet.row
    _head(sheet, heads)
    sheet.raw.freeze_panes(sheet.row, table.headers)
    for row in table.rows:
        for place, cell in enumerate(row.cells):
            put(sheet.raw, sheet.row, place, cell, sheet.looks.cell(cell, row.role))
        sheet.skip()
    sheet.for_print(head=(first, first + len(head_rows(heads)) - 1))
    sheet.skip()
    across = max(sum(widths), _WIDEST)
    for note in notes:
        look = sheet.looks.line(note.tone)
        sheet.paragraph(note.text, look, columns=len(heads), width=int(across))


def _head(sheet: Sheet, heads: Sequence[Column]) -> None:
    for row in head_rows(heads):
        for cell in row:
            words = heads[cell.column].kind is Kind.TEXT
            look = sheet.looks.head(group=cell.width > 1, words=words)
            last = (sheet.row + cell.height - 1, cell.column + cell.width - 1)
            if last != (sheet.row, cell.column):
                sheet.raw.merge_range(sheet.row, cell.column, *last, "", look)
            sheet.raw.write_string(sheet.row, cell.column, cell.text, look)
        sheet.skip()


def _width(table: Table, heads: Sequence[Column], place: int) -> int:
    texts = [row.cells[place].text for row in table.rows]
    longest = max(map(len, texts), default=0)
    words = max(map(len, heads[place].label.split()), default=0)
    return min(max(longest, words, _NARROWEST) + _MARGIN, _WIDEST)
