"""Notes that write themselves: what the reader of an item must know, from the document alone.

They are written into the document, last of all and once, so that its bytes, its hash and its
attestation carry them. Each rule reads the item as it was protected, so that no note tells what
a cell withholds. Days
are written ``2024-01-01``; whoever lays the text out writes them as its language does. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from shared.clock import local_day
from shared.periods import NotAPeriod, Period

if TYPE_CHECKING:
    from collections.abc import Sequence

Document: TypeAlias = dict[str, Any]

SMALL_BASE = 20
"""A share of fewer than this moves by five per cent or more with each person."""

_NOT_ADDED = {"visits": "besök", "contacts": "kontakter", "persons": "personer"}
"""Units that look alike: one person makes many visits, and a contact may be with nobody."""

_UNFINISHED = "Perioden är inte avslutad"
"""How the services begin to say up to which day they know an open period."""


WRITTEN = "notesWritten"
"""A document says by this that it has its notes; those from before had them when laid out."""


def written(document: Document) -> Document:
    """Return a document with every note of every item in it.

    Args:
        document: as its reader may have it: nothing may be protected afterwards.

    """
    others = {item["key"]: item for section in document["sections"] for item in section["items"]}
    sections = [
        section | {"items": [_with_notes(item, noted) for item, noted in of_items(section, others)]}
        for section in document["sections"]
    ]
    return document | {WRITTEN: True, "sections": sections}


def of_items(
    section: Document, others: Mapping[str, Document]
) -> Iterator[tuple[Document, list[str]]]:
    """Yield the items of a section, each with its notes."""
    mixed = of_section(section["items"])
    for item in section["items"]:
        noted = of_item(item, others)
        if mixed and mixed[0] == item["key"]:
            noted.append(mixed[1])
        yield item, noted


def _with_notes(item: Document, noted: list[str]) -> Document:
    return item | {"notes": noted} if noted or "notes" in item else item


def of_item(item: Document, others: Mapping[str, Document]) -> list[str]:
    """Return an item's notes in Swedish: its own, then those that follow from what it holds.

    Args:
        item: as the document has it, protected for its reader.
        others: the document's items by key, which a ratio is made of.

    """
    if item["status"] != "ok":
        return [*item.get("notes", ())]
    breaks = {each["text"] for each in item.get("breaks", ())}
    own = [note for note in item.get("notes", ()) if note not in breaks]
    rules = (
        series_breaks(item),
        vintages(item),
        approximations(item, others),
        unfinished(item, others),
        small_bases(item),
        late_source(item),
        protections(item),
    )
    return list(dict.fromkeys([*own, *(note for notes in rules for note in notes)]))


def of_section(items: Sequence[Document]) -> tuple[str, str] | None:
    """Return the key of the item that first shows another unit than those above it, and a note."""
    seen: list[str] = []
    for item in items:
        unit = item.get("unit", "")
        if item["status"] != "ok" or unit not in _NOT_ADDED:
            continue
        if seen and unit not in seen:
            names = f"{_NOT_ADDED[unit].capitalize()} och {_NOT_ADDED[seen[0]]}"
            note = f"{names} räknas på olika sätt och kan varken läggas ihop eller jämföras."
            return item["key"], note
        seen.append(unit)
    return None


def series_breaks(item: Document) -> list[str]:
    """Return from which days the values are counted in another way."""
    return [
        (
            f"Räknas på ett nytt sätt från den {each['on']}. {_begun(each['text'])} "
            "Värden före och efter går inte att jämföra."
        )
        for each in item.get("breaks", ())
    ]


def _begun(text: str) -> str:
    """Return a break's text without the words and the day that the note begins with itself."""
    told = text.split(": ", 1)[-1] if text.startswith("Seriebrott ") else text
    return told.rstrip(".") + "."


