"""Units, programmes and teams in operation."""

from __future__ import annotations

from datetime import date, timedelta

from tests.counting import Counted
from tests.participants.recount.rows import Row, Rows


def units(rows: Rows) -> list[Counted]:
    return [
        _open(
            row,
            unit=row["code"],
            kind=row["kind"],
            ownership=row["ownership"],
            district=row["district"],
        )
        for row in rows["unit"]
    ]


def programmes(rows: Rows) -> list[Counted]:
    return [_open(row, programme=row["code"], kind=row["kind"]) for row in rows["programme"]]


def teams(rows: Rows) -> list[Counted]:
    return [
        _open(
            row, team=row["code"], programme=row["programme"], pilot="yes" if row["pilot"] else "no"
        )
        for row in rows["team"]
    ]


def _open(row: Row, **by: str | None) -> Counted:
    """Return something that is in operation until the day after its last."""
    closed = None
    if row["valid_to"] is not None:
        closed = str(date.fromisoformat(row["valid_to"]) + timedelta(days=1))
    return Counted(day=row["valid_from"], until=closed, by=by)
