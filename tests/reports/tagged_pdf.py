"""A PDF as assistive technology meets it: its structure tree with the words of each element."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING, Any

from pypdf import PdfReader
from pypdf.generic import ContentStream

if TYPE_CHECKING:
    from collections.abc import Iterator

_UNKNOWN = "\N{REPLACEMENT CHARACTER}"


@dataclass
class Element:
    """A tag: its role, what it says without its children, and what is said instead of it."""

    role: str
    alt: str | None
    attributes: dict[str, Any]
    words: str = ""
    children: list[Element] = field(default_factory=list)

    def text(self) -> str:
        """Return all the words beneath, in reading order."""
        return self.words + "".join(child.text() for child in self.children)

    def walk(self) -> Iterator[Element]:
        yield self
        for child in self.children:
            yield from child.walk()

    def all(self, role: str) -> list[Element]:
        return [element for element in self.walk() if element.role == role]


def read(made: bytes) -> PdfReader:
    """Return a PDF as pypdf reads it."""
    return PdfReader(BytesIO(made))


def structure(reader: PdfReader) -> Element:
    """Return the structure tree's root, with the words of each tag."""
    words = {page.indirect_reference.idnum: _marked(page, reader) for page in reader.pages}  # type: ignore[union-attr]  # pages of a file have one
    root = reader.trailer["/Root"]["/StructTreeRoot"]  # type: ignore[index]  # of a tagged file
    top = Element("StructTreeRoot", None, {})
    top.children = _children(root, words, None)[1]
    return top


def _children(node: Any, words: dict[int, dict[int, str]], page: Any) -> tuple[str, list[Element]]:  # noqa: ANN401  PDF objects
    kids = node.get("/K", [])
    said, children = "", []
    for kid in kids if isinstance(kids, list) else [kids]:
        one = kid.get_object()
        if isinstance(one, int):
            said += words[page.idnum].get(one, "")
        elif one.get("/Type") == "/MCR":
            said += words[one.raw_get("/Pg").idnum].get(one["/MCID"], "")
        elif "/S" in one:
            children.append(_element(one, words, page))
    return said, children


def _element(node: Any, words: dict[int, dict[int, str]], page: Any) -> Element:  # noqa: ANN401  PDF objects
    page = node.raw_get("/Pg") if "/Pg" in node else page
    listed = node.get("/A", [])
    attributes: dict[str, Any] = {}
    for one in listed if isinstance(listed, list) else [listed]:
        attributes |= one.get_object()
    said, children = _children(node, words, page)
    return Element(node["/S"][1:], node.get("/Alt"), attributes, said, children)


def _marked(page: Any, reader: PdfReader) -> dict[int, str]:  # noqa: ANN401  a page object
    """Return the words of each marked content of a page, by its number."""
    letters = {name: _letters(font) for name, font in page["/Resources"].get("/Font", {}).items()}
    said: dict[int, str] = defaultdict(str)
    marks: list[int | None] = []
    font: dict[int, str] = {}
    for operands, operator in ContentStream(page.get_contents(), reader).operations:
        if operator in {b"BDC", b"BMC"}:
            number = operands[1].get("/MCID") if operator == b"BDC" else None
            marks.append(marks[-1] if number is None and marks else number)
        elif operator == b"EMC":
            marks.pop()
        elif operator == b"Tf":
            font = letters[operands[0]]
        elif operator in {b"Tj", b"TJ"} and marks and marks[-1] is not None:
            pieces = operands[0] if operator == b"TJ" else operands
            raw = b"".join(p.original_bytes for p in pieces if hasattr(p, "original_bytes"))
            codes = (int.from_bytes(raw[at : at + 2]) for at in range(0, len(raw), 2))
            said[marks[-1]] += "".join(
                font.get(code, "\N{REPLACEMENT CHARACTER}") for code in codes
            )
    return said


def _letters(font: Any) -> dict[int, str]:  # noqa: ANN401  a font object
    """Return a font's letters by code, as its ToUnicode table has them."""
    table = font.get_object()["/ToUnicode"].get_object().get_data().decode("ascii")
    found: dict[int, str] = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        for code, letter in re.findall(r"<(\w+)>\s*<(\w+)>", block):
            found[int(code, 16)] = bytes.fromhex(letter).decode("utf-16-be")
    for block in re.findall(r"beginbfrange(.*?)endbfrange", table, re.DOTALL):
        for first, last, letter in re.findall(r"<(\w+)>\s*<(\w+)>\s*<(\w+)>", block):
            for step in range(int(last, 16) - int(first, 16) + 1):
                found[int(first, 16) + step] = chr(int(letter, 16) + step)
    return found
