"""Answers of services that are more than one figure, as tables of a report.

Every table has columns (``code``, ``label``, ``unit`` and, of counts, which ``figure`` of the
service and under which conditions, ``where``, it is) and rows (``label``, ``by``: the breakdown's
values, ``period``) with ``cells`` by column: ``{"value": 8}``. What a cell counts is what its
row and its column say together. A share (``unit`` ``percent``) names the columns that it is made
of, ``part`` and ``base``; it is None where the base is zero. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from services.reports.templates.declaration import Source

Document: TypeAlias = dict[str, Any]
Shape: TypeAlias = Callable[[Sequence[Document]], Document]
"""``(answers)``, one for each period, gives ``columns``, ``rows``, ``notes`` and what is drawn."""


def shaped(source: Source, answers: Sequence[Document]) -> Document:
    """Return the answers of a source as a table."""
    return _SHAPES[source](answers)


def follow_up_rates(answers: Sequence[Document]) -> Document:
    """Return what became of people: base, answers and shares, with response and bounds."""
    base, answered = answers[0]["parts"]
    outcome = "follow-ups"
    known = {"outcome": ["work", "studies", "neither"]}
    columns = [
        _count("base", "Att följa upp", outcome, base),
        _count("answered", "Med känt svar", outcome, answered, known),
        _count("work", "I arbete", outcome, answered, {"outcome": ["work"]}),
        _count("studies", "I studier", outcome, answered, {"outcome": ["studies"]}),
        _share("response", "Svarsandel", "answered", "base"),
        _share("inWork", "Andel i arbete", "work", "answered"),
        _share("inStudies", "Andel i studier", "studies", "answered"),
        _share("inWorkOrStudies", "Andel i arbete eller studier", "work+studies", "answered"),
        _share("lowest", "Lägst, om ingen av de övriga", "work+studies", "base"),
        _share("highest", "Högst, om alla övriga", "work+studies+unknown", "base"),
    ]
    rows = [
        _row(answer["period"], rate["breakdown"], _of_rate(rate), total=not rate["breakdown"])
        for answer in answers
        for rate in (answer["total"], *answer["rates"])
    ]
    notes = [answer["restriction"] for answer in answers if answer["restriction"]]
    return {
        "columns": columns,
        "rows": rows,
        "notes": list(dict.fromkeys(notes)),
        "drawn": ["inWorkOrStudies"],
    }


def _of_rate(rate: Document) -> Document:
    both = rate["inWorkOrStudies"]
    return {
        "base": rate["base"],
        "answered": rate["answered"],
        "work": rate["work"],
        "studies": rate["studies"],
        "response": percent_of(rate["response"]["decimal"]),
        "inWork": percent_of(rate["inWork"]["ofAnswered"]["decimal"]),
        "inStudies": percent_of(rate["inStudies"]["ofAnswered"]["decimal"]),
        "inWorkOrStudies": percent_of(both["ofAnswered"]["decimal"]),
        "lowest": percent_of(both["lowest"]["decimal"]),
        "highest": percent_of(both["highest"]["decimal"]),
    }


_STAGES = {
    "two_way_contacts": "Ömsesidiga kontakter",
    "to_work_or_studies": "Hänvisningar som lett till arbete eller studier",
    "drop_in_visits": "Besök på drop-in",
    "drop_in_enrolled": "Inskrivna genom hänvisning från drop-in",
}
"""What stages are called that are part of a figure: its own title says the whole."""

_STEPS = {
    "drop_in": "Andel som skrivs in efter drop-in",
    "enrolled": "Andel av hänvisningarna som ger inskrivning",
    "to_work_or_studies": "Andel av avsluten till arbete eller studier",
}
"""The conversions that a report shows; the others are in the service's own funnel."""


def funnel(answers: Sequence[Document]) -> Document:
    """Return how far people came: each stage in its own unit, and the shares between stages."""
    first = answers[0]
    columns = [
        _count(
            stage["stage"],
            _STAGES.get(stage["stage"], stage["title"]),
            stage["unit"],
            stage["figure"],
            stage["where"],
        )
        for stage in first["stages"]
    ]
    made = {each["name"]: each for each in first["total"]["conversions"]}
    columns += [
        _share(
            f"share_{name}",
            label,
            made[name]["numerator"]["stage"],
            made[name]["denominator"]["stage"],
        )
        for name, label in _STEPS.items()
        if name in made
    ]
    rows = [
        _row(answer["period"], _group(answer, group), _of_group(group), total=group is total)
        for answer in answers
        for total in (answer["total"],)
        for group in (total, *answer["groups"])
    ]
    notes = [
        *(note["text"] for stage in first["stages"] for note in stage["notes"]),
        *(each["note"] for name, each in made.items() if name in _STEPS and each["note"]),
        *(note["text"] for note in first["notes"]),
    ]
    return {
        "columns": columns,
        "rows": rows,
        "notes": list(dict.fromkeys(notes)),
        "drawn": ["share_drop_in"],
    }


def _group(answer: Document, group: Document) -> Document:
    return {} if group["group"] is None else {answer["by"]: group["group"]}


def _of_group(group: Document) -> Document:
    shares = {
        f"share_{each['name']}": percent_of(each["value"])
        for each in group["conversions"]
        if each["name"] in _STEPS
    }
    return {each["stage"]: each["value"] for each in group["stages"]} | shares


_SEXES = {"women": "Kvinnor", "men": "Män"}


def esf_indicators(answers: Sequence[Document]) -> Document:
    """Return the common indicators by sex; each row is a figure of its own."""
    columns = [
        *(
            _column(sex, label, "participants", where={"sex": [sex]})
            for sex, label in _SEXES.items()
        ),
        _column("total", "Totalt", "participants"),
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

_STATES = {
    "not_needed": "Under gränsen",
    "missing": "Kommentar saknas",
    "outdated": "Kommentaren avser ett annat belopp",
    "written": "Kommenterad",
}


def deviations(answers: Sequence[Document]) -> Document:
    """Return what departs from budget, with cause and action where somebody has said them."""
    columns = [
        _column("budget", "Budget", "SEK"),
        _column("compared", "Prognos eller utfall", "SEK"),
        _column("deviation", "Avvikelse", "SEK"),
        _column("source", "Jämfört med", "text"),
        _column("state", "Kommentar", "text"),
        _column("cause", "Orsak", "text"),
        _column("action", "Åtgärd", "text"),
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


def _column(code: str, label: str, unit: str, **more: Any) -> Document:  # noqa: ANN401  JSON
    return {"code": code, "label": label, "unit": unit} | more


def _count(
    code: str, label: str, unit: str, figure: str, where: Mapping[str, list[str]] | None = None
) -> Document:
    return _column(code, label, unit, figure=figure, where=dict(where or {}))


def _share(code: str, label: str, part: str, base: str) -> Document:
    return _column(code, label, "percent", part=part, base=base)


def _row(period: str, by: Document, values: Document, *, total: bool) -> Document:
    return {
        "label": "Totalt" if total else "",
        "by": by,
        "period": period,
        "role": "sum" if total else "plain",
        "note": None,
        "cells": {code: {"value": value} for code, value in values.items()},
    }


def percent_of(decimal: str | None) -> float | None:
    """Return a share as per cent; None of nothing."""
    return None if decimal is None else float(Decimal(decimal) * 100)


_SHAPES: Mapping[Source, Shape] = {
    "follow-up-rates": follow_up_rates,
    "funnel": funnel,
    "esf-indicators": esf_indicators,
    "deviations": deviations,
}
