"""Tables that a service answers with, and paragraphs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.reports.publication.cells import held, kind_of, words
from services.reports.publication.model import Block, Cell, Column, Kind, Row, RowRole, Table, Text
from services.reports.publication.wording import word

if TYPE_CHECKING:
    from services.reports.domain.assembly import Document

TEXT = "text"
"""The unit of a column that holds words."""


def text(item: Document, _path: str) -> list[Block]:
    """Return the paragraphs."""
    return [Text(paragraph) for paragraph in item["paragraphs"]]


def table(item: Document, path: str) -> list[Block]:
    """Return the table: a row for each period and group, a column for each thing counted."""
    columns = item["columns"]
    periods = {row["period"] for row in item["rows"]}
    rows = tuple(
        _row(row, columns, f"{path}/rows/{number}", with_period=len(periods) > 1)
        for number, row in enumerate(item["rows"])
    )
    return [
        Table(
            key=item["key"],
            caption=item["label"],
            columns=(
                Column("Avser"),
                *(Column(each["label"], _kind(each["unit"])) for each in columns),
            ),
            rows=rows,
        )
    ]


def _row(row: Document, columns: list[Document], path: str, *, with_period: bool) -> Row:
    about = [row["label"], *(word(code) for code in row["by"].values())]
    if with_period:
        about = [row["period"], *about]
    cells = [_cell(row["cells"][each["code"]], each, path) for each in columns]
    role = RowRole.SUM if row["role"] == "sum" else RowRole.PLAIN
    return Row((words(", ".join(filter(None, about))), *cells), role)


def _cell(cell: Document, column: Document, path: str) -> Cell:
    if column["unit"] == TEXT:
        return words(cell["value"] or "")
    return held(cell, _kind(column["unit"]), f"{path}/cells/{column['code']}")


def _kind(unit: str) -> Kind:
    return Kind.TEXT if unit == TEXT else kind_of(unit)
