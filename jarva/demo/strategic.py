"""The form of strategic projects, set beside the one that the committee printed."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from jarva.demo.loading import Body, Target

FILE = Path("budget") / "printed_strategic_form.csv"


def compared(target: Target, data: Path, basis: str) -> Iterator[str]:
    """Ask for each form that was printed, and say in a line how it compares."""
    with (data / FILE).open(encoding="utf-8", newline="") as file:
        forms = list(csv.DictReader(file))
    with target.client("budget") as client:
        for row in forms:
            asked = {"period": row["period"], "basis": basis}
            answer = client.get("/statements/strategic-projects", params=asked)
            yield line(answer.raise_for_status().json(), row["printed"])


def line(form: Body, printed: str) -> str:
    """Return who belongs on a form and why, what was printed, and who could not be judged."""
    on_it = [
        f"{row['label']}, {row['millions']['decidedTotalCost'] or '-'} mnkr"
        f" ({'; '.join(reason['text'] for reason in row['reasons'])})"
        for row in form["rows"]
        if row["kind"] == "project"
    ]
    unjudged = [
        f"{one['number']} ({one['whyNotJudged']})"
        for one in form["verdicts"]
        if one["verdict"] == "cannot_be_judged"
    ]
    return (
        f"strategic-projects {form['period']}: {len(on_it)} on the form: {', '.join(on_it) or '-'};"
        f' printed: "{printed}"; cannot be judged: {", ".join(unjudged) or "-"}'
    )
