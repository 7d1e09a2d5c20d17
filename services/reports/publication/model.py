"""What a report says, in order, before anybody decides how it looks.

`compose` makes a publication of a document; every writer (page, workbook, text, PDF) renders
exactly this, so that all formats show the same words and the same numbers, protected alike.
All texts are Swedish.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

Value: TypeAlias = int | float | str | None
"""As the document has it: a number, money as a decimal string of kronor, or nothing."""


class Kind(StrEnum):
    """What a cell holds, which decides its alignment and a workbook's number format."""

    TEXT = "text"
    COUNT = "count"
    """A whole number of something."""

    NUMBER = "number"
    """A number with decimals that is not money: an average, hours."""

    PERCENT = "percent"
    """A number of per cent: 34.5 stands for 34,5 %."""

    MONEY = "money"
    """Kronor as a decimal string, to the öre."""

    MILLIONS = "millions"
    """Kronor as a decimal string, shown in millions with one decimal (mnkr)."""

    DATE = "date"
    """A day as text, ``2024-12-31``."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One place of a table.

    Attributes:
        text: what a reader sees, ``3 500``; a withheld or unknown value has its sign.
        value: what the document holds; None for words and for what is withheld or unknown.
        kind: how to write it.
        withheld: protected, so that nobody can be recognised; ``value`` is None.
        approximate: rounded for protection, or approximate at its source.
        path: where in the document the value stands (JSON Pointer, RFC 6901), for tests and
            links; empty for words.

    """

    text: str
    value: Value = None
    kind: Kind = Kind.TEXT
    withheld: bool = False
    approximate: bool = False
    path: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column's heading; ``groups`` stand above it, outermost first (2020 / Budget)."""

    label: str
    kind: Kind = Kind.TEXT
    groups: tuple[str, ...] = ()


class RowRole(StrEnum):
    """What a row is among the others."""

    PLAIN = "plain"
    SECTION = "section"
    """A heading inside the table, with or without amounts."""

    SUM = "sum"


@dataclass(frozen=True, slots=True)
class Row:
    """Cells by column; the first ``Table.headers`` of them say what the row is about."""

    cells: tuple[Cell, ...]
    role: RowRole = RowRole.PLAIN


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its caption.

    Attributes:
        key: unique in the publication; a link and a worksheet are made of it.
        headers: how many columns from the left are row headings.
        form: the city's form that the workbook's layout follows, such as
            ``strategic-projects`` (the 18 columns) or ``budget-settlement``; empty otherwise.

    """

    key: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    headers: int = 1
    form: str = ""


class Mark(StrEnum):
    """How a chart draws its values."""

    BARS = "bars"
    LINE = "line"


@dataclass(frozen=True, slots=True)
class Point:
    """One value of a chart; ``value`` is None where nothing may be or can be shown."""

    category: str
    series: str
    segment: int
    """Points of one series are joined only within one segment: never across a series break."""

    value: float | None
    text: str = ""
    """What stands beside it, ``3 500``; empty is the number."""


@dataclass(frozen=True, slots=True)
class Break:
    """A day from which something is counted in another way."""

    before: str
    """The category that it lies before."""

    text: str
    """A few words, drawn beside the rule."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture of a table that stands beside it, so that nobody needs the picture.

    Attributes:
        key: unique in the publication.
        title: what it shows.
        description: the alternative text: what one should see, with the numbers.
        unit: of the values, for the axis.
        points: in reading order.
        table: the key of the table with the same values.
        breaks: where a rule is drawn across it.

    """

    key: str
    title: str
    description: str
    mark: Mark
    unit: str
    points: tuple[Point, ...]
    table: str
    breaks: tuple[Break, ...] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """One value in large type: ``729 besök (2024)``."""

    cell: Cell
    unit: str
    about: str


class Tone(StrEnum):
    """Why a line of text stands there."""

    BODY = "body"
    NOTE = "note"
    """What the reader must know of the figure."""

    SOURCE = "source"
    """Where it comes from and how it is defined."""

    WARNING = "warning"
    """Missing, or does not tie."""


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph."""

    text: str
    tone: Tone = Tone.BODY


Block: TypeAlias = Fact | Table | Chart | Text


@dataclass(frozen=True, slots=True)
class Item:
    """A figure, statement or text of the report, under a heading of its own.

    Attributes:
        key: the item's name in the document; an anchor.
        heading: empty when the table's caption is heading enough.
        lineage: the address of how it came about, relative to the API's root; empty for texts.

    """

    key: str
    heading: str
    blocks: tuple[Block, ...]
    lineage: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A part under one heading."""

    key: str
    title: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """A provider, as the reader should know of it."""

    name: str
    """``Deltagare``."""

    status: str
    """``hämtad`` or why not."""


@dataclass(frozen=True, slots=True)
class Imprint:
    """What every format carries, so that a paper can be traced to its report.

    Attributes:
        basis: RFC 3339 with Z.
        attestation: one line: ``Utkast``, or by whom and when it was attested.
        content_hash: SHA-256 of the document's bytes, hexadecimal.
        audience: ``Nämnden`` or ``Allmänheten``, with how counts are protected.
        address: where the document can be asked for again, relative to the API's root.
        remarks: what has become of it since, such as that a period was opened again.

    """

    basis: str
    attestation: str
    content_hash: str
    audience: str
    sources: tuple[Source, ...]
    address: str
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Publication:
    """A whole report to read."""

    title: str
    subtitle: str
    language: str
    imprint: Imprint
    warnings: tuple[Text, ...]
    sections: tuple[Section, ...] = field(default=())

    def tables(self) -> list[Table]:
        """Return every table in reading order."""
        return [
            block
            for section in self.sections
            for item in section.items
            for block in item.blocks
            if isinstance(block, Table)
        ]
