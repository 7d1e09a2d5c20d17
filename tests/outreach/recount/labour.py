"""Groups, employers and what they led to, and the people employed to reach out."""

from __future__ import annotations

from datetime import date, timedelta

from tests.counting import Counted
from tests.outreach.recount.meetings import SEXES
from tests.outreach.recount.rows import Row, Rows


def groups(rows: Rows) -> list[Counted]:
    return [
        Counted(
            day=row["starts_on"],
            until=_over(row),
            subject=row["id"],
            by={**rows.place(row), "operation": row["operation"]},
        )
        for row in rows.live("study_group")
    ]


def students(rows: Rows) -> list[Counted]:
    """Return students of groups that were not retracted, on the day their group's year began."""
    groups_by_id = {row["id"]: row for row in rows.live("study_group")}
    counted = []
    for row in rows.live("student_count"):
        group = groups_by_id.get(row["group_id"])
        if group is None:
            continue
        by = {**rows.place(group), "operation": group["operation"]}
        day = max(group["starts_on"], f"{row['year']}-01-01")
        counted += [Counted(day=day, amount=row[sex], by=by | {"sex": sex}) for sex in SEXES]
    return counted


def employer_visits(rows: Rows) -> list[Counted]:
    """Return visits; the employer is what figures of companies count once."""
    return [
        Counted(
            day=row["visited_on"],
            subject=row["employer"],
            by={"unit": row["unit"], "partner": row["partner"], **_employer(rows, row)},
        )
        for row in rows.live("employer_visit")
    ]


def events_with_hires(rows: Rows) -> list[Counted]:
    """Return the events that some hire came of, however many hires those were."""
    led = {row["recruitment_event_id"] for row in rows.live("hire")}
    return recruitment_events(rows, [e for e in rows.live("recruitment_event") if e["id"] in led])


def internships(rows: Rows) -> list[Counted]:
    return [
        Counted(
            day=row["offered_on"],
            amount=row["places"],
            by={"unit": row["unit"], **_employer(rows, row)},
        )
        for row in rows.live("internship")
    ]


def internships_taken(rows: Rows) -> list[Counted]:
    return [
        Counted(
            day=row["offered_on"],
            amount=row[sex],
            by={"unit": row["unit"], "sex": sex, **_employer(rows, row)},
        )
        for row in rows.live("internship")
        for sex in SEXES
    ]


def recruitment_events(rows: Rows, events: list[Row] | None = None) -> list[Counted]:
    return [
        Counted(
            day=row["held_on"],
            by={**rows.place(row), "kind": row["kind"], **_employer(rows, row)},
        )
        for row in (rows.live("recruitment_event") if events is None else events)
    ]


def hires(rows: Rows) -> list[Counted]:
    return [
        Counted(
            day=row["hired_on"],
            amount=row[sex],
            by={"unit": row["unit"], "sex": sex, **_employer(rows, row)},
        )
        for row in rows.live("hire")
        for sex in SEXES
    ]


def workers(rows: Rows) -> list[Counted]:
    names = ("unit", "operation", "district", "role", "contract")
    return [
        Counted(
            day=row["starts_on"],
            until=_over(row),
            subject=row["id"],
            by={name: row[name] for name in names},
        )
        for row in rows.live("outreach_worker")
    ]


def _employer(rows: Rows, row: Row) -> dict[str, str | None]:
    employer = rows.employers.get(row["employer"])
    return {"employer": row["employer"], "sector": employer["sector"] if employer else None}


def _over(row: Row) -> str | None:
    """Return the first day on which something is over; its last day was part of it."""
    if row["ends_on"] is None:
        return None
    return str(date.fromisoformat(row["ends_on"]) + timedelta(days=1))
