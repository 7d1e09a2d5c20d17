"""The sessions that schedules give: planned ahead, and following as long as nobody touches them.

A session is known by its schedule and the day of the rule, so planning the same days again, by
two workers or after one was killed, gives none twice. A session that somebody has held, moved
or cancelled by hand no longer follows, and stays as it is whatever becomes of the schedule.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from services.outreach import facts
from services.outreach.domain.codes import ExceptionKind, Holidays, SessionState
from services.outreach.domain.schedules import CHANGED, Departure, Occasion, Plan, occasions
from services.outreach.facts import Kind
from services.outreach.models import Schedule
from shared.clock import local_day, today
from shared.db import Connection, WriteSession, driver
from shared.records import BUMP, keep_version

HORIZON = timedelta(days=120)
"""How far ahead sessions are planned: a season, as far as staffing is known."""

_BY = "schedule"

_RUNNING = """
    select * from schedule where coalesce(ends_on >= $1, true) order by id for update
"""
_PLACES = "select from {table} where code = any($1::text[]) order by code for key share"
_DEPARTURES = """
    select kind, first_on, last_on, moved_to, starts_at, ends_at, reason
    from schedule_exception where schedule_id = $1 and retracted_at is null
    order by first_on, id
"""
# A place that is not there yet, or no more, is not staffed.
_IN_USE = """
    select greatest(o.valid_from, v.valid_from) as first, least(o.valid_to, v.valid_to) as last
    from operation o left join venue v on v.code = $2
    where o.code = $1 for key share of o
"""
_PLAN = """
    insert into session (schedule_id, scheduled_on, follows_schedule, operation, venue, unit,
                         kind, title, public, recorded_by, planned_on, starts_at, ends_at,
                         state, reason)
    select s.id, w.scheduled_on, true, s.operation, s.venue, s.unit, s.kind, s.title, s.public,
           $2, w.planned_on, w.starts_at, w.ends_at, w.state, w.reason
    from schedule s
    cross join unnest($3::date[], $4::date[], $5::time[], $6::time[], $7::text[], $8::text[])
         w (scheduled_on, planned_on, starts_at, ends_at, state, reason)
    where s.id = $1
    on conflict (schedule_id, scheduled_on) do nothing
"""
_FOLLOWING = """
    select * from session
    where schedule_id = $1 and follows_schedule and scheduled_on >= $2
    order by scheduled_on for update
"""
_FOLLOW = f"""
    update session set venue = s.venue, kind = s.kind, title = s.title, public = s.public,
           planned_on = w.planned_on, starts_at = w.starts_at, ends_at = w.ends_at,
           state = w.state, reason = w.reason, recorded_by = $2, {BUMP}
    from (select id as schedule, venue, kind, title, public from schedule) s
    cross join unnest($3::uuid[], $4::date[], $5::time[], $6::time[], $7::text[], $8::text[])
         w (id, planned_on, starts_at, ends_at, state, reason)
    where s.schedule = $1 and session.id = w.id
