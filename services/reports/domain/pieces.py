"""Pieces of a report's items. Pure."""

from __future__ import annotations

from typing import Any, TypeAlias

Document: TypeAlias = dict[str, Any]

OK: Document = {"status": "ok", "reason": None}


def unavailable(service: str, reason: str) -> Document:
    """Return the state of an item that cannot be shown, and why."""
    return {"status": "unavailable", "reason": f"{service}: {reason}"}


def value_of(answers: list[Document]) -> Document:
    """Return one period of a figure: its value, and each breakdown that it was asked by."""
    first = answers[0]
    return {
        "period": first["period"],
        "periodLabel": first["periodLabel"],
        "state": first["state"],
        "value": first["total"],
        "tables": [
            {"by": answer["by"], "rows": answer["rows"]} for answer in answers if answer["by"]
        ],
    }


def breaks_in(answers: list[Document]) -> list[Document]:
    """Return every series break that answers tell of, by day."""
    found = {(each["on"], each["text"]): each for answer in answers for each in answer["breaks"]}
    return [found[key] for key in sorted(found)]


def notes_of(own: str, answers: list[Document]) -> list[str]:
    """Return what a reader must know, each once, the item's own first."""
    found = dict.fromkeys(note for answer in answers for note in map(_text, answer["notes"]))
    return [*([own] if own else []), *found]


def _text(note: str | Document) -> str:
    return note if isinstance(note, str) else str(note["text"])
