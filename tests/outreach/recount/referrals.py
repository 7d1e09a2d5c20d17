"""Referrals, by where they were made and the furthest that is noted of them."""

from __future__ import annotations

from tests.counting import Counted
from tests.outreach.recount.rows import Row, Rows

FURTHEST_FIRST = ("exited", "enrolled", "declined", "accepted", "withdrawn", "received")


def made(rows: Rows) -> list[Counted]:
    contacts = {row["id"]: row for row in rows["contact"]}
    return [
        Counted(
            day=row["referred_on"],
            subject=rows.subject(row["person_id"]),
            by={
                **_origin(rows, row, contacts.get(row["contact_id"])),
                "unit": row["referring_unit"],
                "operation": row["operation"],
                "programme": row["programme"],
                "state": _state(row),
                "outcome": row["exit_outcome"] if row["exited_on"] else None,
            },
        )
        for row in rows["referral"]
    ]


def accepted(rows: Rows) -> list[Counted]:
    come = {"accepted", "enrolled", "exited"}
    return [thing for thing in made(rows) if thing.by["state"] in come]


def enrolled(rows: Rows) -> list[Counted]:
    return [thing for thing in made(rows) if thing.by["state"] in {"enrolled", "exited"}]


def exited(rows: Rows) -> list[Counted]:
    return [thing for thing in made(rows) if thing.by["state"] == "exited"]


def _origin(rows: Rows, row: Row, contact: Row | None) -> dict[str, str | None]:
    """Return venue, district and kind of the session, else of the contact, that led to it."""
    session_id: str | None = row["session_id"]
    if session_id is None and contact is not None:
        session_id = contact["session_id"]
    venue: str | None = rows.sessions[session_id]["venue"] if session_id else None
    if venue is None and contact is not None:
        venue = contact["venue"]
    return {
        "venue": venue,
        "district": rows.venues[venue]["district"] if venue else "unknown",
        "kind": rows.kind(session_id),
    }


def _state(row: Row) -> str:
    noted = (state for state in FURTHEST_FIRST if row[f"{state}_on"] is not None)
    return next(noted, "made")
