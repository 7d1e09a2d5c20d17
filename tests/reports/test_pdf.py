"""The PDF: tagged as PDF/UA-1 asks, Swedish, traceable, and the same bytes every time."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from typst import TypstError

from services.reports.publication import pdf
from services.reports.publication.cells import words
from services.reports.publication.model import (
    Block,
    Column,
    Kind,
    Publication,
    Row,
    Table,
    Text,
)
from services.reports.publication.parts import LYING, parts
from services.reports.publication.pdf import typesetting
from tests.reports.publications import BASIS, HASH, Sample, sample
from tests.reports.tagged_pdf import read, structure

_, PUBLICATION = sample()
MADE = pdf.write(PUBLICATION)
READER = read(MADE)
TREE = structure(READER)


def test_it_declares_itself_pdf_ua_in_swedish_with_its_title_shown() -> None:
    root: Any = READER.root_object
    assert root["/MarkInfo"]["/Marked"].value is True
    assert root["/Lang"].startswith("sv")
    assert root["/ViewerPreferences"]["/DisplayDocTitle"].value is True
    metadata = root["/Metadata"].get_object().get_data().decode()
    assert re.search(r"pdfuaid:part(>|=\")1", metadata)
    assert READER.metadata is not None
    assert READER.metadata.title == PUBLICATION.title


def test_headings_begin_at_the_first_level_and_skip_none() -> None:
    levels = [int(one.role[1]) for one in TREE.walk() if re.fullmatch(r"H\d", one.role)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert [one.text() for one in TREE.all("H1")] == ["Innehåll", "Människor & möten", "Ekonomi"]
    assert [one.text() for one in TREE.all("Title")] == [PUBLICATION.title]


def test_tables_have_captions_and_heads_that_say_which_columns_they_are_for() -> None:
    tables = TREE.all("Table")
    expected = [part for table in PUBLICATION.tables() for part in parts(table)]
    assert len(tables) == len(expected)
    for table, part in zip(tables, expected, strict=True):
        assert table.all("Caption")[0].text().endswith(part.label)
        assert table.all("TR")[0].all("TH")
        assert {head.attributes["/Scope"] for head in table.all("TH")} == {"/Column"}
        assert all(cell.attributes["/Headers"] for cell in table.all("TD"))


def long_before(lines: int) -> Publication:
    """Return a report whose one table stands so many lines down its page, and is not the last."""
    made = Sample()
    table = Table(
        key="low",
        caption="Långt ner",
        columns=(Column("Kön"), Column("Antal", Kind.COUNT)),
        rows=tuple(Row((words(sex), made.cell(40))) for sex in ("Kvinnor", "Män")),
    )
    above: list[Block] = [Text(f"Rad {number}.") for number in range(lines)]
    blocks = (*above, table, Text("Efter."))
    section = PUBLICATION.sections[0]
    item = replace(section.items[0], blocks=blocks)
    return replace(PUBLICATION, sections=(replace(section, items=(item,)),))


def without_captions() -> list[int]:
    """Return how many lines down a page a table stands that has no caption in its tag."""
    found = []
    for lines in range(20, 56):
        (table,) = structure(read(pdf.write(long_before(lines)))).all("Table")
        if not table.all("Caption"):
            found.append(lines)
    return found


def test_a_caption_is_in_its_tables_tag_wherever_the_page_ends() -> None:
    assert without_captions() == []


def test_a_table_whose_end_is_told_on_the_next_page_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Negative control: the same tables without the block that keeps their ends with them."""
    bare = typesetting._source().replace(b"= kept(figure(", b"= ((it) => it)(figure(")
    monkeypatch.setattr(typesetting, "_source", lambda: bare)
    assert without_captions()


def test_every_page_says_at_its_foot_what_it_is_a_page_of() -> None:
    for number, page in enumerate(READER.pages, 1):
        text = page.extract_text()
        assert BASIS in text
        assert HASH in text
        assert f"Sida {number} av {len(READER.pages)}" in text


def test_wide_tables_lie_and_the_rest_stands() -> None:
    lying = [page.mediabox.width > page.mediabox.height for page in READER.pages]
    assert True in lying
    assert lying[0] is False
    assert "Strategiskt viktiga projekt" in READER.pages[lying.index(True)].extract_text()


def test_the_head_of_a_long_table_is_repeated_on_each_of_its_pages() -> None:
    pages = [page.extract_text() for page in READER.pages]
    long = [page for page in pages if re.search(r"\b\d+\. Västerort", page)]
    assert len(long) > 1
    assert all("Utfall" in page and "Medel" in page for page in long)


def test_it_brings_its_own_fonts() -> None:
    resources: list[Any] = [page["/Resources"] for page in READER.pages]
    fonts = [font.get_object() for one in resources for font in one.get("/Font", {}).values()]
    assert fonts
    for font in fonts:
        below = font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        assert "/FontFile3" in below or "/FontFile2" in below


def test_the_same_report_is_the_same_bytes() -> None:
    _, again = sample()
    assert pdf.write(again) == MADE
    later = replace(again, imprint=replace(again.imprint, basis="2026-03-02T08:30:00Z"))
    assert pdf.write(later) != MADE
    assert READER.metadata is not None
    assert READER.metadata.creation_date_raw == "D:20260301083000Z"


def test_a_report_that_cannot_be_made_accessible_is_refused() -> None:
    with pytest.raises(TypstError, match="title"):
        pdf.write(replace(PUBLICATION, title=""))


def test_a_table_wider_than_paper_is_several_with_the_row_headings_in_each() -> None:
    made = Sample()
    names = tuple(f"Kolumn {number}" for number in range(40))
    table = Table(
        key="wide",
        caption="Bred",
        columns=(Column("Rad"), *(Column(name, Kind.MONEY) for name in names)),
        rows=(Row((made.cell(1), *made.money(*["123456789.00"] * 40))),),
    )
    divided = parts(table)
    assert [part.label for part in divided] == [
        f"del {number} av {len(divided)}" for number in range(1, len(divided) + 1)
    ]
    assert all(part.table.columns[0].label == "Rad" for part in divided)
    shown = [column.label for part in divided for column in part.table.columns[1:]]
    assert shown == list(names)
    for part in divided:
        assert sum(len(cell.text) for cell in part.table.rows[0].cells) <= LYING
