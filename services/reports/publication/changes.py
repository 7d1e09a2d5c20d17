"""Why numbers moved, as tables that a person reads: before, after, difference, and the parts."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from services.reports.domain.steps import PARTS, is_moved
from services.reports.publication.cells import kind_of, valued
from services.reports.publication.model import Cell, Column, Kind, Row, Table
from services.reports.publication.naming import called
from services.reports.publication.wording import reason, word
from shared.periods import NotAPeriod, Period

if TYPE_CHECKING:
    from collections.abc import Iterator

    from services.reports.domain.assembly import Document
    from services.reports.domain.steps import Change
    from services.reports.publication.model import Value

PART_NAMES = {
    "newFacts": (
        "Nya uppgifter",
        "Det som hänt efter den tidigare tidpunkten, eller som blivit känt om något pågående.",
    ),
    "lateFacts": (
        "Sena uppgifter",
        "Det som hänt till och med den tidigare tidpunktens dag men registrerats senare.",
    ),
    "corrections": ("Rättelser", "Det som var fel registrerat och har rättats."),
    "retractions": ("Återtag", "Det som aldrig var sant och har tagits tillbaka."),
    "merges": (
        "Sammanslagningar",
        "Poster som visat sig avse samma person, eller som inte gör det.",
    ),
    "ruleChanges": ("Ändrade regler", "Det som räknas på ett annat sätt än tidigare."),
    "areaChanges": (
        "Ändrad områdesindelning",
        "Platser och personer som hör till ett annat område än tidigare.",
    ),
}
"""What each part is called, and what it holds."""

_OTHER_REASONS = {
    "not_explained": "har inte svarat på varför uppgiften ändrats",
    "not_in_the_kept_report": "uppgiften finns inte i den sparade rapporten",
}


@dataclass(frozen=True, slots=True)
class ChangedItem:
    """An item that moved, or that nothing can be said of and why."""

    key: str
    heading: str
    table: Table | None
    missing: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChangedSection:
    """A section with the items that are shown."""

    key: str
    title: str
    items: tuple[ChangedItem, ...] = field(default=())


def laid_out(document: Document, *, everything: bool) -> list[ChangedSection]:
    """Return the sections that have something to show: what moved, or everything."""
    names = document["names"]
    sections = [
        ChangedSection(
            section["key"],
            section["title"],
            tuple(
                made
                for item in section["items"]
                if (made := _item(item, names, everything=everything)) is not None
            ),
        )
        for section in document["sections"]
    ]
    return [section for section in sections if section.items]


def _item(item: Document, names: Document, *, everything: bool) -> ChangedItem | None:
    notes = tuple(item["notes"])
    if item["status"] != "ok":
        service, _, code = str(item["reason"]).partition(": ")
        missing = f"{word(service)} {_OTHER_REASONS[code]}" if code in _OTHER_REASONS else None
        return ChangedItem(item["key"], item["label"], None, missing or reason(item["reason"]))
    rows = [row for row in _rows(item, names) if everything or row[1]]
    if not rows:
        return None
    kinds = {column["code"]: kind_of(column["unit"]) for column in item["columns"]}
    kind = next(iter(kinds.values()), Kind.COUNT)
    table = Table(
        key=item["key"],
        caption=item["label"],
        columns=(
            Column("Avser"),
            *(Column(text, kind) for text in ("Före", "Efter", "Skillnad")),
            *(Column(PART_NAMES[part][0], kind) for part in PARTS),
        ),
        rows=tuple(row for row, _ in rows),
    )
    return ChangedItem(item["key"], item["label"], table, notes=notes)


def _rows(item: Document, names: Document) -> Iterator[tuple[Row, bool]]:
    """Yield a row for each value, and whether it moved."""
    periods = {table["period"] for table in item["tables"]}
    several = len(item["columns"]) > 1
    for table in item["tables"]:
        for row in table["rows"]:
            for column in item["columns"]:
                change = row["cells"].get(column["code"])
                if change is None:
                    continue
                about = [
                    _period(table["period"]) if len(periods) > 1 else "",
                    row["label"],
                    *_named(row, names),
                    column["label"] if several else "",
                ]
                text = ", ".join(filter(None, about)) or "Totalt"
                yield Row((Cell(text), *_cells(change, column["unit"]))), is_moved(change)


def _named(row: Document, names: Document) -> list[str]:
    """Return what a row's breakdown values are called; a statement's row has its label."""
    return [
        word(called(names, dimension, code))
        for dimension, code in row["names"].items()
        if dimension != "row"
    ]


def _cells(change: Change, unit: str) -> Iterator[Cell]:
    for end in ("before", "after"):
        yield valued(_plain(change[end], unit), kind_of(unit), "")
    yield _signed(change["difference"], unit)
    parts = change["parts"] or {}
    for part in PARTS:
        yield _signed(parts.get(part), unit)


def _signed(value: Value, unit: str) -> Cell:
    """Return a difference with its sign, plus too; nothing where there is none to speak of."""
    cell = valued(_plain(value, unit), kind_of(unit), "")
    if value is None or Decimal(str(value)) <= 0:
        return cell
    return Cell(f"+{cell.text}", cell.value, cell.kind)


def _plain(value: Value, unit: str) -> Value:
    """Return a value as cells are made of: only kronor are strings."""
    return float(value) if isinstance(value, str) and unit != "SEK" else value


def _period(text: str) -> str:
    try:
        return Period.parse(text).label
    except NotAPeriod:
        return text
