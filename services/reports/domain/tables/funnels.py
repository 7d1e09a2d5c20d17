"""How far people came from a first contact, as a table."""

from __future__ import annotations

from collections.abc import Sequence

from services.reports.domain.tables.cells import Document, count, percent_of, row, share

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
        count(
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
        share(
            f"share_{name}",
            label,
            made[name]["numerator"]["stage"],
            made[name]["denominator"]["stage"],
        )
        for name, label in _STEPS.items()
        if name in made
    ]
    rows = [
        row(answer["period"], _group(answer, group), _of_group(group), total=group is total)
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
