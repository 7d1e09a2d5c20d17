"""Visits that a register pushes of sessions planned here: they make them held, once."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.outreach.registers.visits import VisitRow, stage
from shared.clock import today
from shared.db import driver
from shared.deliveries import RowRefused
from tests.outreach.arena import UNIT, Arena, visit_row

ELSEWHERE = "jobbtorg-vuxna-jarva"
TUESDAYS = {
    "operation": "guidance",
    "venue": "tensta-library",
    "unit": UNIT,
    "kind": "drop_in",
    "rule": "FREQ=WEEKLY;BYDAY=TU",
    "startsOn": "2024-03-01",
    "endsOn": "2024-04-30",
}


CANCEL = "update session set state = 'cancelled', reason = 'Sjukdom' where id = $1"
WAITING = """
    select exists (select from pg_stat_activity
                   where datname = current_database() and wait_event_type = 'Lock')
"""


def counted(delivery: dict[str, Any]) -> dict[str, int]:
    return {name: count for name, count in delivery["counts"].items() if count}


def of_schedule(schedule: str, key: str, day: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return a row of the session that a schedule gives on a day."""
    named = {"scheduleId": schedule, "scheduledOn": day, "heldOn": day, "venue": None}
    return visit_row(f"kv:{key}", **(named | more))


async def unplan(arena: Arena) -> None:
    """Be the database of a day before the planner came to these sessions."""
    async with arena.db.begin() as session:
        await (await driver(session)).execute("delete from session where state = 'planned'")


async def test_visits_make_the_sessions_they_belong_to_held(arena: Arena) -> None:
    schedule = (await arena.made("/schedules", TUESDAYS))["id"]
    planned = await arena.session(state="planned", venue=None, plannedOn="2024-03-07")
    of_day = partial(of_schedule, schedule)
    rows = [
        of_day("1", "2024-03-05", ageGroup="20-24", women=3),
        of_day("2", "2024-03-05", ageGroup="25-29", women=1, men=2),
        visit_row("kv:3", sessionId=planned["id"], heldOn="2024-03-07", venue=None, women=0, men=0),
        of_day("4", "2024-03-12", women=4, venue="tensta-library"),
    ]
    dry = await arena.push("visits", rows, dryRun=True)
    assert {moved["measure"] for moved in dry["movedFigures"]} == {"sessions", "visits"}
    await unplan(arena)
    planned = await arena.session(state="planned", venue=None, plannedOn="2024-03-07")
    rows[2]["sessionId"] = planned["id"]
    delivery = await arena.push("visits", rows)
    assert counted(delivery) == {"rows": 4, "created": 4}
    assert await arena.total("sessions", "2024") == 3
    assert await arena.total("visits", "2024", venue="tensta-library") == 10
    held = {s["plannedOn"]: s for s in (await arena.read("/sessions", state="held"))["items"]}
    assert set(held) == {"2024-03-05", "2024-03-07", "2024-03-12"}
    assert held["2024-03-05"]["followsSchedule"] is False
    assert not any(session["missingParts"] for session in held.values())
    told = "select count(*) from outbox_counter where subject = $1"
    assert await arena.scalar(told, str(planned["id"])) == 0  # nobody asks for these events
    old = await arena.basis()

    again = await arena.push("visits", rows)
    assert counted(again) == {"rows": 4, "unchanged": 4}
    # One day is corrected, one visit moves to the session it belonged to, one never was.
    corrections = [
        rows[0] | {"women": 5},
        of_day("2", "2024-03-12", ageGroup="25-29", women=1, men=2),
        {"op": "retract", "sourceKey": "kv:4", "reason": "Fel arena"},
    ]
    assert counted(await arena.push("visits", corrections)) == {
        "rows": 3,
        "changed": 2,
        "retracted": 1,
    }
    assert await arena.total("visits", "2024") == 8
    assert await arena.total("visits", "2024", basis=old) == 10
    assert await arena.total("sessions", "2024") == 3
    counts = await arena.read("/visit-tallies", sessionId=held["2024-03-12"]["id"])
    assert {(t["sourceKey"], t["retractedAt"] is None) for t in counts["items"]} == {
        ("kv:2", True),
        ("kv:4", False),
    }
    # By hand another age group is added to the same session, which then moves with both.
    report = {"id": str(uuid4()), "scheduleId": schedule, "scheduledOn": "2024-03-05"}
    await arena.made(
        "/session-reports", report | {"visits": [{"ageGroup": "30-39", "women": 1, "men": 0}]}
    )
    moved = {"venue": "bla-huset", "reason": "Hölls i Blå huset"}
    version = (await arena.read(f"/sessions/{held['2024-03-05']['id']}"))["version"]
    await arena.changed(f"/sessions/{held['2024-03-05']['id']}", moved, version=version)
    assert await arena.total("visits", "2024", venue="bla-huset") == 6
    assert await arena.drifting() == {}


