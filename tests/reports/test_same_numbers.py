"""Every format shows the numbers of the document, cell by cell, and nothing that it withholds."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

import pytest
from docx2python import docx2python

from services.reports.publication import pdf, text, workbook
from services.reports.publication.headings import columns, head_rows
from services.reports.publication.model import Kind, Table
from services.reports.publication.parts import parts
from tests.reports.publications import sample
from tests.reports.reading_back import decimal, opened, pointed, rows_of, sheets_of
from tests.reports.tagged_pdf import read, structure

if TYPE_CHECKING:
    from services.reports.publication.model import Cell, Publication

DOCUMENT, PUBLICATION = sample()


def differing(document: Any, publication: Publication, made: bytes) -> list[str]:  # noqa: ANN401  JSON
    """Return what of a workbook is not what the document has, by sheet and place."""
    found = []
    for table, sheet in sheets_of(opened(made), publication.tables()):
        for row, shown in zip(table.rows, rows_of(sheet, table), strict=True):
            found += [
                f"{sheet.title}!{there.coordinate}: {there.value!r} is not {cell.text}"
                for cell, there in zip(row.cells, shown, strict=True)
                if not _same(document, cell, there.value)
            ]
    return found


def _same(document: Any, cell: Cell, there: Any) -> bool:  # noqa: ANN401  JSON and a workbook's cell
    value = pointed(document, cell.path) if cell.path else None
    if value is None:
        return bool(there == cell.text)
    if cell.kind is Kind.DATE:
        return bool(str(there).startswith(value))
    if there is None or there == "":
        return False
    read = decimal(there) * (100 if cell.kind is Kind.PERCENT else 1)
    if isinstance(value, float):  # a quotient: as many digits as workbooks keep
        return abs(read - decimal(value)) <= abs(decimal(value)) * Decimal("1e-15")
    return read == decimal(value)


def test_the_workbook_has_every_cell_of_the_document() -> None:
    assert differing(DOCUMENT, PUBLICATION, workbook.write(PUBLICATION)) == []


def differing_text(publication: Publication, tables: list[list[list[str]]]) -> list[str]:
    """Return what of a text's tables is not what the publication says, in order.

    Args:
        publication: what was written.
        tables: of the file, without their heads: rows of cells.

    """
    expected = [part.table for table in publication.tables() for part in parts(table)]
    found = [] if len(tables) == len(expected) else [f"{len(tables)} tables"]
    for table, rows in zip(expected, tables, strict=False):
        there = [[_plain(cell) for cell in row] for row in rows]
        wanted = [[_plain(cell.text) for cell in row.cells] for row in table.rows]
        found += [
            f"{table.caption}: {are} is not {should}"
            for are, should in zip_longest(there, wanted)
            if are != should
        ]
    return found


def _plain(words: str) -> str:
    """Return a text as it is compared: line breaks and hard spaces are spaces."""
    return " ".join(words.split())


def in_pdf(made: bytes) -> list[list[list[str]]]:
    """Return the tables of a PDF by its tags."""
    return [
        [[cell.text() for cell in row.all("TD")] for row in table.all("TR") if row.all("TD")]
        for table in structure(read(made)).all("Table")
    ]


def in_text(made: bytes) -> list[list[list[str]]]:
    """Return the tables of a text as another library converts it, without their heads."""
    expected = [part.table for table in PUBLICATION.tables() for part in parts(table)]
    with docx2python(BytesIO(made)) as converted:
        found = [table for table in converted.body if max(map(len, table)) > 1]
    return [
        [["\n".join(cell) for cell in row] for row in table[len(head_rows(columns(its))) :]]
        for its, table in zip(expected, found, strict=True)
    ]


def with_another_cell() -> Publication:
    """Return the publication with one other number in its first table."""
    first, *rest = PUBLICATION.sections[0].items
    place, table = next(
        (place, block) for place, block in enumerate(first.blocks) if isinstance(block, Table)
    )
    row = table.rows[0]
    changed = replace(row, cells=(*row.cells[:-1], replace(row.cells[-1], text="4")))
    blocks = [*first.blocks]
    blocks[place] = replace(table, rows=(changed, *table.rows[1:]))
    section = replace(PUBLICATION.sections[0], items=(replace(first, blocks=tuple(blocks)), *rest))
    return replace(PUBLICATION, sections=(section, *PUBLICATION.sections[1:]))


def test_each_number_is_shown_as_the_document_has_it() -> None:
    for table in PUBLICATION.tables():
        for row in table.rows:
            for cell in row.cells:
                if cell.path:
                    assert cell.value == pointed(DOCUMENT, cell.path)


def test_tables_divided_for_paper_lose_no_cell() -> None:
    for table in PUBLICATION.tables():
        whole = [[cell.path for cell in row.cells] for row in table.rows]
        again = [[cell.path for cell in row.cells[: table.headers]] for row in table.rows]
        for part in parts(table):
            for row, paths in zip(part.table.rows, again, strict=True):
                paths += [cell.path for cell in row.cells[table.headers :]]
        assert again == whole


def test_the_pdf_has_every_cell_in_order() -> None:
    assert differing_text(PUBLICATION, in_pdf(pdf.write(PUBLICATION))) == []


def test_the_text_has_every_cell_in_order() -> None:
    assert differing_text(PUBLICATION, in_text(text.write(PUBLICATION))) == []


def test_a_pdf_or_text_with_one_other_cell_is_found_out() -> None:
    other = with_another_cell()
    assert len(differing_text(PUBLICATION, in_pdf(pdf.write(other)))) == 1
    assert len(differing_text(PUBLICATION, in_text(text.write(other)))) == 1


@pytest.mark.parametrize("sheet", range(2, 7))
def test_a_workbook_with_one_other_cell_is_found_out(sheet: int) -> None:
    book = opened(workbook.write(PUBLICATION))
    table, raw = sheets_of(book, PUBLICATION.tables())[sheet - 2]
    cell = rows_of(raw, table)[-1][-1]
    cell.value = round(float(cell.value), 2) + 0.01 if cell.data_type == "n" else 0
    target = BytesIO()
    book.save(target)
    assert len(differing(DOCUMENT, PUBLICATION, target.getvalue())) == 1
