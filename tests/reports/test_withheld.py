"""No file holds what it withholds, in no part of it, and none leaves out who sees no picture."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest
from docx import Document
from docx.oxml.ns import qn

from services.reports.publication import pdf, text, workbook
from services.reports.publication.accessible import NoAlternativeText
from services.reports.publication.model import Chart, Fact, Table
from tests.reports.publications import sample
from tests.reports.tagged_pdf import read, structure

if TYPE_CHECKING:
    from collections.abc import Callable

    from services.reports.publication.model import Block, Cell, Publication

SECRET = 94_711_358
_, PUBLICATION = sample()
DESCRIPTIONS = [
    block.description
    for section in PUBLICATION.sections
    for item in section.items
    for block in item.blocks
    if isinstance(block, Chart)
]


def with_blocks(change: Callable[[Block], Block]) -> Publication:
    """Return the publication with each of its blocks changed."""
    sections = [
        replace(
            section,
            items=tuple(
                replace(item, blocks=tuple(change(block) for block in item.blocks))
                for item in section.items
            ),
        )
        for section in PUBLICATION.sections
    ]
    return replace(PUBLICATION, sections=tuple(sections))


def with_withheld(change: Callable[[Cell], Cell]) -> Publication:
    """Return the publication with each of its withheld cells changed."""

    def cells(block: Block) -> Block:
        if isinstance(block, Fact) and block.cell.withheld:
            return replace(block, cell=change(block.cell))
        if isinstance(block, Table):
            rows = (
                replace(row, cells=tuple(change(c) if c.withheld else c for c in row.cells))
                for row in block.rows
            )
            return replace(block, rows=tuple(rows))
        return block

    return with_blocks(cells)


def in_archive(made: bytes) -> str:
    """Return every part of an office file as text."""
    with ZipFile(BytesIO(made)) as archive:
        return "".join(archive.read(n).decode("utf-8", "replace") for n in archive.namelist())


def in_pdf(made: bytes) -> str:
    """Return every object and stream of a PDF as text, and what its letters say."""
    reader = read(made)
    said = [structure(reader).text(), *(page.extract_text() for page in reader.pages)]
    for number in range(1, int(reader.trailer["/Size"])):  # type: ignore[call-overload]  # a number
        part = reader.get_object(number)
        said.append(str(part))
        if part is not None and hasattr(part, "get_data"):
            said.append(part.get_data().decode("latin-1"))
    return "".join(said)


FORMATS = [
    pytest.param(workbook.write, in_archive, id="workbook"),
    pytest.param(text.write, in_archive, id="text"),
    pytest.param(pdf.write, in_pdf, id="pdf"),
]


@pytest.mark.parametrize(("write", "parts"), FORMATS)
def test_a_withheld_value_is_in_no_part_of_a_file(
    write: Callable[[Publication], bytes], parts: Callable[[bytes], str]
) -> None:
    """Not even when whoever made the publication left it beside its sign."""
    careless = with_withheld(lambda cell: replace(cell, value=SECRET))
    assert str(SECRET) not in re.sub(r"[\s.,]", "", parts(write(careless)))


@pytest.mark.parametrize(("write", "parts"), FORMATS)
def test_a_value_that_is_not_withheld_is_found(
    write: Callable[[Publication], bytes], parts: Callable[[bytes], str]
) -> None:
    told = with_withheld(
        lambda cell: replace(cell, value=SECRET, text="94 711 358", withheld=False)
    )
    assert str(SECRET) in re.sub(r"[\s.,]", "", parts(write(told)))


def test_every_chart_says_what_it_shows_to_who_does_not_see_it() -> None:
    figures = structure(read(pdf.write(PUBLICATION))).all("Figure")
    assert [figure.alt for figure in figures] == DESCRIPTIONS
    body = Document(BytesIO(text.write(PUBLICATION))).element.body
    assert [one.get("descr") for one in body.iter(qn("wp:docPr"))] == DESCRIPTIONS
    assert DESCRIPTIONS


@pytest.mark.parametrize("write", [text.write, pdf.write], ids=["text", "pdf"])
def test_a_chart_that_says_nothing_is_refused(write: Callable[[Publication], bytes]) -> None:
    silent = with_blocks(lambda b: replace(b, description=" ") if isinstance(b, Chart) else b)
    with pytest.raises(NoAlternativeText, match="people:chart"):
        write(silent)
