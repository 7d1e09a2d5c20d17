"""Files read by other libraries than wrote them, as tables of cells."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

from openpyxl import load_workbook  # type: ignore[import-untyped]  # carries no types

from services.reports.publication.headings import columns, head_rows

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook  # type: ignore[import-untyped]  # carries no types
    from openpyxl.worksheet.worksheet import Worksheet  # type: ignore[import-untyped]  # same

    from services.reports.publication.model import Table

HEAD = 4
"""The row of a table's sheet where its head begins, from 1: caption, report and a gap above."""


def opened(made: bytes) -> Workbook:
    """Return a workbook as openpyxl reads it."""
    return load_workbook(BytesIO(made))


def sheets_of(book: Workbook, tables: list[Table]) -> list[tuple[Table, Worksheet]]:
    """Return each table with its sheet: they follow the two that are about the report."""
    return list(zip(tables, book.worksheets[2:], strict=True))


def rows_of(sheet: Worksheet, table: Table) -> list[list[Any]]:
    """Return the cells of a table's sheet, without its head."""
    first = HEAD + len(head_rows(columns(table)))
    return [
        [sheet.cell(first + row, 1 + column) for column in range(len(table.columns))]
        for row in range(len(table.rows))
    ]


def facts_of(book: Workbook) -> list[Any]:
    """Return the cells of the single values, which stand beside what they are about."""
    sheet = book.worksheets[1]
    return [row[2] for row in sheet.iter_rows(min_row=HEAD + 1) if row[2].value is not None]


def pointed(document: Any, path: str) -> Any:  # noqa: ANN401  whatever a document holds
    """Return what a JSON Pointer (RFC 6901) points at."""
    for step in path.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        document = document[int(name)] if isinstance(document, list) else document[name]
    return document
