"""Figures and ratios as facts and tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.reports.publication.cells import held, kind_of, words
from services.reports.publication.model import Block, Column, Fact, Kind, Row, Table, Text, Tone
from services.reports.publication.wording import heading, listed, word

if TYPE_CHECKING:
    from services.reports.domain.assembly import Document


def figure(item: Document, path: str) -> list[Block]:
    """Return each period's value with its tables, then definition and source."""
    blocks = _values(item, path)
    definition = item["definition"]
    register = item["source"]["register"]
    source = word(definition["service"]) + (f", register {register}" if register else "")
    blocks.append(
        Text(
            f"{definition['text']} Definition {definition['figure']}, "
            f"version {definition['version']}. Källa: {source}.",
            Tone.SOURCE,
        )
    )
    return blocks


def ratio(item: Document, path: str) -> list[Block]:
    """Return a ratio's values, and what was divided by what."""
    part = held(item["part"], Kind.COUNT, f"{path}/part")
    base = held(item["base"], Kind.COUNT, f"{path}/base")
    return [
        *_values(item, path),
        Text(f"Beräknat av {part.text} delat med {base.text}.", Tone.SOURCE),
    ]


def _values(item: Document, path: str) -> list[Block]:
    kind, unit = kind_of(item["unit"]), word(item["unit"])
    blocks: list[Block] = []
    for number, value in enumerate(item["values"]):
        place = f"{path}/values/{number}"
        blocks.append(Fact(held(value, kind, place), unit, value["periodLabel"]))
        blocks += [
            _table(item, value, index, f"{place}/tables/{index}")
            for index in range(len(value["tables"]))
        ]
    return blocks


def _table(item: Document, value: Document, index: int, path: str) -> Table:
    """Return one breakdown: a row for each combination of its values."""
    table = value["tables"][index]
    kind, by = kind_of(item["unit"]), table["by"]
    rows = [
        Row(
            (
                *(words(word(row[dimension])) for dimension in by),
                held(row, kind, f"{path}/rows/{number}"),
            )
        )
        for number, row in enumerate(table["rows"])
    ]
    return Table(
        key=f"{item['key']}:{value['period']}:{'+'.join(by)}",
        caption=f"{item['label']}, {value['periodLabel']}, efter {listed([*map(word, by)])}",
        columns=(*(Column(heading(name)) for name in by), Column(heading(item["unit"]), kind)),
        rows=tuple(rows),
        headers=len(by),
    )
