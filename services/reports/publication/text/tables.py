"""A table in a text: heads repeated on every page, numbers to the right, rows kept whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.reports.publication.headings import HeadCell, head_rows
from services.reports.publication.model import Kind, RowRole
from services.reports.publication.parts import widths_of
from services.reports.publication.text.elements import element, plain, run, within
from services.reports.publication.text.styles import TABLE, in_cell

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docx.document import Document
    from docx.oxml.xmlchemy import BaseOxmlElement

    from services.reports.publication.model import Row, Table
    from services.reports.publication.parts import Part

_WHOLE = "5000"
"""Fiftieths of a per cent: the width of the page's text."""

_STANDING, _LYING = 9638, 14570
"""Twentieths of a point across the text of a page that stands and of one that lies."""


class TableWriter:
    """Writes the tables of one document; the identities of its styles are looked up once."""

    def __init__(self, document: Document) -> None:
        self._styles: Mapping[str, str] = {
            str(style.name): str(style.style_id) for style in document.styles
        }

    def made(self, part: Part) -> BaseOxmlElement:
        """Return a table's element (``w:tbl``)."""
        table, wide = part.table, part.wide
        properties = within(
            element("tblPr"),
            element("tblStyle", val=TABLE),
            element("tblW", w=_WHOLE, type="pct"),
            element("tblLook", val="0620", firstRow="1", firstColumn="0", noHBand="1", noVBand="1"),
            element("tblCaption", val=plain(table.caption)),
        )
        grid = within(element("tblGrid"), *(element("gridCol", w=w) for w in _twips(part)))
        heads = self._heads(table, wide=wide)
        rows = (self._row(table, row, wide=wide) for row in table.rows)
        return within(element("tbl"), properties, grid, *heads, *rows)

    def _heads(self, table: Table, *, wide: bool) -> list[BaseOxmlElement]:
        levels = head_rows(table.columns)
        made = []
        for level in range(len(levels)):
            row = within(
                element("tr"), within(element("trPr"), element("cantSplit"), element("tblHeader"))
            )
            for above, cell in _reaching(levels, level):
                row.append(self._head(table, cell, first=above == level, wide=wide))
            made.append(row)
        return made

    def _head(self, table: Table, cell: HeadCell, *, first: bool, wide: bool) -> BaseOxmlElement:
        """Return a heading, or the empty lower part of one that reaches over several rows."""
        properties = element("tcPr")
        if cell.width > 1:
            properties.append(element("gridSpan", val=str(cell.width)))
        if cell.height > 1:
            properties.append(element("vMerge", val="restart") if first else element("vMerge"))
        number = table.columns[cell.column].kind is not Kind.TEXT
        style = in_cell(number=number, head=True, role=RowRole.PLAIN, wide=wide)
        return within(element("tc"), properties, self._paragraph(cell.text if first else "", style))

    def _row(self, table: Table, row: Row, *, wide: bool) -> BaseOxmlElement:
        made = within(element("tr"), within(element("trPr"), element("cantSplit")))
        for cell, column in zip(row.cells, table.columns, strict=True):
            number = column.kind is not Kind.TEXT
            style = in_cell(number=number, head=False, role=row.role, wide=wide)
            made.append(within(element("tc"), element("tcPr"), self._paragraph(cell.text, style)))
        return made

    def _paragraph(self, text: str, style: str) -> BaseOxmlElement:
        properties = within(element("pPr"), element("pStyle", val=self._styles[style]))
        return within(element("p"), properties, *([run(text)] if text else []))


def _twips(part: Part) -> list[str]:
    """Return the columns' widths in twentieths of a point, to begin with: they may be moved."""
    needed = widths_of(part.table)
    whole = _LYING if part.wide else _STANDING
    return [str(whole * width // sum(needed)) for width in needed]


def _reaching(levels: list[list[HeadCell]], level: int) -> list[tuple[int, HeadCell]]:
    """Return the heads that stand in or reach down to a level, from the left, with their own."""
    found = [
        (above, cell)
        for above in range(level + 1)
        for cell in levels[above]
        if above + cell.height > level
    ]
    return sorted(found, key=lambda pair: pair[1].column)
