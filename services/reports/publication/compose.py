"""From a document to a publication: every item as blocks, with the path of each number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.reports.domain import notes
from services.reports.publication import figures, numbers, references, statements, tables
from services.reports.publication.model import (
    Block,
    Imprint,
    Item,
    Publication,
    Section,
    Text,
    Tone,
)
from services.reports.publication.naming import named
from services.reports.publication.wording import reason, word

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from services.reports.domain.assembly import Document

_BLOCKS: Mapping[str, Callable[[Document, str], list[Block]]] = {
    "figure": figures.figure,
    "ratio": figures.ratio,
    "reference": references.reference,
    "statement": statements.statement,
    "table": tables.table,
    "text": tables.text,
}
"""How the items of each kind are shown; an item of another kind is an error, never left out."""

_HEADED_BY_THEIR_TABLE = frozenset({"statement"})


def compose(document: Document, imprint: Imprint) -> Publication:
    """Return a report as it is read.

    Args:
        document: the report, protected for its audience already.
        imprint: what every format says of where it comes from.

    """
    if not document.get(notes.WRITTEN):
        document = notes.written(document)
    document = named(document)
    return Publication(
        title=document["title"],
        subtitle=_subtitle(document),
        language="sv",
        imprint=imprint,
        warnings=tuple(_warnings(document)),
        sections=tuple(
            _section(section, f"/sections/{number}")
            for number, section in enumerate(document["sections"])
        ),
    )


def _subtitle(document: Document) -> str:
    about = [f"Avser {document['period']['label']}"]
    if document["area"]:
        about.append(document["area"]["name"])
    return " · ".join(about)


def _warnings(document: Document) -> list[Text]:
    if document["status"] == "complete":
        return []
    missing = ", ".join(
        f"{word(source['name'])} {word(source['reason'])}"
        for source in document["sources"]
        if source["status"] != "ok"
    )
    missing = missing or "en del uppgifter kunde inte hämtas"
    return [
        Text(
            f"Rapporten är ofullständig: {missing}. Det som saknas är inte noll utan okänt.",
            Tone.WARNING,
        )
    ]


def _section(section: Document, path: str) -> Section:
    return Section(
        key=section["key"],
        title=section["title"],
        items=tuple(
            _item(item, f"{path}/items/{number}") for number, item in enumerate(section["items"])
        ),
    )


def _item(item: Document, path: str) -> Item:
    blocks = _blocks(item, path)
    blocks += [Text(numbers.dated(note), Tone.NOTE) for note in item.get("notes", ())]
    headed = item["kind"] in _HEADED_BY_THEIR_TABLE and item["status"] == "ok"
    return Item(
        key=item["key"],
        heading="" if headed else item["label"],
        blocks=tuple(blocks),
        lineage=item.get("lineage", ""),
    )


def _blocks(item: Document, path: str) -> list[Block]:
    show = _BLOCKS[item["kind"]]
    if item["status"] != "ok":
        return [Text(f"Uppgiften kan inte visas: {reason(item['reason'])}.", Tone.WARNING)]
    return show(item, path)
