"""The styles of the text: all looks are theirs, so that the clerk changes one place."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt, RGBColor

from services.reports.publication.model import RowRole, Tone

if TYPE_CHECKING:
    from docx.document import Document
    from docx.styles.style import ParagraphStyle

LANGUAGE = "sv-SE"
TABLE = "Rapporttabell"
FACT = "Nyckeltal"
PICTURE = "Diagram"
TONES = {
    Tone.BODY: "Normal",
    Tone.NOTE: "Anmärkning",
    Tone.SOURCE: "Källa",
    Tone.WARNING: "Varning",
}

_FACE = "Calibri"
_INK, _QUIET, _ALARM = RGBColor(0x1F, 0x29, 0x33), RGBColor(0x52, 0x60, 0x6D), RGBColor(155, 28, 28)
_LEFT, _RIGHT = WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.RIGHT
_SIZES = {False: 9.0, True: 6.0}
"""Points of type in tables that stand, and in wide ones that lie."""

_TABLE = f"""
<w:style {nsdecls("w")} w:type="table" w:customStyle="1" w:styleId="{TABLE}">
  <w:name w:val="{TABLE}"/><w:basedOn w:val="TableNormal"/><w:uiPriority w:val="59"/>
  <w:tblPr>
    <w:tblBorders>
      <w:top w:val="single" w:sz="8" w:space="0" w:color="1F2933"/>
      <w:bottom w:val="single" w:sz="8" w:space="0" w:color="1F2933"/>
      <w:insideH w:val="single" w:sz="2" w:space="0" w:color="CBD2D9"/>
    </w:tblBorders>
    <w:tblCellMar>
      <w:left w:w="60" w:type="dxa"/><w:right w:w="60" w:type="dxa"/>
    </w:tblCellMar>
  </w:tblPr>
  <w:tblStylePr w:type="firstRow">
    <w:tcPr><w:shd w:val="clear" w:color="auto" w:fill="E8EDF2"/></w:tcPr>
  </w:tblStylePr>
</w:style>
"""


def in_cell(*, number: bool, head: bool, role: RowRole, wide: bool) -> str:
    """Return the name of the style of a paragraph in a table's cell."""
    what = "huvud" if head else ("text" if role is RowRole.PLAIN else "summa")
    return f"Tabell{what}{' tal' if number else ''}{' smal' if wide else ''}"


def prepare(document: Document) -> None:
    """Give a new document its styles and its language."""
    _language(document)
    for name in ("Heading 1", "Heading 2", "Heading 3", "Title", "Subtitle", "Caption"):
        style = _paragraph(document, name)
        _face(style)
        style.font.color.rgb = _INK
    _paragraph(document, "Caption").paragraph_format.keep_with_next = True
    _face(_paragraph(document, "Normal"))
    _made(document, TONES[Tone.NOTE]).font.italic = True
    source = _made(document, TONES[Tone.SOURCE])
    source.font.size, source.font.color.rgb = Pt(9), _QUIET
    warning = _made(document, TONES[Tone.WARNING])
    warning.font.bold, warning.font.color.rgb = True, _ALARM
    fact = _made(document, FACT)
    fact.font.size, fact.font.bold = Pt(16), True
    _made(document, PICTURE).paragraph_format.space_after = Pt(2)
    for level in (1, 2):
        _made(document, f"TOC {level}").paragraph_format.left_indent = Pt(14 * (level - 1))
    for wide in (False, True):
        for number in (False, True):
            _cells(document, number=number, wide=wide)
    document.styles.element.append(parse_xml(_TABLE))


def _cells(document: Document, *, number: bool, wide: bool) -> None:
    for head, role in ((True, RowRole.PLAIN), (False, RowRole.PLAIN), (False, RowRole.SUM)):
        style = _made(document, in_cell(number=number, head=head, role=role, wide=wide))
        style.font.size, style.font.bold = Pt(_SIZES[wide]), head or role is RowRole.SUM
        style.paragraph_format.space_after = style.paragraph_format.space_before = Pt(1)
        style.paragraph_format.line_spacing = 1.0
        style.paragraph_format.alignment = _RIGHT if number else _LEFT


def _made(document: Document, name: str) -> ParagraphStyle:
    style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = document.styles["Normal"]
    style.quick_style = True
    return cast("ParagraphStyle", style)


def _paragraph(document: Document, name: str) -> ParagraphStyle:
    return cast("ParagraphStyle", document.styles[name])


def _face(style: ParagraphStyle) -> None:
    """Name the typeface: a theme's would win over it, and depends on who opens the file."""
    style.font.name = _FACE
    fonts = style.element.rPr.rFonts
    for attribute in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{attribute}"), None)


def _language(document: Document) -> None:
    for language in document.styles.element.iter(qn("w:lang")):
        for attribute in ("val", "eastAsia"):
            language.set(qn(f"w:{attribute}"), LANGUAGE)
    settings = document.settings.element
    for tag, value in (("themeFontLang", LANGUAGE), ("decimalSymbol", ","), ("listSeparator", ";")):
        for one in settings.iter(qn(f"w:{tag}")):
            one.set(qn("w:val"), value)
