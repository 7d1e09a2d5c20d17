"""What departs from budget and why, as a table."""

from __future__ import annotations

from collections.abc import Sequence

from services.reports.domain.tables.cells import Document, column

_STATES = {
    "not_needed": "Under gränsen",
    "missing": "Kommentar saknas",
    "outdated": "Kommentaren avser ett annat belopp",
    "written": "Kommenterad",
}


def deviations(answers: Sequence[Document]) -> Document:
    """Return what departs from budget, with cause and action where somebody has said them."""
    columns = [
        column("budget", "Budget", "SEK"),
        column("compared", "Prognos eller utfall", "SEK"),
        column("deviation", "Avvikelse", "SEK"),
        column("source", "Jämfört med", "text"),
        column("state", "Kommentar", "text"),
        column("cause", "Orsak", "text"),
        column("action", "Åtgärd", "text"),
    ]
    rows = [
        {
            "label": each["label"],
            "by": {},
            "period": answer["period"],
            "role": "plain",
            "note": None,
            "cells": {code: {"value": value} for code, value in _of_deviation(each).items()},
        }
        for answer in answers
        for each in answer["items"]
    ]
    missing = not all(answer["complete"] for answer in answers)
    note = "En eller flera avvikelser över gränsen saknar en aktuell kommentar."
    return {"columns": columns, "rows": rows, "notes": [note] if missing else [], "drawn": []}


def _of_deviation(each: Document) -> Document:
    comment = each["comment"] or {}
    return {
        "budget": each["budget"],
        "compared": each["compared"],
        "deviation": each["deviation"],
        "source": each["source"] or "Utfall",
        "state": _STATES.get(each["commentState"], each["commentState"]),
        "cause": comment.get("cause", ""),
        "action": comment.get("action", ""),
    }
