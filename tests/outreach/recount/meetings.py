"""Sessions, the visits counted at them, and contacts."""

from __future__ import annotations

from collections.abc import Iterator

from tests.counting import Counted
from tests.outreach.recount.rows import Row, Rows

SEXES = ("women", "men", "unknown")


def sessions(rows: Rows) -> list[Counted]:
    return [
        Counted(
            day=row["planned_on"],
            by={**rows.place(row), "operation": row["operation"], "kind": row["kind"]},
        )
        for row in rows["session"]
        if row["state"] == "held"
    ]


def visits(rows: Rows) -> list[Counted]:
    return [
        Counted(
            day=row["held_on"],
            amount=row[sex],
            by={
                **rows.place(row),
                "operation": row["operation"],
                "kind": rows.kind(row["session_id"]),
                "sex": sex,
                "age_group": row["age_group"],
            },
        )
        for row in rows.live("visit_tally")
        for sex in SEXES
        if row[sex]
    ]


def contacts(rows: Rows) -> list[Counted]:
    return [_counted(rows, row) for row in rows.live("contact")]


def reached(rows: Rows) -> list[Counted]:
    """Return contacts where the person answered, or all, as the operation then counted."""
    return [_counted(rows, row) for row in _reaching(rows)]


def persons_reached(rows: Rows) -> list[Counted]:
    """Return those of them with somebody: the anonymous cannot be told apart."""
    return [thing for thing in reached(rows) if thing.subject is not None]


def uvas_contacts(rows: Rows) -> list[Counted]:
    return [thing for thing in contacts(rows) if thing.by["target_group"] == "uvas"]


def uvas_reached(rows: Rows) -> list[Counted]:
    return [thing for thing in persons_reached(rows) if thing.by["target_group"] == "uvas"]


def _reaching(rows: Rows) -> Iterator[Row]:
    for row in rows.live("contact"):
        rule = rows.rule("counting_rule", row["happened_on"], operation=row["operation"])
        counts = rule["counts"] if rule else None
        answered = row["direction"] == "two_way"
        if counts == "contacts" or (counts == "two_way_contacts" and answered):
            yield row


def _counted(rows: Rows, row: Row) -> Counted:
    return Counted(
        day=row["happened_on"],
        subject=rows.subject(row["person_id"]),
        by={
            **rows.place(row, district=row["district"]),
            "operation": row["operation"],
            "channel": row["channel"],
            "direction": row["direction"],
            "target_group": _group(rows, row),
            "sex": row["sex"],
            "age_group": row["age_group"],
        },
    )


def _group(rows: Rows, row: Row) -> str:
    """Return the target group: of those said to be UVAS, who is it by the rule of the day."""
    stated: str = row["target_group"]
    rule = rows.rule("uvas_rule", row["happened_on"])
    if stated != "uvas" or rule is None:
        return stated
    ages = _ages(row["age_group"])
    if not any(rule["youngest"] <= age <= rule["oldest"] for age in ages):
        return "other"
    if rule["without_kaa"] and rows.in_kaa(row["person_id"], row["happened_on"]):
        return "kaa"
    return "uvas"


def _ages(group: str) -> range:
    """Return every age that somebody of a group may have."""
    if group == "unknown":
        return range(130)
    first, _, last = group.partition("-")
    return range(int(first), int(last or 129) + 1)
