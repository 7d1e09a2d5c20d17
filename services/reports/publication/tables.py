"""Tables that a service answers with, and paragraphs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.reports.publication import pictures
from services.reports.publication.cells import held, kind_of, words
from services.reports.publication.model import (
    Block,
    Cell,
    Column,
    Kind,
    Row,
    RowRole,
    Table,
    Text,
    Tone,
)
from services.reports.publication.wording import word
from shared.periods import Period

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
    made = Table(
        key=item["key"],
        caption=item["label"],
        columns=(
            Column("Avser"),
            *(Column(each["label"], _kind(each["unit"])) for each in columns),
        ),
        rows=tuple(
            _row(row, columns, f"{path}/rows/{number}", with_period=len(periods) > 1)
            for number, row in enumerate(item["rows"])
        ),
    )
    notes = dict.fromkeys(
        f"{row['label']}: {row['note']}" for row in item["rows"] if row.get("note")
    )
    return [*_drawn(item, made, path), made, *(Text(each, Tone.NOTE) for each in notes)]


def _drawn(item: Document, table: Table, path: str) -> list[Block]:
    """Return the columns that the template draws: along periods if several, else by row."""
    chart = item.get("chart")
    if not chart:
        return []
    drawn = [each for each in item["columns"] if each["code"] in chart["columns"]]
    several = len({row["period"] for row in item["rows"]}) > 1
    points = []
    for number, row in enumerate(item["rows"]):
        about = _about(row)
        for column in drawn:
            names = [about, *([column["label"]] if len(drawn) > 1 else [])]
            category = _period(row["period"]) if several else names.pop(0)
            cell = _cell(row["cells"][column["code"]], column, f"{path}/rows/{number}")
            points.append(pictures.point(category, cell, series=", ".join(names)))
    title = item["label"] if len(drawn) > 1 else f"{item['label']}: {drawn[0]['label']}"
    return [*pictures.chart(table, chart["mark"], drawn[0]["unit"], points, title=title)]


def _about(row: Document) -> str:
    return ", ".join(filter(None, [row["label"], *(word(code) for code in row["by"].values())]))


def _period(period: str) -> str:
    return Period.parse(period).label


def _row(row: Document, columns: list[Document], path: str, *, with_period: bool) -> Row:
    about = _about(row)
    if with_period:
        about = ", ".join(filter(None, [_period(row["period"]), about]))
    cells = [_cell(row["cells"][each["code"]], each, path) for each in columns]
    role = RowRole.SUM if row["role"] == "sum" else RowRole.PLAIN
    return Row((words(about), *cells), role)


def _cell(cell: Document, column: Document, path: str) -> Cell:
    if column["unit"] == TEXT:
        return words(cell["value"] or "")
    return held(cell, _kind(column["unit"]), f"{path}/cells/{column['code']}")


def _kind(unit: str) -> Kind:
    return Kind.TEXT if unit == TEXT else kind_of(unit)
