"""Gives typst the publication as data, and gets a tagged PDF back."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from typst import Compiler, Fonts

from services.reports.publication import charts
from services.reports.publication.accessible import alternative
from services.reports.publication.colophon import foot, lines, made_at
from services.reports.publication.headings import head_rows
from services.reports.publication.model import Chart, Fact, Kind, Table, Text
from services.reports.publication.parts import Part, parts, stretches

if TYPE_CHECKING:
    from services.reports.publication.model import Block, Item, Publication

_HERE = Path(__file__).parent


def write(publication: Publication) -> bytes:
    """Return the report as PDF/UA-1; the same publication always gives the same bytes.

    Nothing is fetched: the fonts are those of the typesetter, and all that is said is data.

    Raises:
        TypstError: the report cannot be made accessible, such as one without title.

    """
    compiler = Compiler(
        _source(), root=_HERE, font_paths=_fonts(), sys_inputs={"report": _data(publication)}
    )
    made = compiler.compile(
        format="pdf",
        pdf_standards=["ua-1"],
        timestamp=int(made_at(publication.imprint).timestamp()),
    )
    if not isinstance(made, bytes):
        raise TypeError("a PDF is one file")
    return made


@cache
def _source() -> bytes:
    return (_HERE / "report.typ").read_bytes()


@cache
def _fonts() -> Fonts:
    """Return the fonts in the typesetter's wheel: the same letters on every machine."""
    return Fonts(include_system_fonts=False)


def _data(publication: Publication) -> str:
    imprint = publication.imprint
    return json.dumps(
        {
            "title": publication.title,
            "subtitle": publication.subtitle,
            "keywords": [imprint.basis, imprint.content_hash, imprint.attestation],
            "imprint": lines(imprint),
            "foot": foot(imprint),
            "warnings": [_text(warning) for warning in publication.warnings],
            "sections": [
                {
                    "title": section.title,
                    "items": [_item(item) for item in section.items],
                }
                for section in publication.sections
            ],
        },
        ensure_ascii=False,
    )


def _item(item: Item) -> dict[str, Any]:
    return {
        "heading": item.heading,
        "blocks": [shown for block in item.blocks for shown in _blocks(block)],
    }


def _blocks(block: Block) -> list[dict[str, Any]]:
    match block:
        case Fact():
            return [
                {
                    "type": "fact",
                    "value": block.cell.text,
                    "unit": block.unit,
                    "about": block.about,
                }
            ]
        case Text():
            return [_text(block)]
        case Table():
            return [_table(part) for part in parts(block)]
        case Chart():
            return [_chart(block)]


def _text(text: Text) -> dict[str, Any]:
    return {"type": "paragraph", "text": text.text, "tone": text.tone.value}


def _chart(chart: Chart) -> dict[str, Any]:
    return {
        "type": "chart",
        "title": chart.title,
        "alt": alternative(chart),
        "picture": charts.svg(chart),
    }


def _table(part: Part) -> dict[str, Any]:
    table = part.table
    heads = head_rows(table.columns)
    caption = f"{table.caption}, {part.label}" if part.label else table.caption
    return {
        "type": "table",
        "caption": caption,
        "wide": part.wide,
        "words": [column.kind is Kind.TEXT for column in table.columns],
        "stretches": stretches(table),
        "depth": len(heads),
        "heads": [
            {
                "text": cell.text,
                "column": cell.column,
                "row": number,
                "width": cell.width,
                "height": cell.height,
                "words": table.columns[cell.column].kind is Kind.TEXT,
            }
            for number, row in enumerate(heads)
            for cell in row
        ],
        "rows": [[cell.text for cell in row.cells] for row in table.rows],
        "roles": [row.role.value for row in table.rows],
    }