async def test_rows_that_do_not_fit_their_session_are_refused_by_name(arena: Arena) -> None:
    schedule = (await arena.made("/schedules", TUESDAYS | {"venue": "bla-huset"}))["id"]
    stop = {"kind": "stop", "firstOn": "2024-04-08", "lastOn": "2024-04-14", "reason": "Påsk"}
    await arena.made(f"/schedules/{schedule}/exceptions", stop)
    move = {"kind": "moved", "firstOn": "2024-04-16", "movedTo": "2024-04-17", "reason": "Möte"}
    await arena.made(f"/schedules/{schedule}/exceptions", move)
    held = await arena.session()
    by_hand = {"ageGroup": "20-24", "women": 5, "men": 2}
    await arena.made(f"/sessions/{held['id']}/visit-tallies", by_hand)
    off = await arena.session(state="planned")
    gone = {"state": "cancelled", "reason": "Sjukdom"}
    await arena.changed(f"/sessions/{off['id']}", gone, version=1)
    await unplan(arena)

    def of(key: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401
        return visit_row(f"kv:{key}", **({"women": 1} | more))

    def of_day(key: str, day: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401
        named = {"scheduleId": schedule, "scheduledOn": day, "heldOn": day, "venue": "bla-huset"}
        return of(key, **(named | more))

    ahead = str(today() + timedelta(days=1))
    cases: list[tuple[dict[str, Any], dict[str | None, str]]] = [
        (of("1", sessionId=held["id"], ageGroup="25-29"), {}),
        (of("2", sessionId=str(uuid4())), {"sessionId": "unknown_session"}),
        (of("3", sessionId=off["id"]), {"sessionId": "session_cancelled"}),
        (of("4", sessionId=held["id"], unit=ELSEWHERE), {"unit": "not_the_sessions"}),
        (
            of("5", sessionId=held["id"], operation="sff", venue="bla-huset", heldOn="2024-03-06"),
            dict.fromkeys(("operation", "venue", "heldOn"), "not_the_sessions"),
        ),
        (of("6", sessionId=held["id"], ageGroup="20-24"), {"ageGroup": "already_counted"}),
        (of("7", sessionId=held["id"], ageGroup="25-29"), {"ageGroup": "already_counted"}),
        (of_day("8", "2024-03-05"), {}),
        (of_day("9", "2024-03-05"), {"ageGroup": "already_counted"}),
        (of_day("10", "2024-03-06"), {"scheduledOn": "unknown_session"}),
        (of_day("11", "2024-04-09"), {"scheduledOn": "session_cancelled"}),
        (of_day("12", "2024-04-16"), {"heldOn": "not_the_sessions"}),
        (of_day("13", "2024-04-16", heldOn="2024-04-17"), {}),
        (of_day("14", "2024-03-12", unit=ELSEWHERE), {"unit": "not_the_sessions"}),
        (of_day("15", "2024-03-12", scheduleId=str(uuid4())), {"scheduleId": "unknown_schedule"}),
        (of_day("16", ahead), {"heldOn": "in_the_future"}),
        (of_day("17", "2024-03-12", sessionId=held["id"]), {"sessionId": "session_named_twice"}),
        (of_day("18", "2024-03-12", scheduledOn=None), {"scheduledOn": "session_half_named"}),
    ]
    delivery = await arena.push("visits", [row for row, _ in cases])
    found: dict[int, dict[str | None, str]] = {}
    for number, field, code in await arena.row_errors(delivery):
        found.setdefault(number, {})[field] = code
    assert found == {place: named for place, (_, named) in enumerate(cases, 1) if named}
    assert (delivery["counts"]["created"], delivery["counts"]["rejected"]) == (3, 15)
    assert await arena.total("visits", "2024") == 7 + 3
    assert await arena.total("sessions", "2024") == 3
    await _cancel_on_their_way(arena)
    assert await arena.drifting() == {}


async def _cancel_on_their_way(arena: Arena) -> None:
    """Cancel a session between the check of its visits and their place in it."""
    ids = [(await arena.session(state="planned", plannedOn="2024-03-20"))["id"] for _ in range(2)]
    rows = [visit_row(f"kv:{i}", sessionId=i, heldOn="2024-03-20", women=1) for i in ids]
    async with arena.db.begin() as session:
        await (await driver(session)).execute(CANCEL, ids[0])
        pushing = asyncio.create_task(arena.push("visits", rows))
        async with asyncio.timeout(20):
            while not await arena.scalar(WAITING):
                pass
    delivery = await pushing
    assert await arena.row_errors(delivery) == [(1, "sessionId", "session_cancelled")]
    assert delivery["counts"]["created"] == 1
    assert await arena.total("sessions", "2024") == 4


@pytest.mark.parametrize(
    "named",
    [
        {"session_id": uuid4(), "schedule_id": uuid4(), "scheduled_on": date(2024, 3, 5)},
        {"schedule_id": uuid4()},
        {"scheduled_on": date(2024, 3, 5)},
    ],
)
def test_a_row_names_one_session_whole(named: dict[str, UUID | date]) -> None:
    own = {"operation": "guidance", "unit": UNIT, "held_on": date(2024, 3, 5), "women": 1}
    row = VisitRow(source_key="kv:1", **own, **named)  # type: ignore[arg-type]
    with pytest.raises(RowRefused):
        stage(row)
    assert len(stage(VisitRow(source_key="kv:1", **own))) == 12  # type: ignore[arg-type]