"""


def plan_of(said: Mapping[str, Any]) -> Plan:
    """Return what a schedule, by its columns, says of its days."""
    return Plan(
        rule=said["rule"],
        starts_on=said["starts_on"],
        ends_on=said["ends_on"],
        starts_at=said["starts_at"],
        ends_at=said["ends_at"],
        holidays=Holidays(said["holidays"]),
        applies_from=said["applies_from"],
    )


async def plan_ahead(session: WriteSession, slot: datetime) -> None:
    """Plan the sessions of every running schedule up to the horizon; run once a day.

    Running it twice, late, or by two workers gives the same sessions.
    """
    conn = await driver(session)
    day = local_day(slot)
    running = await conn.fetch(_RUNNING, day)
    for table in ("operation", "venue"):
        # All of them first: whoever changes one must not wait for sessions that wait for it.
        await conn.execute(_PLACES.format(table=table), [row[table] for row in running])
    for row in running:
        await follow(conn, dict(row), last=day + HORIZON, reason="planned ahead")


async def follow(
    conn: Connection, said: Mapping[str, Any], *, last: date | None = None, reason: str
) -> None:
    """Plan the sessions of a schedule, and let those that follow it be as it says now.

    Args:
        conn: in a transaction that holds the schedule's row locked.
        said: the schedule's columns.
        last: the last day to plan; left out: the horizon.
        reason: of the changes.

    """
    last = last or today() + HORIZON
    wanted = await occasions_of(conn, said, last)
    held = await conn.fetch(_FOLLOWING, said["id"], said["applies_from"])
    known = {session["scheduled_on"] for session in held}
    new = [each for each in wanted.values() if each.scheduled_on not in known]
    await conn.execute(_PLAN, said["id"], _BY, [each.scheduled_on for each in new], *_columns(new))
    beyond = said["ends_on"] is None or said["ends_on"] > last
    changed = [
        (session["id"], becomes)
        for session in held
        if not (beyond and session["scheduled_on"] > last)
        and _differs(session, said, becomes := _becomes(session, wanted))
    ]
    if changed:
        ids = [session_id for session_id, _ in changed]
        await keep_version(conn, "session", ids, reason=reason, by=_BY)
        await conn.execute(
            _FOLLOW, said["id"], _BY, ids, *_columns([becomes for _, becomes in changed])
        )
        await facts.settle(conn, Kind.SESSION, ids, reason=reason)


async def plan_day(conn: Connection, schedule: Schedule, day: date) -> None:
    """Plan up to a day that a report names, if the schedule gives it and it has come.

    The schedule's row is locked by the caller.
    """
    if day <= today():
        await follow(conn, columns_of(schedule), reason="reported")


def columns_of(row: Schedule) -> dict[str, Any]:
    """Return a schedule's columns by name."""
    return {column.name: getattr(row, column.name) for column in Schedule.__table__.columns}


async def occasions_of(
    conn: Connection, said: Mapping[str, Any], last: date
) -> dict[date, Occasion]:
    """Return what a schedule gives until a day, by the day of its rule."""
    in_use = await conn.fetchrow(_IN_USE, said["operation"], said["venue"])
    assert in_use is not None  # noqa: S101  a foreign key
    departures = [
        Departure(**{**dict(each), "kind": ExceptionKind(each["kind"])})
        for each in await conn.fetch(_DEPARTURES, said["id"])
    ]
    found = occasions(
        plan_of(said),
        departures,
        first=max(said["starts_on"], in_use["first"]),
        last=min(last, in_use["last"] or last),
    )
    return {each.scheduled_on: each for each in found}


def _becomes(session: Mapping[str, Any], wanted: Mapping[date, Occasion]) -> Occasion:
    """Return what a session becomes: as the schedule gives it, or cancelled where it stood."""
    given = wanted.get(session["scheduled_on"])
    if given is not None:
        return given
    reason = session["reason"] if session["state"] == SessionState.CANCELLED else CHANGED
    return Occasion(
        session["scheduled_on"],
        session["planned_on"],
        session["starts_at"],
        session["ends_at"],
        reason,
    )


def _differs(session: Mapping[str, Any], said: Mapping[str, Any], becomes: Occasion) -> bool:
    if any(session[name] != said[name] for name in ("venue", "kind", "title", "public")):
        return True
    now = tuple(session[name] for name in ("planned_on", "starts_at", "ends_at", "state", "reason"))
    then = (
        becomes.planned_on,
        becomes.starts_at,
        becomes.ends_at,
        becomes.state,
        becomes.stopped,
    )
    return now != then


_Columns = tuple[list[date], list[time | None], list[time | None], list[str], list[str | None]]


def _columns(given: Sequence[Occasion]) -> _Columns:
    return (
        [each.planned_on for each in given],
        [each.starts_at for each in given],
        [each.ends_at for each in given],
        [each.state.value for each in given],
        [each.stopped for each in given],
    )
