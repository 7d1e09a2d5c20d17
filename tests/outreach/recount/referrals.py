"""Referrals, by the furthest that is noted of them."""

from __future__ import annotations

from tests.counting import Counted
from tests.outreach.recount.rows import Row, Rows

FURTHEST_FIRST = ("exited", "enrolled", "declined", "accepted", "withdrawn", "received")


def made(rows: Rows) -> list[Counted]:
    return [
        Counted(
            day=row["referred_on"],
            subject=rows.subject(row["person_id"]),
            by={
                "unit": row["referring_unit"],
                "operation": row["operation"],
                "programme": row["programme"],
                "state": _state(row),
            },
        )
        for row in rows["referral"]
    ]


def _state(row: Row) -> str:
    noted = (state for state in FURTHEST_FIRST if row[f"{state}_on"] is not None)
    return next(noted, "made")
