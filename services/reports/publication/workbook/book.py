"""The workbook: a sheet of what it is, one of single values and texts, one of each table."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from xlsxwriter import Workbook  # type: ignore[import-untyped]  # carries no types

from services.reports.publication.colophon import lines, made_at
from services.reports.publication.model import Fact, Table, Text, Tone
from services.reports.publication.workbook.looks import Looks
from services.reports.publication.workbook.names import Names
from services.reports.publication.workbook.sheets import FIRST, Sheet, put
from services.reports.publication.workbook.tables import write_table

if TYPE_CHECKING:
    from services.reports.publication.model import Item, Publication

_FACTS = "Uppgifter"
_FACT_HEADS = ("Uppgift", "Avser", "Värde", "Enhet")


def write(publication: Publication) -> bytes:
    """Return the report as an XLSX file; the same publication always gives the same bytes."""
    target = BytesIO()
    book = Workbook(target, {"in_memory": True})
    book.set_size(2400, 1600)
    _properties(book, publication)
    looks, names = Looks(book), Names()
    first = Sheet(book.add_worksheet(names.name(FIRST)), looks, publication)
    facts = Sheet(book.add_worksheet(names.name(_FACTS)), looks, publication)
    places: dict[str, str] = {}
    for section in publication.sections:
        for item in section.items:
            notes = [block for block in item.blocks if isinstance(block, Text)]
            for block in item.blocks:
                if isinstance(block, Table):
                    places[block.key] = names.name(block.caption)
                    sheet = Sheet(book.add_worksheet(places[block.key]), looks, publication)
                    write_table(sheet, block, notes)
    _first(first, places)
    _facts(facts)
    book.close()
    return target.getvalue()


def _properties(book: Workbook, publication: Publication) -> None:
    imprint = publication.imprint
    made = made_at(imprint).replace(tzinfo=None)
    book.set_properties(
        {"title": publication.title, "subject": publication.subtitle, "created": made}
    )
    for name, text in lines(imprint):
        book.set_custom_property(name, text, "text")


def _first(sheet: Sheet, places: dict[str, str]) -> None:
    """Write what the report is, where it comes from, and links to its tables."""
    publication, looks = sheet.publication, sheet.looks
    sheet.raw.set_column(0, 0, 26)
    sheet.raw.set_column(1, 1, 90)
    sheet.line(publication.title, looks.title())
    sheet.line(publication.subtitle, looks.caption())
    for warning in publication.warnings:
        sheet.pair("Observera", warning.text, looks.line(Tone.WARNING))
    sheet.skip()
    for label, text in lines(publication.imprint):
        sheet.pair(label, text)
    sheet.skip()
    sheet.line("Innehåll", looks.caption())
    sheet.link(_FACTS, "Enskilda uppgifter och texter", label="Alla avsnitt")
    for section in publication.sections:
        for item in section.items:
            for block in item.blocks:
                if isinstance(block, Table):
                    sheet.link(places[block.key], block.caption, label=section.title)
    sheet.for_print()


def _facts(sheet: Sheet) -> None:
    """Write single values as rows, and the texts of items that have no table."""
    looks = sheet.looks
    for column, width in enumerate((60, 30, 22, 22)):
        sheet.raw.set_column(column, column, width)
    sheet.line("Enskilda uppgifter och texter", looks.caption())
    sheet.back()
    head = sheet.row
    for column, name in enumerate(_FACT_HEADS):
        sheet.raw.write_string(head, column, name, looks.head(group=False, words=column != 2))  # noqa: PLR2004  the values
    sheet.skip()
    sheet.raw.freeze_panes(sheet.row, 0)
    for section in sheet.publication.sections:
        sheet.line(section.title, looks.caption())
        for item in section.items:
            _item(sheet, item)
    sheet.for_print(head=(head, head))


def _item(sheet: Sheet, item: Item) -> None:
    has_table = any(isinstance(block, Table) for block in item.blocks)
    for block in item.blocks:
        if isinstance(block, Fact):
            sheet.raw.write_string(sheet.row, 0, item.heading, sheet.looks.words())
            sheet.raw.write_string(sheet.row, 1, block.about, sheet.looks.words())
            put(sheet.raw, sheet.row, 2, block.cell, sheet.looks.cell(block.cell))
            sheet.raw.write_string(sheet.row, 3, block.unit, sheet.looks.words())
            sheet.skip()
        elif isinstance(block, Text) and not has_table:
            if block is item.blocks[0] and item.heading:
                sheet.line(item.heading, sheet.looks.label())
            sheet.paragraph(block.text, sheet.looks.line(block.tone), columns=len(_FACT_HEADS))
