"""What the demonstration says of the strategic form is what the service answered."""

from __future__ import annotations

from typing import Any

from jarva.demo.strategic import line


def form(*rows: dict[str, Any], unjudged: str = "") -> dict[str, Any]:
    verdicts = [
        {"number": "8", "verdict": "cannot_be_judged", "whyNotJudged": unjudged},
        {"number": "9", "verdict": "not_on_the_form", "whyNotJudged": ""},
    ]
    total = {"kind": "sum", "label": "Summa"}
    return {"period": "203501-203508", "rows": [*rows, total], "verdicts": verdicts[not unjudged :]}


def test_line_names_each_project_its_reasons_and_what_was_printed() -> None:
    row = {
        "kind": "project",
        "label": "7. Prov",
        "millions": {"decidedTotalCost": "51.0"},
        "reasons": [{"text": "Över gränsen"}, {"text": "Strategiskt viktigt: ny metod"}],
    }
    unknown = row | {"label": "8. Okänt", "millions": {"decidedTotalCost": None}}
    assert line(form(row, unknown, unjudged="belopp anges inte"), "Inga projekt") == (
        "strategic-projects 203501-203508: 2 on the form:"
        " 7. Prov, 51.0 mnkr (Över gränsen; Strategiskt viktigt: ny metod),"
        " 8. Okänt, - mnkr (Över gränsen; Strategiskt viktigt: ny metod);"
        ' printed: "Inga projekt"; cannot be judged: 8 (belopp anges inte)'
    )


def test_line_of_an_empty_form_says_so() -> None:
    assert line(form(), "Inga projekt") == (
        "strategic-projects 203501-203508: 0 on the form: -;"
        ' printed: "Inga projekt"; cannot be judged: -'
    )
