"""A document as the public may read it: its cells protected, and all that is made of them."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from services.reports.domain.audience import Audience
from services.reports.domain.disclosure.cells import (
    Document,
    Walk,
    cells_of,
    is_protected,
    items_of,
    told,
    withhold,
)
from services.reports.domain.disclosure.protecting import Rules, missing, protect
from services.reports.domain.disclosure.regions import Record, Shown, rounded

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from services.reports.domain.disclosure.regions import Region

_COUNTING = ("Medianen är beräknad på", "Kontrollen ")
"""How notes begin that state counts of their own."""

_LEFT_OUT = (
    "Rader med små antal, och rader som skulle röja dem, är utelämnade: "
    "det som inte står i tabellen är inte säkert noll."
)


@dataclass(frozen=True)
class Protected:
    """A document that may be released, and the cells that it tells of."""

    document: Document
    records: list[Record]


class ForThePublic:
    """A report on its way to the public.

    Args:
        document: the report with exact numbers; it is not changed.
        rules: how it is protected.

    """

    def __init__(self, document: Document, rules: Rules) -> None:
        self._document = deepcopy(document)
        self._rules = rules
        self._walk: Walk = cells_of(self._document, rules.threshold)

    @property
    def families(self) -> list[str]:
        """The families of its cells, whose earlier releases matter."""
        return sorted({cell.region.family.name for cell in self._walk.cells()})

    def missing(self, earlier: Iterable[Record], basis: datetime) -> dict[datetime, list[Region]]:
        """Return what must be looked up before its cells may be told, by basis."""
        return missing(self._walk.cells(), earlier, basis, self._rules)

    def protected(self, earlier: Iterable[Record], basis: datetime) -> Protected:
        """Return the document as it may be told, given every earlier release."""
        cells = self._walk.cells()
        shown = protect(cells, earlier, basis, self._rules, forced=self._walk.forced)
        standing = self._walk.standing()
        for cell in cells:
            row = cell.region not in standing
            if row and shown[cell.region] is Shown.ROUNDED and rounded(cell.value) == 0:
                shown[cell.region] = Shown.UNTOLD
        told(self._walk, shown)
        for item in items_of(self._document):
            self._finish(item)
        records = [Record(cell.region, cell.value, shown[cell.region], basis) for cell in cells]
        protection = self._rules.protection.value
        head = {"audience": Audience.PUBLIC.value, "protection": protection}
        return Protected(self._document | head, records)

    def _finish(self, item: Document) -> None:
        """Protect what is made of cells, and say what was done."""
        match item["kind"]:
            case "ratio":
                _Ratio(item, self._by_key()).protect()
            case "figure" if is_protected(item) and item["definition"]["kind"] == "median":
                _withhold_all(item)
            case "reference":
                self._reference(item)
            case "table":
                _shares(item)
            case "figure" | "statement" | "text":
                pass
            case _:  # what is not known here may count anything
                item |= {"status": "unavailable", "reason": "reports: not_for_the_public"}
        self._note(item)

    def _by_key(self) -> dict[str, Document]:
        return {item["key"]: item for item in items_of(self._document)}

    def _reference(self, item: Document) -> None:
        """Withhold a published series that counts few people: its sums are not ours to know."""
        if item["unit"] == "SEK" or item["unit"] == "percent":
            return
        numbers = [row[end] for row in item["rows"] for end in ("low", "high")]
        if any(0 < number < self._rules.threshold for number in numbers):
            item |= {"status": "unavailable", "reason": "reports: few_people"}
            item["rows"] = []

    def _note(self, item: Document) -> None:
        """Leave out notes that state a count, and say when rows are left out of a table.

        What is withheld or rounded is said where the report is composed, from the marks.
        """
        if "notes" not in item:
            return
        item["notes"] = [note for note in item["notes"] if not note.startswith(_COUNTING)]
        if _leaves_out(item):
            item["notes"].append(_LEFT_OUT)


class _Ratio:
    """A ratio, which gives its part away to who knows its base."""

    def __init__(self, item: Document, others: dict[str, Document]) -> None:
        self._item = item
        self._sides = [
            (side, others.get(item[side]["key"]) if item[side].get("key") else None)
            for side in ("part", "base")
        ]

    def protect(self) -> None:
        for value in self._item["values"]:
            self._cell(value, value, ())
            for table in value["tables"]:
                for row in table["rows"]:
                    named = tuple((name, row[name]) for name in table["by"])
                    self._cell(row, value, named)
        last = self._item["values"][-1]
        for side in ("part", "base"):
            self._item[side] = {"key": self._item[side]["key"], **last[side]}

    def _cell(self, cell: Document, value: Document, named: tuple[tuple[str, str], ...]) -> None:
        hidden = False
        for side, made in self._sides:
            key = self._item[side].get("key")
            if key is None:
                continue
            period = value["period"] if side == "part" else value["basePeriod"]
            if made is None or not _exact(made, period, named):
                cell[side] = {"value": None, "withheld": True}
                hidden = True
        if hidden:
            withhold_ratio(cell)


def withhold_ratio(cell: Document) -> None:
    """Take a ratio away and leave what it is made of as it is told."""
    cell |= {"value": None, "withheld": True}


def _exact(item: Document, period: str, named: tuple[tuple[str, str], ...]) -> bool:
    """Return whether an item's number of a period (and of a row) is shown as it is."""
    if item["kind"] == "reference":
        return bool(item["status"] == "ok")
    for value in item["values"]:
        if value["period"] != period:
            continue
        if not named:
            return not _hidden(value)
        for table in value["tables"]:
            for row in table["rows"]:
                if all(row.get(name) == held for name, held in named) and len(table["by"]) == len(
                    named
                ):
                    return not _hidden(row)
    return False


def _hidden(holder: Document) -> bool:
    return bool(holder.get("withheld") or holder.get("rounded"))


def _shares(item: Document) -> None:
    """Withhold the shares of every row that has a count which is not shown as it is."""
    for row in item["rows"]:
        cells = row["cells"]
        if not any(_hidden(cell) for cell in cells.values()):
            continue
        for column in item["columns"]:
            if column["unit"] == "percent":
                withhold(cells[column["code"]])


def _withhold_all(item: Document) -> None:
    for value in item["values"]:
        withhold(value)
        for table in value["tables"]:
            table["rows"] = []
            table["incomplete"] = True


def _leaves_out(part: Any) -> bool:  # noqa: ANN401  JSON of any shape
    """Tell whether rows were left out of a table in a part of a document."""
    if isinstance(part, list):
        return any(map(_leaves_out, part))
    if not isinstance(part, dict):
        return False
    return part.get("incomplete") is True or any(map(_leaves_out, part.values()))
