"""The text: title and imprint, contents, then section by section what the report says."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import docx
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.shared import Mm

from services.reports.publication import charts
from services.reports.publication.accessible import alternative
from services.reports.publication.colophon import foot, lines
from services.reports.publication.model import Chart, Fact, Table, Text
from services.reports.publication.parts import Part, parts
from services.reports.publication.text import styles
from services.reports.publication.text.elements import (
    begin,
    bookmark,
    end,
    field,
    link,
    plain,
    within,
)
from services.reports.publication.text.packing import packed, properties
from services.reports.publication.text.tables import TableWriter

if TYPE_CHECKING:
    from docx.document import Document
    from docx.section import Section as PageSection
    from docx.text.paragraph import Paragraph

    from services.reports.publication.model import Item, Publication

_A4 = (Mm(210), Mm(297))
_MARGIN = Mm(20)
_PICTURE = Mm(140)


def write(publication: Publication) -> bytes:
    """Return the report as a DOCX file; the same publication always gives the same bytes.

    Raises:
        NoAlternativeText: a chart has no description.

    """
    document = docx.Document()
    styles.prepare(document)
    properties(document, publication)
    _Writer(document, publication).write()
    target = BytesIO()
    document.save(target)
    return packed(target.getvalue())


class _Writer:
    """Adds a publication to a document, and counts its captions and headings."""

    def __init__(self, document: Document, publication: Publication) -> None:
        self._document = document
        self._publication = publication
        self._tables = TableWriter(document)
        self._numbers = {"Tabell": 0, "Diagram": 0}
        self._marks = 0
        self._lying = False

    def write(self) -> None:
        report = self._publication
        self._page(self._document.sections[0], lying=False)
        self._margins(self._document.sections[0])
        self._say(report.title, "Title")
        self._say(report.subtitle, "Subtitle")
        for warning in report.warnings:
            self._text(warning)
        for label, text in lines(report.imprint):
            self._say(f"{label}: {text}", styles.TONES[Text("").tone])
        self._contents()
        for section in report.sections:
            for number, item in enumerate(section.items):
                self._turn(lying=_wide(item))
                if number == 0:
                    self._heading(section.title, 1)
                self._item(item)
            if not section.items:
                self._heading(section.title, 1)

    def _contents(self) -> None:
        """Write the table of contents as a field, with its entries until it is updated."""
        self._say("Innehåll", "TOC Heading")
        entries = [
            (heading, level)
            for section in self._publication.sections
            for heading, level in [
                (section.title, 1),
                *((item.heading, 2) for item in section.items if item.heading),
            ]
        ]
        for number, (heading, level) in enumerate(entries, 1):
            entry = self._say("", f"TOC {level}")
            if number == 1:
                within(entry._p, *begin(r'TOC \o "1-2" \h \z \u', dirty=True))  # noqa: SLF001  its XML
            within(entry._p, link(_mark(number), heading))  # noqa: SLF001  same
            if number == len(entries):
                within(entry._p, end())  # noqa: SLF001  same

    def _item(self, item: Item) -> None:
        if item.heading:
            self._heading(item.heading, 2)
        for block in item.blocks:
            match block:
                case Fact():
                    self._say(f"{block.cell.text} {block.unit} ({block.about})", styles.FACT)
                case Text():
                    self._text(block)
                case Table():
                    for part in parts(block):
                        self._table(part)
                case Chart():
                    self._chart(block)

    def _table(self, part: Part) -> None:
        about = f"{part.table.caption}, {part.label}" if part.label else part.table.caption
        self._caption("Tabell", about)
        after = self._say("", "Normal")
        after._p.addprevious(self._tables.made(part))  # noqa: SLF001  its XML

    def _chart(self, chart: Chart) -> None:
        described = alternative(chart)
        shape = self._document.add_picture(BytesIO(charts.png(chart)), width=_PICTURE)
        told = shape._inline.docPr  # noqa: SLF001  the library has no alternative texts
        told.set("descr", plain(described))
        told.set("title", plain(chart.title))
        self._caption("Diagram", chart.title)

    def _caption(self, what: str, about: str) -> None:
        """Write a caption that the word processor numbers, so that lists of them can be made."""
        self._numbers[what] += 1
        caption = self._say(f"{what} ", "Caption")
        field(caption, rf"SEQ {what} \* ARABIC", str(self._numbers[what]))
        caption.add_run(plain(f". {about}"))

    def _heading(self, text: str, level: int) -> None:
        self._marks += 1
        bookmark(self._say(text, f"Heading {level}"), self._marks, _mark(self._marks))

    def _text(self, text: Text) -> None:
        self._say(text.text, styles.TONES[text.tone])

    def _say(self, text: str, style: str) -> Paragraph:
        return self._document.add_paragraph(plain(text), style=style)

    def _turn(self, *, lying: bool) -> None:
        """Go on to a page that lies or stands, if the present one does not."""
        if lying != self._lying:
            self._page(self._document.add_section(WD_SECTION.NEW_PAGE), lying=lying)
            self._lying = lying

    def _page(self, section: PageSection, *, lying: bool) -> None:
        width, height = reversed(_A4) if lying else _A4
        section.page_width, section.page_height = width, height
        section.orientation = WD_ORIENT.LANDSCAPE if lying else WD_ORIENT.PORTRAIT
        section.left_margin = section.right_margin = _MARGIN
        section.top_margin = section.bottom_margin = _MARGIN

    def _margins(self, section: PageSection) -> None:
        """Write the header and footer, which later sections take over."""
        report = self._publication
        section.header.paragraphs[0].text = plain(f"{report.title} · {report.subtitle}")
        first, *more = foot(report.imprint)
        section.footer.paragraphs[0].text = plain(first)
        for line in more:
            section.footer.add_paragraph(plain(line), style="Footer")
        pages = section.footer.add_paragraph("Sida ", style="Footer")
        field(pages, "PAGE", "1")
        pages.add_run(" av ")
        field(pages, "NUMPAGES", "1")


def _wide(item: Item) -> bool:
    """Tell whether an item has a table that needs a lying page."""
    tables = (block for block in item.blocks if isinstance(block, Table))
    return any(part.wide for table in tables for part in parts(table))


def _mark(number: int) -> str:
    return f"_Toc{number:09}"
