"""The text: what a clerk goes on writing in, with styles, captions and tables that are real."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING
from zipfile import ZipFile

import docx
from docx.oxml.ns import qn

from services.reports.publication import text
from services.reports.publication.parts import parts
from tests.reports.publications import BASIS, HASH, sample

if TYPE_CHECKING:
    from docx.oxml.xmlchemy import BaseOxmlElement

_, PUBLICATION = sample()
MADE = text.write(PUBLICATION)
DOCUMENT = docx.Document(BytesIO(MADE))
PARTS = [part for table in PUBLICATION.tables() for part in parts(table)]


def styled(*names: str) -> list[str]:
    """Return the paragraphs of the body in some styles."""
    return [p.text for p in DOCUMENT.paragraphs if p.style is not None and p.style.name in names]


def instructions(element: BaseOxmlElement) -> list[str]:
    """Return the fields beneath an element."""
    return [(one.text or "").strip() for one in element.iter(qn("w:instrText"))]


def test_headings_are_headings() -> None:
    assert styled("Title") == [PUBLICATION.title]
    assert styled("Heading 1") == [section.title for section in PUBLICATION.sections]
    assert styled("Heading 2") == [
        item.heading for section in PUBLICATION.sections for item in section.items if item.heading
    ]


def test_contents_are_a_field_whose_entries_lead_to_the_headings() -> None:
    assert [one for one in instructions(DOCUMENT.element.body) if one.startswith("TOC")]
    marks = {one.get(qn("w:name")) for one in DOCUMENT.element.body.iter(qn("w:bookmarkStart"))}
    links = [one.get(qn("w:anchor")) for one in DOCUMENT.element.body.iter(qn("w:hyperlink"))]
    assert links
    assert set(links) == marks
    assert styled("TOC 1", "TOC 2") == styled("Heading 1", "Heading 2")


def test_every_field_that_begins_ends() -> None:
    kinds = [one.get(qn("w:fldCharType")) for one in DOCUMENT.element.body.iter(qn("w:fldChar"))]
    assert kinds
    assert kinds == ["begin", "separate", "end"] * (len(kinds) // 3)


def test_captions_are_numbered_by_the_word_processor() -> None:
    captions = [p for p in DOCUMENT.paragraphs if p.style is not None and p.style.name == "Caption"]
    tables = [p for p in captions if p.text.startswith("Tabell")]
    assert len(tables) == len(PARTS)
    for number, (caption, part) in enumerate(zip(tables, PARTS, strict=True), 1):
        assert instructions(caption._p) == [r"SEQ Tabell \* ARABIC"]
        about = f"{part.table.caption}, {part.label}" if part.label else part.table.caption
        assert caption.text == f"Tabell {number}. {about}"
        assert caption._p.getnext().tag == qn("w:tbl")


def test_tables_repeat_their_heads_and_align_their_numbers_by_style() -> None:
    for table, part in zip(DOCUMENT.tables, PARTS, strict=True):
        assert table.style is not None
        assert table.style.name == "Rapporttabell"
        rows = table._tbl.tr_lst
        heads = [row for row in rows if row.find(f".//{qn('w:tblHeader')}") is not None]
        assert heads == rows[: len(heads)]
        assert heads
        body = rows[len(heads) :]
        assert len(body) == len(part.table.rows)
        for row in body:
            names = [one.get(qn("w:val")) for one in row.iter(qn("w:pStyle"))]
            right = [DOCUMENT.styles.element.get_by_id(name).name_val for name in names]
            numbers = [column.kind.value != "text" for column in part.table.columns]
            assert [" tal" in name for name in right] == numbers


def test_no_look_is_given_past_the_styles() -> None:
    for name in ("b", "i", "sz", "color", "jc", "rFonts", "shd"):
        assert list(DOCUMENT.element.body.iter(qn(f"w:{name}"))) == []


def test_wide_tables_lie_on_pages_of_their_own() -> None:
    lying = [one.page_width > one.page_height for one in DOCUMENT.sections]  # type: ignore[operator]  # both are set
    assert lying == [False, True, False]


def test_the_language_is_swedish_throughout() -> None:
    languages = [one.get(qn("w:val")) for one in DOCUMENT.styles.element.iter(qn("w:lang"))]
    assert languages
    assert set(languages) == {"sv-SE"}
    assert DOCUMENT.core_properties.language == "sv-SE"


def test_it_says_where_it_comes_from_in_its_body_its_foot_and_its_properties() -> None:
    body = "\n".join(paragraph.text for paragraph in DOCUMENT.paragraphs)
    footer = DOCUMENT.sections[0].footer
    foot = "\n".join(paragraph.text for paragraph in footer.paragraphs)
    for place in (body, foot):
        assert BASIS in place
        assert HASH in place
        assert "Utkast, inte attesterad" in place
    assert instructions(footer._element) == ["PAGE", "NUMPAGES"]
    core = DOCUMENT.core_properties
    assert (core.title, core.identifier) == (PUBLICATION.title, HASH)
    assert (core.author, core.last_modified_by) == ("", "")
    assert core.created == core.modified
    assert core.created is not None
    assert core.created.replace(tzinfo=None) == datetime(2026, 3, 1, 8, 30)  # noqa: DTZ001  as it is read


def test_nothing_of_the_template_it_was_begun_from_is_left() -> None:
    with ZipFile(BytesIO(MADE)) as archive:
        assert not [name for name in archive.namelist() if "thumbnail" in name]
        everything = b"".join(archive.read(name) for name in archive.namelist())
    assert b"python-docx" not in everything
    assert not re.search(rb"en-US", everything)


def test_the_same_report_is_the_same_bytes() -> None:
    _, again = sample()
    assert text.write(again) == MADE
    assert text.write(replace(again, title="En annan")) != MADE


def test_letters_that_xml_has_no_place_for_are_left_out() -> None:
    made = docx.Document(BytesIO(text.write(replace(PUBLICATION, title="Ett\x00 namn\x1f"))))
    assert made.core_properties.title == "Ett namn"
    assert made.paragraphs[0].text == "Ett namn"
