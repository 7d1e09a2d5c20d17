"""Which cells a document has, and the document as it may be told.

What a document's figures and tables count is found cell by cell; an item of a kind that is not
known here is withheld whole. Texts come from the document as it was protected, so that only
notes that state a count are left out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from services.reports.domain.disclosure.regions import Cell, Family, Region, Shown, box, rounded
from shared.periods import Period

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Document: TypeAlias = dict[str, Any]

THINGS = frozenset(
    {
        "SEK",
        "agreements",
        "collaborations",
        "companies",
        "documents",
        "employers",
        "groups",
        "percent",
        "programmes",
        "projects",
        "sessions",
        "teams",
        "text",
        "units",
    }
)
"""What is counted of things and not of people or of what they did: needs no protection."""

_PERSONS = frozenset({"persons"})
"""What is counted once each, in answers that do not say how they count."""

_BY_PERIOD = "period"


@dataclass
class Slot:
    """A cell and where in the document it is held."""

    holder: Document
    cell: Cell
    table: Document | None = None
    """The table that the row may be left out of; None where the cell always stands."""


@dataclass
class Walk:
    """The protected cells of a document.

    Attributes:
        slots: each place that holds one.
        forced: cells that are not told because figures that add up to others are small.

    """

    slots: list[Slot] = field(default_factory=list)
    forced: set[Region] = field(default_factory=set)

    def standing(self) -> frozenset[Region]:
        """Return the cells that cannot be left out as rows can."""
        return frozenset(slot.cell.region for slot in self.slots if slot.table is None)

    def cells(self) -> list[Cell]:
        """Return every cell once."""
        return list(dict.fromkeys(slot.cell for slot in self.slots))


def items_of(document: Document) -> Iterator[Document]:
    """Return the items that can be shown."""
    for section in document["sections"]:
        yield from (item for item in section["items"] if item["status"] == "ok")


def cells_of(document: Document, threshold: int) -> Walk:
    """Return the cells of a document that counts people or what they did."""
    walk = Walk()
    for item in items_of(document):
        if item["kind"] == "figure":
            _figure(walk, item)
        elif item["kind"] == "table":
            _table(walk, item, threshold)
    return walk


def is_protected(item: Document) -> bool:
    """Return whether a figure counts people or what they did."""
    return item["definition"]["service"] != "budget" and item["unit"] not in THINGS


def _figure(walk: Walk, item: Document) -> None:
    kind = item["definition"]["kind"]
    if not is_protected(item) or kind == "median":
        return
    name = f"{item['definition']['service']}/{item['definition']['figure']}"
    where = item["where"]
    for value in item["values"]:
        region = _region(name, kind, Period.parse(value["period"]), where)
        walk.slots.append(Slot(value, Cell(region, value["value"])))
        for table in value["tables"]:
            _rows(walk, table, name, kind, region, where)


def _rows(  # noqa: PLR0917  what the rows share
    walk: Walk, table: Document, name: str, kind: str, whole: Region, where: Mapping[str, Any]
) -> None:
    table["incomplete"] = True  # whatever it holds: a row that is not there tells nothing
    for row in table["rows"]:
        named = {by: [row[by]] for by in table["by"] if by != _BY_PERIOD}
        period = Period.parse(row[_BY_PERIOD]) if _BY_PERIOD in table["by"] else None
        region = _region(name, kind, period or whole, {**where, **named})
        walk.slots.append(Slot(row, Cell(region, row["value"]), table))


def _region(name: str, kind: str, period: Period | Region, where: Mapping[str, Any]) -> Region:
    """Return the region of a cell; a stock is one of its day, and two days' are no parts."""
    on_a_day = kind.endswith("stock")
    family = Family(
        f"{name}@{period.last.isoformat()}" if on_a_day else name, kind.startswith("distinct")
    )
    first = period.last if on_a_day else period.first
    return Region(family, first, period.last, box(where))


def _table(walk: Walk, item: Document, threshold: int) -> None:
    """Walk a table of its own; one that must be withheld for its own sums is forced."""
    service = item["source"]["service"]
    small = False
    found: list[Slot] = []
    for row in item["rows"]:
        for column in item["columns"]:
            figure = row.get("figure") or column.get("figure")
            cell = row["cells"][column["code"]]
            if figure is None or column["unit"] in THINGS or not isinstance(cell["value"], int):
                continue
            kind = "distinct" if column["unit"] in _PERSONS else "flow"
            where = {**item["where"], **column.get("where", {})}
            where |= {name: [value] for name, value in row["by"].items()}
            region = _region(f"{service}/{figure}", kind, Period.parse(row["period"]), where)
            found.append(Slot(cell, Cell(region, cell["value"])))
            small = small or (row.get("figure") is not None and 0 < cell["value"] < threshold)
    walk.slots += found
    if small:  # its rows are figures that add up to one another
        walk.forced |= {slot.cell.region for slot in found if slot.cell.value}


def told(walk: Walk, shown: Mapping[Region, Shown]) -> None:
    """Write what may be told into the document that was walked.

    A row of a rounded 0 is left out: that it is there would tell that it is not zero.
    """
    for slot in walk.slots:
        match shown[slot.cell.region]:
            case Shown.EXACT:
                pass
            case Shown.ROUNDED if slot.table is None or rounded(slot.cell.value):
                slot.holder |= {"value": rounded(slot.cell.value), "rounded": True}
            case _ if slot.table is None:
                withhold(slot.holder)
            case _:
                slot.table["rows"] = [row for row in slot.table["rows"] if row is not slot.holder]


def withhold(holder: Document) -> None:
    """Take a value away, and say so: it is not missing, and may be zero."""
    holder |= {"value": None, "withheld": True}
    holder.pop("base", None)
