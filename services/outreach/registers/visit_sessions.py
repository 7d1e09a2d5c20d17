"""Visits of planned sessions: what a row says of its session, and the session that becomes held.

A row names its session by id, or by the schedule that gives it and the day of its rule, whether
that session has been planned yet or not. The session is known by the same key either way, so
neither the planner nor another row makes it twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from services.outreach import facts
from services.outreach.domain.codes import SessionState
from services.outreach.domain.schedules import Occasion
from services.outreach.events import ROUTES, SessionHeld
from services.outreach.facts import Kind
from services.outreach.scheduled_sessions import follow, occasions_of
from shared import outbox
from shared.clock import today
from shared.db import Connection
from shared.deliveries import Batch, Delivery, RowError, Verdict
from shared.records import BUMP, keep_version

COMPLETE = """
    update staging s set session_id = x.id from session x
    where s.schedule_id is not null
      and (x.schedule_id, x.scheduled_on) = (s.schedule_id, s.scheduled_on);
    update staging s set venue = x.venue from session x
    where s.venue is null and x.id = s.session_id;
    update staging s set venue = h.venue from schedule h
    where s.venue is null and s.session_id is null and h.id = s.schedule_id;
"""
"""Find the sessions that schedules have given; a row that says no venue is where its session is."""

UNPLANNED = "s.schedule_id is not null and s.session_id is null"

SESSION = "coalesce(s.session_id, s.schedule_id)"
"""A staged row's session. One that is not planned yet equals none that a tally has.

One that turns out not to be given any more names no session, so the database refuses the row.
"""

_CANCELLED = "The session was cancelled; say first that it was held after all."
_ANOTHER = "The session has another."
_COUNTED = "The age group is already counted on the session."

CHECKS = (
    """
    select s.row_no, 'sessionId', 'unknown_session', 'There is no session with this id.'
    from staging s left join session x on x.id = s.session_id
    where s.session_id is not null and x.id is null
    """,
    """
    select s.row_no, 'scheduleId', 'unknown_schedule', 'There is no schedule with this id.'
    from staging s left join schedule h on h.id = s.schedule_id
    where s.schedule_id is not null and h.id is null
    """,
    f"""
    select s.row_no, case when s.schedule_id is null then 'sessionId' else 'scheduledOn' end,
           'session_cancelled', '{_CANCELLED}'
    from staging s join session x on x.id = s.session_id where x.state = 'cancelled'
    """,
    f"""
    select s.row_no, d.field, 'not_the_sessions', '{_ANOTHER}'
    from staging s join session x on x.id = s.session_id
    cross join lateral (values
        ('operation', s.operation <> x.operation), ('unit', s.unit <> x.unit),
        ('venue', s.venue is distinct from x.venue), ('heldOn', s.held_on <> x.planned_on)
    ) d (field, differs)
    where d.differs
    """,
    f"""
    select s.row_no, d.field, 'not_the_sessions', '{_ANOTHER}'
    from staging s join schedule h on h.id = s.schedule_id
    cross join lateral (values
        ('operation', s.operation <> h.operation), ('unit', s.unit <> h.unit),
        ('venue', s.venue is distinct from h.venue)
    ) d (field, differs)
    where {UNPLANNED} and d.differs
    """,
    f"""
    select s.row_no, 'ageGroup', 'already_counted', '{_COUNTED}'
    from staging s join visit_tally r
      on (r.session_id, r.age_group) = (s.session_id, s.age_group) and r.retracted_at is null
    where r.source_key is distinct from s.source_key
    """,
)
"""What a row says of its session agrees with it, and counts nobody again who is counted."""

CONSTRAINTS: dict[str, tuple[str | None, str, str]] = {
    "visit_tally_session_held": ("sessionId", "session_cancelled", _CANCELLED),
    "visit_tally_as_session": (None, "not_the_sessions", "The session is elsewhere by now."),
    "visit_tally_session_age_group_key": ("ageGroup", "already_counted", _COUNTED),
}
"""The same, when somebody changes the session while its visits are on their way."""

_NOT_PLANNED_YET = f"""
    select s.row_no, s.source_key, s.schedule_id, s.scheduled_on, s.held_on
    from staging s where {UNPLANNED} order by s.row_no