def vintages(item: Document) -> list[str]:
    """Return which times a ratio is made of, when they are not one."""
    return [
        f"Täljaren avser {value['periodLabel']}, nämnaren {_called(value['basePeriod'])}."
        for value in item.get("values", ())
        if _ends(value.get("basePeriod", value["period"])) != _ends(value["period"])
    ]


def approximations(item: Document, others: Mapping[str, Document]) -> list[str]:
    """Return that a published value is approximate, or that a ratio is made of one that is."""
    if item["kind"] == "reference" and item["approximate"]:
        return ["Uppgiften är ungefärlig hos källan."]
    parts = [other for other in _parts(item, others) if other["kind"] == "reference"]
    if any(other.get("approximate") for other in parts):
        return ["Beräknad med en uppgift som är ungefärlig hos källan."]
    return []


def unfinished(item: Document, others: Mapping[str, Document]) -> list[str]:
    """Return up to when a ratio's parts are known, if their period is not over."""
    return [
        note
        for other in _parts(item, others)
        for note in other.get("notes", ())
        if note.startswith(_UNFINISHED)
    ]


def small_bases(item: Document) -> list[str]:
    """Return that a share is made of few; a base that is withheld is not spoken of."""
    if not any(0 < base < SMALL_BASE for base in _bases(item)):
        return []
    return [
        f"Minst en andel bygger på färre än {SMALL_BASE} och kan ändras mycket av enstaka fall."
    ]


def late_source(item: Document) -> list[str]:
    """Return that a register has delivered nothing since before the end of a finished period."""
    source = item.get("source") or {}
    last = source.get("lastDelivery")
    finished = [value for value in item.get("values", ()) if value.get("state") == "complete"]
    if not last or not finished:
        return []
    end = max(Period.parse(value["period"]).last for value in finished)
    delivered = local_day(datetime.fromisoformat(last["appliedAt"]))
    if delivered > end:
        return []
    told = f"Registret levererade senast den {delivered}, innan perioden var slut den {end}"
    return [f"{told}: uppgifter kan saknas."]


def protections(item: Document) -> list[str]:
    """Return what the signs of protected cells mean, where there are any."""
    cells = list(_objects(item))
    notes = []
    if any(cell.get("withheld") for cell in cells):
        notes.append(
            "Två punkter (..) står där ett antal inte visas, för att skydda enskilda; "
            "det kan vara noll."
        )
    if any(cell.get("rounded") for cell in cells):
        notes.append("Små antal är avrundade, för att skydda enskilda.")
    return notes


def _called(period: str) -> str:
    """Return what a period is called; a published series may have periods of its own."""
    try:
        return Period.parse(period).label
    except NotAPeriod:
        return period


def _ends(period: str) -> str:
    """Return when a period ends: a day's stock belongs to the year that it closes."""
    try:
        return Period.parse(period).last.isoformat()
    except NotAPeriod:
        return period


def _parts(item: Document, others: Mapping[str, Document]) -> list[Document]:
    if item["kind"] != "ratio":
        return []
    keys = (item[name]["key"] for name in ("part", "base"))
    return [others[key] for key in keys if key in others]


def _bases(item: Document) -> Iterator[int]:
    """Yield what shares are made of: counts, never money or what others publish by year."""
    if item["kind"] == "ratio" and item["unit"] == "percent":
        values = item["values"]
        rows = [row for value in values for table in value["tables"] for row in table["rows"]]
        yield from (
            each["base"]["value"]
            for each in [*values, *rows]
            if isinstance(each["base"]["value"], int)
        )
    if item["kind"] == "table":
        named = {each["base"] for each in item["columns"] if each.get("base")}
        cells = [row["cells"].get(name) or {} for row in item["rows"] for name in named]
        yield from (cell["value"] for cell in cells if isinstance(cell.get("value"), int))


def _objects(value: object) -> Iterator[Document]:
    if isinstance(value, dict):
        yield value
        for each in value.values():
            yield from _objects(each)
    elif isinstance(value, list):
        for each in value:
            yield from _objects(each)
