"""The common indicators of a programme, as a table."""

from __future__ import annotations

from collections.abc import Sequence

from services.reports.domain.tables.cells import Document, column

_SEXES = {"women": "Kvinnor", "men": "Män"}


def esf_indicators(answers: Sequence[Document]) -> Document:
    """Return the common indicators by sex; each row is a figure of its own."""
    columns = [
        *(
            column(sex, label, "participants", where={"sex": [sex]})
            for sex, label in _SEXES.items()
        ),
        column("total", "Totalt", "participants"),
    ]
    rows = [
        {
            "label": f"{each['code']} {each['title']}",
            "figure": f"esf-{each['code'].lower()}",
            "by": {},
            "period": answer["period"],
            "role": "plain",
            "note": each["note"],
            "cells": {code: {"value": each[code]} for code in ("women", "men", "total")},
        }
        for answer in answers
        for each in answer["indicators"]
    ]
    rows += [
        {
            "label": label,
            "figure": figure,
            "by": {},
            "period": answer["period"],
            "role": "plain",
            "note": None,
            "cells": {
                "women": {"value": None},
                "men": {"value": None},
                "total": {"value": answer["bases"][code]},
            },
        }
        for answer in answers
        for code, (figure, label) in _ESF_BASES.items()
    ]
    broken = [
        f"Kontrollen {check['rule']} håller inte: {', '.join(check['failures'])}."
        for answer in answers
        for check in answer["checks"]
        if not check["holds"]
    ]
    limited = [
        f"Endast enheterna {', '.join(answer['units'])} visas."
        for answer in answers
        if answer["units"] is not None
    ]
    return {
        "columns": columns,
        "rows": rows,
        "notes": [
            "Ett streck betyder att uppgiften inte samlas in eller inte delas upp, inte noll.",
            *broken,
            *limited,
        ],
        "drawn": [],
    }


_ESF_BASES = {
    "incomplete": ("esf-incomplete", "Deltagare med ofullständig post, som inte ingår ovan"),
    "leavers": ("esf-leavers", "Deltagare som har lämnat"),
    "leaversAnswered": ("esf-leavers-answered", "varav med känt resultat"),
    "sixMonthsAnswered": ("esf-six-months-answered", "varav med känd situation efter sex månader"),
}
