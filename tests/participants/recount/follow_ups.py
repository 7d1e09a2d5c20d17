"""Follow-ups that were not cancelled, on the days on which they fall due."""

from __future__ import annotations

from datetime import date, timedelta

from tests.counting import Counted
from tests.participants.recount.enrolments import at_entry
from tests.participants.recount.rows import Row, Rows

THREE_MONTHS = ("exit", "stockholmsjobb")
SIX_MONTHS = ("esf",)


def asked(rows: Rows, kinds: tuple[str, ...]) -> list[Counted]:
    return [
        Counted(day=row["due_on"], by=_by(rows, row))
        for row in rows["follow_up"]
        if row["state"] != "cancelled" and row["kind"] in kinds
    ]


def answered(rows: Rows, kinds: tuple[str, ...]) -> list[Counted]:
    return [
        Counted(day=row["due_on"], by=_by(rows, row) | {"outcome": row["result"]})
        for row in rows["follow_up"]
        if row["state"] == "answered" and row["kind"] in kinds
    ]


def overdue(rows: Rows) -> list[Counted]:
    """Return what nobody has answered by the end of its day, until somebody does."""
    waiting = []
    for row in rows["follow_up"]:
        if row["state"] == "cancelled":
            continue
        late = str(date.fromisoformat(row["due_on"]) + timedelta(days=1))
        until = max(late, row["answered_on"]) if row["state"] == "answered" else None
        waiting.append(Counted(day=late, until=until, by=_by(rows, row)))
    return waiting


def _by(rows: Rows, row: Row) -> dict[str, str | None]:
    entry = at_entry(rows, rows.enrolments[row["enrolment_id"]])
    return entry | {"unit": row["unit"], "kind": row["kind"]}
