"""What others publish, with source and vintage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.reports.publication import numbers, pictures
from services.reports.publication.cells import kind_of, valued, words
from services.reports.publication.model import Block, Cell, Column, Fact, Row, Table, Text, Tone
from services.reports.publication.wording import heading, word

if TYPE_CHECKING:
    from services.reports.domain.assembly import Document


def reference(item: Document, path: str) -> list[Block]:
    """Return one value as a fact, several by label as a table, and where they come from."""
    rows = item["rows"]
    shown: Block
    if len(rows) == 1 and not rows[0]["label"]:
        shown = Fact(_span(rows[0], f"{path}/rows/0"), word(item["unit"]), item["period"])
    else:
        shown = _table(item, path)
    drawn = _drawn(item, shown) if isinstance(shown, Table) else []
    sources = dict.fromkeys(f"{row['source']} ({row['vintage']})" for row in rows)
    return [*drawn, shown, Text(f"Källa: {'; '.join(sources)}.", Tone.SOURCE)]


def _table(item: Document, path: str) -> Table:
    return Table(
        key=f"{item['key']}:{item['period']}",
        caption=f"{item['label']}, {item['period']}",
        columns=(
            Column(heading(item.get("by") or "avser")),
            Column(heading(item["unit"]), kind_of(item["unit"])),
        ),
        rows=tuple(
            Row((words(word(row["label"])), _span(row, f"{path}/rows/{number}")))
            for number, row in enumerate(item["rows"])
        ),
    )


def _drawn(item: Document, table: Table) -> list[Block]:
    if not item.get("chart"):
        return []
    points = [pictures.point(row.cells[0].text, row.cells[1]) for row in table.rows]
    return [*pictures.chart(table, item["chart"], item["unit"], points)]


def _span(row: Document, path: str) -> Cell:
    """Return a value, or a range as words (no workbook has a number for ``50-60``)."""
    approximate = bool(row["approximate"])
    low = valued(row["low"], kind_of(row["unit"]), f"{path}/low", approximate=approximate)
    about = "cirka " if approximate else ""
    if row["low"] == row["high"]:
        return Cell(about + low.text, low.value, low.kind, approximate=approximate, path=low.path)
    shown = numbers.span(low.text, numbers.number(row["high"]))
    return Cell(about + shown, approximate=approximate)
