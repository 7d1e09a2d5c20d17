"""Held sessions reported with everybody who came, in one call, over a line that may break."""

from __future__ import annotations

from collections import Counter
from typing import Any

from services.outreach.domain.codes import SessionKind
from shared.db import driver
from tests.outreach.histories.history import Deed, History, Resource
from tests.outreach.histories.meetings import YOUNG, person_met, somebody

PATH = "/session-reports"

_STANDING = """
    select id as report_id, 'report' as what from session_report
    union all
    select t.report_id, coalesce(v.body ->> 'age_group', t.age_group)
    from visit_tally t left join record_version v
         on v.kind = 'visit_tally' and v.record_id = t.id and v.version = 1
    where t.report_id is not null
    union all
    select r.id, c.id::text
    from contact c join session_report r
         on r.body -> 'contacts' @> jsonb_build_array(jsonb_build_object('id', c.id))
"""


async def report_evening(history: History) -> bool:
    """Report a session that nobody had planned."""
    kind = history.one(list(SessionKind))
    return await _report(
        history, session={**history.place(), "kind": kind, "heldOn": history.day()}
    )


async def report_session(history: History) -> bool:
    """Report a session that is there: planned, reported by another too, or cancelled."""
    found = history.picked("/sessions", lambda session: session["state"] == "planned")
    return found is not None and await _report(
        history, sessionId=found["id"], correction=_correction(history, found)
    )


async def report_scheduled(history: History) -> bool:
    """Report the session of a schedule's day, whether somebody has looked at it or not."""
    found = history.picked("/sessions", lambda session: session["followsSchedule"])
    if found is None or found["scheduleId"] is None:
        return False
    return await _report(
        history,
        scheduleId=found["scheduleId"],
        scheduledOn=found["scheduledOn"],
        correction=_correction(history, found),
    )


async def report_again(history: History) -> bool:
    """Send a report that was taken once more: it is found, whatever has happened since."""
    if not history.reported:
        return False
    body = history.one(list(history.reported.values()))
    response = await history.arena.call("POST", PATH, body)
    assert response.status_code == 200, response.text
    return True


async def report_otherwise(history: History) -> bool:
    """Send other visits under the id of a report that was taken: that is refused."""
    if not history.reported:
        return False
    body = history.one(list(history.reported.values()))
    other = {**body, "visits": [{"ageGroup": "50-59", "women": 1, "men": 1}]}
    response = await history.arena.call("POST", PATH, other)
    assert (response.status_code, response.json()["code"]) == (409, "id_taken")
    return True


async def wrongly_counted(history: History) -> list[str]:
    """Return where what stands of reports is not what was said, however often it was sent."""
    said: Counter[tuple[str, str]] = Counter()
    for report_id, body in history.reported.items():
        said.update((report_id, tally["ageGroup"]) for tally in body["visits"])
        said.update((report_id, contact["id"]) for contact in body["contacts"])
        said[report_id, "report"] += 1
    async with history.arena.db.read() as session:
        rows = await (await driver(session)).fetch(_STANDING)
    standing = Counter((str(row["report_id"]), row["what"]) for row in rows)
    return [f"{each}" for each in (said - standing) + (standing - said)]


async def _report(history: History, **about: Any) -> bool:  # noqa: ANN401  members of the body
    ages = history.chance.sample(YOUNG, history.chance.randint(0, 2))
    body = {
        "id": str(history.new_id()),
        **about,
        "visits": [{"ageGroup": age, **history.counts()} for age in ages],
        "contacts": [_contact(history) for _ in range(history.chance.choice((0, 1, 3)))],
    }
    if not await history.make(PATH, body):
        return False
    shown = history.made[PATH].pop()
    history.reported[body["id"]] = body
    history.seen("/sessions", [shown["session"]])
    history.seen("/visit-tallies", shown["visits"])
    history.seen("/contacts", shown["contacts"])
    return True


def _contact(history: History) -> dict[str, Any]:
    return {"id": str(history.new_id()), **person_met(history), "personId": somebody(history)}


def _correction(history: History, session: Resource) -> dict[str, Any] | None:
    """Say how a session turned out otherwise; one that was cancelled did."""
    if session["state"] != "cancelled" and history.chance.random() < 0.6:
        return None
    turned_out = history.some(heldOn=history.day(), venue=history.place()["venue"])
    return {"reason": "Blev en annan dag", **turned_out}


DEEDS: dict[Deed, int] = {
    report_evening: 5,
    report_session: 4,
    report_scheduled: 5,
    report_again: 3,
    report_otherwise: 1,
}
