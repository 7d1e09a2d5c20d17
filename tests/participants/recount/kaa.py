"""The responsibility for activity: members until they leave or turn twenty."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise

from tests.counting import Counted
from tests.participants.recount.rows import Row, Rows, age_on


def turns(born: str, years: int) -> str:
    """Return the birthday, found by asking the age of each day around it."""
    day = date(int(born[:4]) + years, int(born[5:7]), 1)
    while age_on(born, str(day)) < years:
        day += timedelta(days=1)
    return str(day)


def _over(rows: Rows, row: Row) -> tuple[str, str]:
    """Return the first day after a membership, and why it is over."""
    twenty = turns(rows.whole(row["person_id"])["birth_date"], 20)
    if row["left_on"] is not None and row["left_on"] < twenty:
        return row["left_on"], row["leave_reason"]
    return twenty, "turned_twenty"


def _by(rows: Rows, row: Row, day: str) -> dict[str, str | None]:
    """Return a membership's breakdown: age in whole years of the day, the rest of the joining."""
    joined = rows.who(row["person_id"], row["joined_on"], row["stated_district"])
    age = age_on(rows.whole(row["person_id"])["birth_date"], day)
    return {
        "unit": row["unit"],
        "ground": row["join_reason"],
        "sex": joined["sex"],
        "district": joined["district"],
        "age_group": "0-15" if age < 16 else str(age),
    }


def members(rows: Rows) -> list[Counted]:
    """Return a stretch for each year of age of each membership."""
    stretches = []
    for row in rows.live("kaa_membership"):
        subject = rows.whole(row["person_id"])
        over, _ = _over(rows, row)
        birthdays = [turns(subject["birth_date"], years) for years in range(16, 20)]
        days = [
            row["joined_on"],
            *(day for day in birthdays if row["joined_on"] < day < over),
            over,
        ]
        stretches += [
            Counted(day=day, until=until, subject=subject["id"], by=_by(rows, row, day))
            for day, until in pairwise(days)
            if day < until
        ]
    return stretches


def joined(rows: Rows) -> list[Counted]:
    return [
        Counted(
            day=row["joined_on"], subject=_subject(rows, row), by=_by(rows, row, row["joined_on"])
        )
        for row in rows.live("kaa_membership")
        if row["joined_on"] < _over(rows, row)[0]
    ]


def left(rows: Rows) -> list[Counted]:
    gone = []
    for row in rows.live("kaa_membership"):
        over, why = _over(rows, row)
        if row["joined_on"] < over:
            before = str(date.fromisoformat(over) - timedelta(days=1))
            by = _by(rows, row, before) | {"outcome": why}
            gone.append(Counted(day=over, subject=_subject(rows, row), by=by))
    return gone


def contacts(rows: Rows) -> list[Counted]:
    return _of_members(rows, "kaa_contact", lambda row: row["held_on"], kind="channel")


def two_way_contacts(rows: Rows) -> list[Counted]:
    return _of_members(
        rows, "kaa_contact", lambda row: row["held_on"] if row["two_way"] else None, kind="channel"
    )


def measures_begun(rows: Rows) -> list[Counted]:
    return _of_members(rows, "kaa_measure", lambda row: row["started_on"], activity="kind")


def offers_declined(rows: Rows) -> list[Counted]:
    return _of_members(rows, "kaa_measure", lambda row: row["declined_on"], activity="kind")


def measures_ended(rows: Rows) -> list[Counted]:
    return _of_members(
        rows,
        "kaa_measure",
        lambda row: row["ended_on"],
        activity="kind",
        outcome="occupation_after",
    )


def _of_members(
    rows: Rows, table: str, when: Callable[[Row], str | None], **by: str
) -> list[Counted]:
    """Return what happened to members, broken down by the age of the day it began."""
    memberships = {row["id"]: row for row in rows.live("kaa_membership")}
    happened = []
    for row in rows.live(table):
        membership = memberships.get(row["membership_id"])
        began = row.get("held_on") or row.get("started_on") or row.get("declined_on")
        day = when(row)
        if membership is None or day is None or began is None:
            continue
        if membership["joined_on"] <= began < _over(rows, membership)[0]:
            extra = {name: row[column] for name, column in by.items()}
            happened.append(
                Counted(
                    day=day,
                    subject=_subject(rows, membership),
                    by=_by(rows, membership, began) | extra,
                )
            )
    return happened


def _subject(rows: Rows, row: Row) -> str:
    subject: str = rows.whole(row["person_id"])["id"]
    return subject
