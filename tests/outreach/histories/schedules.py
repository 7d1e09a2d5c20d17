"""Schedules: followed, changed, stopped and departed from, and what becomes of their sessions."""

from __future__ import annotations

from services.outreach.domain.codes import Holidays, SessionKind
from tests.outreach.histories.history import Deed, History

RULES = (
    "FREQ=WEEKLY;BYDAY=TU,TH",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO",
    "FREQ=MONTHLY;BYDAY=1WE",
    "FREQ=MONTHLY;BYMONTHDAY=6,24",
)
WHY = "Ny bemanning"


async def register_schedule(history: History) -> bool:
    first = history.day()
    body = {
        **history.place(),
        "kind": history.one(list(SessionKind)),
        "rule": history.one(RULES),
        "startsOn": first,
        "endsOn": history.later(first, 120),
        "holidays": history.one(list(Holidays)),
    }
    return await history.make("/schedules", body) and await look_at_sessions(history)


async def change_schedule(history: History) -> bool:
    """Let a schedule say something else from a day on; an earlier last day stops it."""
    schedule = history.picked("/schedules")
    if schedule is None:
        return False
    changed = history.some(
        rule=history.one(RULES),
        venue=history.place()["venue"],
        kind=history.one(list(SessionKind)),
        endsOn=history.later(schedule["startsOn"], 150),
    )
    body = {**changed, "appliesFrom": history.later(schedule["startsOn"], 100), "reason": WHY}
    return await history.change("/schedules", body, of=schedule)


async def stop_days(history: History) -> bool:
    return await _depart(history, "stop", last=True)


async def move_day(history: History) -> bool:
    return await _depart(history, "moved", moved=True)


async def add_day(history: History) -> bool:
    return await _depart(history, "extra")


async def retract_exception(history: History) -> bool:
    return await history.retract("/schedule-exceptions")


async def look_at_sessions(history: History) -> bool:
    """Look some sessions up that schedules gave, for somebody to do something with."""
    schedule = history.picked("/schedules")
    if schedule is None:
        return False
    days = {"from": schedule["startsOn"], "to": history.later(schedule["startsOn"], 120)}
    page = await history.arena.read("/sessions", limit=4, unit=schedule["unit"], **days)
    history.seen("/sessions", page["items"])
    return bool(page["items"])


async def _depart(history: History, kind: str, *, last: bool = False, moved: bool = False) -> bool:
    """Depart from a schedule on a day that gave a session, or, for an extra one, near it."""
    given = history.picked("/sessions", lambda session: session["followsSchedule"])
    if given is None or given["scheduleId"] is None:
        return False
    day = given["scheduledOn"]
    first = history.later(day, 9) if kind == "extra" else day
    body = {
        "kind": kind,
        "firstOn": first,
        "lastOn": history.later(first, 30) if last else None,
        "movedTo": history.later(first, 9) if moved else None,
        "reason": "Lokalen är stängd",
    }
    path = f"/schedules/{given['scheduleId']}/exceptions"
    return await history.make(path, body, at="/schedule-exceptions")


DEEDS: dict[Deed, int] = {
    register_schedule: 3,
    change_schedule: 3,
    stop_days: 3,
    move_day: 2,
    add_day: 2,
    retract_exception: 2,
    look_at_sessions: 2,
}
