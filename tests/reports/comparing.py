"""Whether a file says what the document says, cell by cell, as other libraries read it.

What a format shows is read back to a number by hand here, so that an error in how numbers are
written for Swedish readers is seen too.
"""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from docx import Document
from docx2python import docx2python

from services.reports.publication.headings import columns, head_rows
from services.reports.publication.model import Fact, Kind, Table
from services.reports.publication.parts import parts
from services.reports.publication.text.styles import FACT
from tests.reports.reading_back import facts_of, opened, pointed, rows_of, sheets_of
from tests.reports.tagged_pdf import read, structure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from services.reports.publication.model import Cell, Publication

Json = Any
Rows = list[list[str]]

_QUOTIENT = Decimal("1e-15")
"""As many digits of a quotient as workbooks keep."""


def in_workbook(document: Json, publication: Publication, made: bytes) -> list[str]:
    """Return what of a workbook is not what the document has, by sheet and place."""
    book, found = opened(made), []
    pairs = [
        (cell, there)
        for table, sheet in sheets_of(book, publication.tables())
        for row, shown in zip(table.rows, rows_of(sheet, table), strict=True)
        for cell, there in zip(row.cells, shown, strict=True)
    ]
    facts = [fact.cell for fact in _facts(publication)]
    pairs += zip(facts, facts_of(book), strict=True)
    for cell, there in pairs:
        if not _held(document, cell, there.value):
            found.append(f"{there.parent.title}!{there.coordinate}: {there.value!r}, {cell.path}")
    return found


def in_pdf(document: Json, publication: Publication, made: bytes) -> list[str]:
    """Return what of a PDF is not what the document has, by the PDF's own tags."""
    tree = structure(read(made))
    tables = [
        [[cell.text() for cell in row.all("TD")] for row in table.all("TR") if row.all("TD")]
        for table in tree.all("Table")
    ]
    said = [paragraph.text() for paragraph in tree.all("P")]
    return list(_differing(document, publication, tables, said))


def in_text(document: Json, publication: Publication, made: bytes) -> list[str]:
    """Return what of a text is not what the document has, as a converter to text sees it."""
    with docx2python(BytesIO(made)) as converted:
        found = [table for table in converted.body if max(map(len, table)) > 1]
    heights = [len(head_rows(columns(table))) for table in _divided(publication)]
    tables = [
        [["\n".join(cell) for cell in row] for row in table[height or 0 :]]
        for height, table in zip_longest(heights, found)
        if table is not None
    ]
    paragraphs = Document(BytesIO(made)).paragraphs
    said = [one.text for one in paragraphs if one.style is not None and one.style.name == FACT]
    return list(_differing(document, publication, tables, said))


def _differing(
    document: Json, publication: Publication, tables: Sequence[Rows], said: Sequence[str]
) -> Iterator[str]:
    expected = _divided(publication)
    if len(tables) != len(expected):
        yield f"{len(tables)} tables, not {len(expected)}"
    for table, rows in zip(expected, tables, strict=False):
        for row, there in zip_longest(table.rows, rows):
            if row is None or there is None or len(row.cells) != len(there):
                yield f"{table.caption}: {there}"
                continue
            for cell, shown in zip(row.cells, there, strict=True):
                if not _says(document, cell, shown):
                    yield f"{table.caption}: {shown!r} is not {cell.path}"
    spoken = iter([_plain(one) for one in said])
    for fact in _facts(publication):
        ending = _plain(f" {fact.unit} ({fact.about})")
        shown = next((one for one in spoken if one.endswith(ending)), "")
        if not _says(document, fact.cell, shown.removesuffix(ending)):
            yield f"{shown!r} is not {fact.cell.path}"


def _held(document: Json, cell: Cell, there: Json) -> bool:
    """Tell whether a workbook's cell holds what the document has."""
    value = pointed(document, cell.path) if cell.path else None
    if value is None or there is None or there == "":
        return bool((there or "") == cell.text)
    if cell.kind is Kind.DATE:
        return str(there).startswith(str(value))
    if isinstance(there, str) and not isinstance(value, str):
        return False
    wanted = Decimal(str(value))
    held = Decimal(str(there)) * (100 if cell.kind is Kind.PERCENT else 1)
    allowed = abs(wanted) * _QUOTIENT if isinstance(value, float) else Decimal(0)
    return abs(held - wanted) <= allowed


def _says(document: Json, cell: Cell, shown: str) -> bool:
    """Tell whether what is shown, read by hand, is what the document has, to its decimals."""
    value = pointed(document, cell.path) if cell.path else None
    shown = _plain(shown)
    if value is None:
        return shown == _plain(cell.text)
    if cell.kind is Kind.DATE:
        return shown == str(value)
    digits = shown.removeprefix("cirka ").removesuffix("%").replace(" ", "")
    digits = digits.replace("\N{MINUS SIGN}", "-").replace(",", ".")
    try:
        read = Decimal(digits)
    except ArithmeticError:
        return False
    wanted = Decimal(str(value)) / (1_000_000 if cell.kind is Kind.MILLIONS else 1)
    if cell.kind in {Kind.MONEY, Kind.COUNT}:
        return read == wanted
    return abs(read - wanted) <= Decimal("0.05")


def _plain(words: str) -> str:
    """Return a text as it is compared: line breaks and hard spaces are spaces."""
    return " ".join(words.split())


def _divided(publication: Publication) -> list[Table]:
    return [part.table for table in publication.tables() for part in parts(table)]


def _facts(publication: Publication) -> list[Fact]:
    return [
        block
        for section in publication.sections
        for item in section.items
        for block in item.blocks
        if isinstance(block, Fact)
    ]
