"""What became of people who left, as a table."""

from __future__ import annotations

from collections.abc import Sequence

from services.reports.domain.tables.cells import Document, count, percent_of, row, share


def follow_up_rates(answers: Sequence[Document]) -> Document:
    """Return what became of people: base, answers and shares, with response and bounds."""
    base, answered = answers[0]["parts"]
    outcome = "follow-ups"
    known = {"outcome": ["work", "studies", "neither"]}
    columns = [
        count("base", "Att följa upp", outcome, base),
        count("answered", "Med känt svar", outcome, answered, known),
        count("work", "I arbete", outcome, answered, {"outcome": ["work"]}),
        count("studies", "I studier", outcome, answered, {"outcome": ["studies"]}),
        share("response", "Svarsandel", "answered", "base"),
        share("inWork", "Andel i arbete", "work", "answered"),
        share("inStudies", "Andel i studier", "studies", "answered"),
        share("inWorkOrStudies", "Andel i arbete eller studier", "work+studies", "answered"),
        share("lowest", "Lägst, om ingen av de övriga", "work+studies", "base"),
        share("highest", "Högst, om alla övriga", "work+studies+unknown", "base"),
    ]
    rows = [
        row(answer["period"], rate["breakdown"], _of_rate(rate), total=not rate["breakdown"])
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