"""
_COUNTED_TWICE = f"""
    select row_no, source_key
    from (select row_no, source_key, row_number() over (
              partition by {SESSION}, case when {UNPLANNED} then scheduled_on end, age_group
              order by row_no) as place
          from staging s
          where (session_id is not null or schedule_id is not null)
            and row_no <> all($1::bigint[])) s
    where place > 1
"""
_GIVING = f"""
    select * from schedule
    where id in (select s.schedule_id from batch s
                 where {UNPLANNED} and s.effect in ('created', 'changed'))
    order by id for update
"""
_FIND = f"""
    update batch s set session_id = x.id from session x
    where {UNPLANNED} and (x.schedule_id, x.scheduled_on) = (s.schedule_id, s.scheduled_on)
"""
_HOLD = """
    select id, state from session
    where id in (select session_id from batch where effect in ('created', 'changed'))
    order by id for no key update
"""
_HELD = f"""
    update session set state = 'held', follows_schedule = false, recorded_by = $2, {BUMP}
    where id = any($1::uuid[])
    returning id as session_id, operation, unit, planned_on as held_on
"""


async def check_sessions(conn: Connection, _delivery: Delivery) -> Verdict:
    """Refuse what only the whole delivery shows, and days that their schedule does not give."""
    errors = await _not_given(conn)
    refused = list({error.row_no for error in errors})
    for row in await conn.fetch(_COUNTED_TWICE, refused):
        said = (row["row_no"], "already_counted", _COUNTED, "ageGroup", row["source_key"])
        errors.append(RowError(*said))
    return Verdict(errors)


async def _not_given(conn: Connection) -> list[RowError]:
    named: dict[Any, list[Mapping[str, Any]]] = defaultdict(list)
    for row in await conn.fetch(_NOT_PLANNED_YET):
        named[row["schedule_id"]].append(row)
    errors: list[RowError] = []
    for said in await conn.fetch("select * from schedule where id = any($1::uuid[])", list(named)):
        occasions = await occasions_of(conn, dict(said), today())
        errors += [error for row in named[said["id"]] for error in _refusals(row, occasions)]
    return errors


def _refusals(row: Mapping[str, Any], occasions: Mapping[date, Occasion]) -> Iterator[RowError]:
    occasion = occasions.get(row["scheduled_on"])
    said: tuple[str, str, str] | None = None
    if occasion is None:
        said = ("scheduledOn", "unknown_session", "The schedule has no session on that day.")
    elif occasion.stopped is not None:
        said = ("scheduledOn", "session_cancelled", _CANCELLED)
    elif occasion.planned_on != row["held_on"]:
        said = ("heldOn", "not_the_sessions", _ANOTHER)
    if said is not None:
        field, code, detail = said
        yield RowError(row["row_no"], code, detail, field, row["source_key"])


async def hold_sessions(conn: Connection, batch: Batch) -> None:
    """Make the sessions of a batch's visits held, as a report does; plan those that are not yet."""
    for said in await conn.fetch(_GIVING):
        await follow(conn, dict(said), reason=batch.reason)
    await conn.execute(_FIND)
    found = await conn.fetch(_HOLD)
    planned = [row["id"] for row in found if row["state"] == SessionState.PLANNED]
    if not planned:
        return
    await keep_version(conn, Kind.SESSION, planned, reason=batch.reason, by=batch.by)
    held = await conn.fetch(_HELD, planned, batch.by)
    await facts.settle(conn, Kind.SESSION, planned, reason=batch.reason)
    await outbox.record(conn, [SessionHeld(**row) for row in held], ROUTES)
