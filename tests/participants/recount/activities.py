"""Activities of enrolments that stand."""

from __future__ import annotations

from collections.abc import Iterator

from tests.counting import Counted
from tests.participants.recount.enrolments import at_entry
from tests.participants.recount.rows import Row, Rows


def in_activity(rows: Rows) -> list[Counted]:
    return [
        Counted(day=row["started_on"], until=row["ended_on"], subject=subject, by=by)
        for row, subject, by in _standing(rows)
    ]


def ended(rows: Rows) -> list[Counted]:
    return [
        Counted(day=row["ended_on"], subject=subject, by=by | {"outcome": row["outcome"]})
        for row, subject, by in _standing(rows)
        if row["ended_on"] is not None
    ]


def hours(rows: Rows) -> list[Counted]:
    return [
        Counted(day=row["started_on"], until=row["ended_on"], amount=row["hours_per_month"], by=by)
        for row, _, by in _standing(rows)
        if row["hours_per_month"] is not None
    ]


def _standing(rows: Rows) -> Iterator[tuple[Row, str, dict[str, str | None]]]:
    """Yield each activity with whose it is and its enrolment's breakdown."""
    for row in rows.live("activity"):
        enrolment = rows.enrolments[row["enrolment_id"]]
        if enrolment["retracted_at"] is None:
            subject = rows.whole(enrolment["person_id"])["id"]
            yield row, subject, at_entry(rows, enrolment) | {"activity": row["kind"]}
