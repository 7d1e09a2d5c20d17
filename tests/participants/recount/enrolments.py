"""Enrolments, advice without one, and what is on offer."""

from __future__ import annotations

from tests.counting import Counted
from tests.participants.recount.rows import Row, Rows


def at_entry(rows: Rows, enrolment: Row) -> dict[str, str | None]:
    """Return the breakdown of an enrolment: that of its first day."""
    known = rows.entries.get(enrolment["id"])
    if known is not None:
        return known
    rows.entries[enrolment["id"]] = found = {
        "unit": enrolment["unit"],
        "programme": enrolment["programme"],
        "team": enrolment["team"],
        "ground": enrolment["ground"],
        "education": enrolment["education_at_entry"],
        "status": enrolment["status_at_entry"],
        **rows.who(enrolment["person_id"], enrolment["started_on"], enrolment["stated_district"]),
    }
    return found


def enrolled(rows: Rows) -> list[Counted]:
    return [
        Counted(
            day=row["started_on"],
            until=row["exited_on"],
            subject=rows.whole(row["person_id"])["id"],
            by=at_entry(rows, row),
        )
        for row in rows.live("enrolment")
    ]


def exits(rows: Rows) -> list[Counted]:
    return [
        Counted(
            day=row["exited_on"],
            subject=rows.whole(row["person_id"])["id"],
            by=at_entry(rows, row) | {"outcome": row["outcome"]},
        )
        for row in rows.live("enrolment")
        if row["exited_on"] is not None
    ]


def advised(rows: Rows) -> list[Counted]:
    return [
        Counted(
            day=row["held_on"],
            subject=rows.whole(row["person_id"])["id"],
            by={
                "unit": row["unit"],
                "programme": row["programme"],
                **rows.who(row["person_id"], row["held_on"], row["stated_district"]),
            },
        )
        for row in rows.live("advisory_session")
    ]


def by_group(rows: Rows, only: tuple[str, ...] = ()) -> list[Counted]:
    """Return an enrolment once for each group of its first day."""
    return [
        Counted(
            day=row["started_on"],
            until=row["exited_on"],
            subject=rows.whole(row["person_id"])["id"],
            by=at_entry(rows, row) | {"target_group": group},
        )
        for row in rows.live("enrolment")
        for group in row["target_groups"]
        if not only or group in only
    ]
