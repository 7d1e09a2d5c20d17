"""Parts of WordprocessingML (ECMA-376) that python-docx has no call for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docx.oxml.xmlchemy import BaseOxmlElement
    from docx.text.paragraph import Paragraph

_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


def plain(text: str) -> str:
    """Return a text without the control characters that XML has no place for."""
    return _NOT_XML.sub("", text)


def element(name: str, /, **attributes: str) -> BaseOxmlElement:
    """Return ``w:name`` with attributes ``w:...``."""
    made = OxmlElement(f"w:{name}")
    for attribute, value in attributes.items():
        made.set(qn(f"w:{attribute}"), value)
    return made


def within(outer: BaseOxmlElement, *inner: BaseOxmlElement) -> BaseOxmlElement:
    """Return an element with others put in at its end."""
    for one in inner:
        outer.append(one)
    return outer


def run(text: str) -> BaseOxmlElement:
    """Return a run of text."""
    words = element("t")
    words.text = plain(text)
    words.set(_SPACE, "preserve")
    return within(element("r"), words)


def begin(instruction: str, *, dirty: bool = False) -> Iterator[BaseOxmlElement]:
    """Yield what stands before a field's text; a dirty one is made anew when opened."""
    start = element("fldChar", fldCharType="begin")
    if dirty:
        start.set(qn("w:dirty"), "true")
    code = element("instrText")
    code.text = f" {instruction} "
    code.set(_SPACE, "preserve")
    for one in (start, code, element("fldChar", fldCharType="separate")):
        yield within(element("r"), one)


def end() -> BaseOxmlElement:
    """Return what stands after a field's text."""
    return within(element("r"), element("fldChar", fldCharType="end"))


def field(paragraph: Paragraph, instruction: str, shown: str) -> None:
    """Add a field, such as a page number, with what it shows until it is updated."""
    within(paragraph._p, *begin(instruction), run(shown), end())  # noqa: SLF001  its XML


def bookmark(paragraph: Paragraph, number: int, name: str) -> None:
    """Put a name on a paragraph that links can go to."""
    within(
        paragraph._p,  # noqa: SLF001  its XML
        element("bookmarkStart", id=str(number), name=name),
        element("bookmarkEnd", id=str(number)),
    )


def link(anchor: str, text: str) -> BaseOxmlElement:
    """Return a link to a bookmark."""
    return within(element("hyperlink", anchor=anchor, history="1"), run(text))
