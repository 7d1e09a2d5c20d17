"""Collaborations by their states, and agreements."""

from __future__ import annotations

from datetime import date, timedelta

from tests.counting import Counted
from tests.outreach.recount.rows import Rows


def active(rows: Rows) -> list[Counted]:
    return _in_state(rows, "active")


def paused(rows: Rows) -> list[Counted]:
    return _in_state(rows, "paused")


def agreements(rows: Rows) -> list[Counted]:
    return [
        Counted(
            day=row["starts_on"],
            until=row["ends_on"] and str(date.fromisoformat(row["ends_on"]) + timedelta(days=1)),
            by={"kind": row["kind"], "partner": row["partner"]},
        )
        for row in rows.live("agreement")
    ]


def _in_state(rows: Rows, state: str) -> list[Counted]:
    """Return the times that collaborations were in a state, until the next one began."""
    changes = sorted(rows.live("collaboration_state"), key=lambda row: row["valid_from"])
    counted = []
    for row in rows.live("collaboration"):
        own = [change for change in changes if change["collaboration_id"] == row["id"]]
        ends = [change["valid_from"] for change in own[1:]]
        counted += [
            Counted(
                day=change["valid_from"],
                until=until,
                subject=row["id"],
                by={"unit": row["unit"], "kind": row["kind"]},
            )
            for change, until in zip(own, [*ends, None], strict=True)
            if change["state"] == state
        ]
    return counted
