"""Sessions, visits and contacts, as workers and other systems report them."""

from __future__ import annotations

from typing import Any

from services.outreach.domain.codes import (
    AgeGroup,
    Channel,
    Direction,
    SessionKind,
    Sex,
    TargetGroup,
)
from tests.outreach.histories.history import DISTRICTS, UNITS, Deed, History

YOUNG = (AgeGroup("16-19"), AgeGroup("20-24"), AgeGroup("unknown"))
GROUPS = (*(TargetGroup.UVAS,) * 12, *TargetGroup)


async def plan_session(history: History) -> bool:
    return await history.make("/sessions", _session(history, "planned"))


async def register_held_session(history: History) -> bool:
    return await history.make("/sessions", _session(history, "held"))


async def hold_session(history: History) -> bool:
    return await history.change("/sessions", {"state": "held", "reason": "Den hölls"})


async def cancel_session(history: History) -> bool:
    return await history.change("/sessions", {"state": "cancelled", "reason": "Lokalen stängd"})


async def move_session(history: History) -> bool:
    moved = history.some(
        plannedOn=history.day(),
        venue=history.place()["venue"],
        kind=history.one(list(SessionKind)),
    )
    return await history.change("/sessions", {**moved, "reason": "Den flyttades"})


async def count_visits(history: History) -> bool:
    session = history.picked("/sessions")
    if session is None:
        return False
    body = {"ageGroup": history.one(YOUNG), **history.counts()}
    path = f"/sessions/{session['id']}/visit-tallies"
    return await history.make(path, body, at="/visit-tallies")


async def correct_visits(history: History) -> bool:
    body = history.some(ageGroup=history.one(YOUNG), **history.counts())
    return await history.change("/visit-tallies", {**body, "reason": "Felräknat"})


async def retract_visits(history: History) -> bool:
    return await history.retract("/visit-tallies")


async def record_contact(history: History) -> bool:
    return await history.make("/contacts", {**_contact(history), "personId": somebody(history)})


async def look_at_contacts(history: History) -> bool:
    """Look some contacts up, those that registers pushed among them."""
    page = await history.arena.read("/contacts", limit=8, unit=history.one(UNITS))
    history.seen("/contacts", page["items"])
    return bool(page["items"])


async def link_contact(history: History) -> bool:
    body = {"personId": str(history.one(history.people)), "reason": "Hen kom till oss"}
    return await history.add_to("/contacts", "/person-links", body)


async def unlink_contact(history: History) -> bool:
    return await history.add_to("/contacts", "/person-unlinks", {"reason": "Det var en annan"})


async def correct_contact(history: History) -> bool:
    said = _contact(history)
    for name in ("operation", "unit"):
        del said[name]
    return await history.change("/contacts", {**history.some(**said), "reason": "Fel noterat"})


async def retract_contact(history: History) -> bool:
    return await history.retract("/contacts")


async def push_visits(history: History) -> bool:
    """Deliver visits, those of sessions here among them: named by id, or by schedule and day."""
    rows = [
        {
            "sourceKey": key,
            **(_of_session(history) or {**history.place(), "heldOn": history.day()}),
            "ageGroup": history.one(YOUNG),
            **history.counts(),
        }
        for key in _keys(history)
    ]
    return await _pushed(history, "visits", rows)


def _of_session(history: History) -> dict[str, Any] | None:
    session = history.maybe(history.picked("/sessions", lambda one: one["state"] != "cancelled"))
    if session is None:
        return None
    named = {"sessionId": session["id"]}
    if session["scheduleId"]:
        named = {"scheduleId": session["scheduleId"], "scheduledOn": session["scheduledOn"]}
    place = {name: session[name] for name in ("operation", "venue", "unit")}
    return {**named, **place, "heldOn": session["plannedOn"]}


async def push_contacts(history: History) -> bool:
    rows = [
        {
            "sourceKey": key,
            **_contact(history),
            "personId": somebody(history),
        }
        for key in _keys(history)
    ]
    return await _pushed(history, "contacts", rows)


async def _pushed(history: History, register: str, rows: list[dict[str, Any]]) -> bool:
    """Deliver rows as a change or a snapshot; of a change, some take back what was sent before."""
    if history.chance.random() < 0.3:
        delivery = await history.arena.push(register, rows, mode="snapshot")
    else:
        changes = [
            row
            if history.chance.random() < 0.8
            else {"op": "retract", "sourceKey": row["sourceKey"], "reason": "Fel rad"}
            for row in rows
        ]
        delivery = await history.arena.push(register, changes)
    return bool(delivery["counts"].get("created") or delivery["counts"].get("changed"))


def _keys(history: History) -> list[str]:
    numbers = history.chance.sample(range(25), history.chance.randint(2, 9))
    return [f"{history.one(('guidance', 'vera'))}:{number}" for number in numbers]


def somebody(history: History) -> str | None:
    """Return somebody, or nobody who is known."""
    return str(history.one(history.people)) if history.chance.random() < 0.7 else None


def person_met(history: History) -> dict[str, Any]:
    """Return how somebody was reached, and what was seen of them."""
    return {
        "channel": history.one(list(Channel)),
        "direction": history.one((*Direction, Direction.TWO_WAY)),
        "sex": history.one(list(Sex)),
        "ageGroup": history.one((*AgeGroup, *YOUNG, *YOUNG)),
        "targetGroup": history.one(GROUPS),
        "district": history.one((None, *DISTRICTS)),
    }


def _session(history: History, state: str) -> dict[str, Any]:
    kind = history.one(list(SessionKind))
    return {**history.place(), "kind": kind, "plannedOn": history.day(), "state": state}


def _contact(history: History) -> dict[str, Any]:
    return {**history.place(), "happenedOn": history.day(), **person_met(history)}


DEEDS: dict[Deed, int] = {
    plan_session: 5,
    register_held_session: 6,
    hold_session: 4,
    cancel_session: 2,
    move_session: 5,
    count_visits: 10,
    correct_visits: 4,
    retract_visits: 2,
    record_contact: 30,
    look_at_contacts: 1,
    link_contact: 6,
    unlink_contact: 2,
    correct_contact: 8,
    retract_contact: 3,
    push_visits: 2,
    push_contacts: 3,
}
