"""Activities (insatser) during an enrolment: begun, ended, corrected, retracted.

They lie within their enrolment. What goes on at the exit ends with it, and moves with the exit
when that is corrected; an activity counts only while its enrolment stands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from pydantic.alias_generators import to_camel

from services.participants import follow_ups, queries
from services.participants.errors.activities import (
    ActivityEnded,
    ActivityOutsideEnrolment,
    ActivityRetracted,
    EndBeforeStart,
)
from services.participants.errors.enrolments import EnrolmentRetracted
from services.participants.errors.records import ValueNeeded
from services.participants.figures import facts
from shared.clock import utcnow
from shared.db import WriteSession, driver
from shared.journal import Cause, settle
from shared.records import BUMP, keep_version
from shared.unit import require_version

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asyncpg import Record

    from services.participants.schemas.activity import (
        ActivityCorrectionIn,
        ActivityEndIn,
        ActivityIn,
    )
    from shared.auth import Caller
    from shared.db import Connection

_BEGIN = """
    insert into activity (enrolment_id, kind, provider, hours_per_month, started_on)
    values ($1, $2, $3, $4, $5) returning id
"""


def outside(enrolment: str) -> str:
    """Return the SQL that an activity ``a`` lies outside what the alias says of its enrolment."""
    return f"""(a.retracted_at is null
        and (a.started_on < {enrolment}.started_on or a.started_on > {enrolment}.exited_on
             or (not a.ended_by_exit and a.ended_on > {enrolment}.exited_on)))"""


_OUTSIDE = f"""
    select exists (select from activity a join enrolment e on e.id = a.enrolment_id
                   where e.id = any($1::uuid[]) and {outside("e")})
"""

# What an exit does to the activities that go on then, and what taking it back undoes. An exit that
# a register's silence gives may precede an end, or even a start, that was put on record.
_ENDED_ON = "case when e.exited_on is not null then greatest(e.exited_on, a.started_on) end"
_OUTCOME = """
    case when e.exited_on is null then null when e.outcome = 'work' then 'work'
         when e.outcome = 'studies' then 'studies' else 'interrupted' end
"""
_MISPLACED = f"""
    select a.id from activity a join enrolment e on e.id = a.enrolment_id
    where e.id = any($1::uuid[]) and e.retracted_at is null and a.retracted_at is null
      and (a.ended_by_exit or a.ended_on is null or a.ended_on > e.exited_on)
      and (a.ended_on, a.outcome) is distinct from ({_ENDED_ON}, {_OUTCOME})
"""
_REPLACE = f"""
    update activity set ended_on = said.ended_on, outcome = said.outcome,
           ended_by_exit = said.ended_on is not null, {BUMP}
    from (select a.id as activity_id, {_ENDED_ON} as ended_on, {_OUTCOME} as outcome
          from activity a join enrolment e on e.id = a.enrolment_id
          where a.id = any($1::uuid[])) said
    where activity.id = said.activity_id
"""


async def begin(session: WriteSession, given: ActivityIn, *, by: Caller) -> Record:
    """Record that an activity has begun.

    Raises:
        EnrolmentNotFound: not there, or not for this caller to see.
        EnrolmentRetracted, ActivityOutsideEnrolment: the rule that is broken.
        ActivityOverlap: from the database's own constraint.

    """
    conn = await driver(session)
    enrolled = await queries.one(conn, queries.ENROLMENT, given.enrolment_id, by=by, lock=True)
    if enrolled["retracted"]:
        raise EnrolmentRetracted
    begun = await conn.fetchval(
        _BEGIN,
        given.enrolment_id,
        given.kind,
        given.provider,
        given.hours_per_month,
        given.started_on,
    )
    await _agree(conn, given.enrolment_id, cause=Cause.NEW, reason="begun", by=by.subject)
    return await queries.one(conn, queries.ACTIVITY, begun, by=by)


async def end(
    session: WriteSession, activity_id: UUID, given: ActivityEndIn, *, by: Caller
) -> Record:
    """Record how an activity ended; the day itself is the first without it.

    Raises:
        ActivityNotFound: not there, or not for this caller to see.
        ActivityRetracted, ActivityEnded, EndBeforeStart, ActivityOutsideEnrolment: the rule.

    """
    conn = await driver(session)
    held = await _live(conn, activity_id, by=by)
    if held["ended_on"] is not None:
        raise ActivityEnded
    values = {"ended_on": given.ended_on, "outcome": given.outcome}
    await _rewrite(conn, held, values, cause=Cause.NEW, reason="ended", by=by.subject)
    return await queries.one(conn, queries.ACTIVITY, activity_id, by=by)


async def correct(
    session: WriteSession,
    activity_id: UUID,
    correction: ActivityCorrectionIn,
    *,
    expected: int,
    by: Caller,
) -> Record:
    """Correct what was recorded wrongly; bases given before keep what was believed then.

    Raises:
        ActivityNotFound: not there, or not for this caller to see.
        PreconditionFailed: the activity changed since the caller read it.
        ActivityRetracted, EndBeforeStart, ActivityOutsideEnrolment: the rule that is broken.
        ActivityOverlap: from the database's own constraint.

    """
    conn = await driver(session)
    held = await _live(conn, activity_id, by=by)
    require_version(expected, held["version"])
    changes = _corrected(correction)
    cause = Cause.CORRECTION
    await _rewrite(conn, held, changes, cause=cause, reason=correction.reason, by=by.subject)
    return await queries.one(conn, queries.ACTIVITY, activity_id, by=by)


async def retract(
    session: WriteSession, activity_id: UUID, *, expected: int, reason: str, by: Caller
) -> Record:
    """Take back an activity that never was true.

    Raises:
        ActivityNotFound: not there, or not for this caller to see.
        PreconditionFailed: the activity changed since the caller read it.
        ActivityRetracted: already.

    """
    conn = await driver(session)
    held = await _live(conn, activity_id, by=by)
    require_version(expected, held["version"])
    gone = {"retracted_at": utcnow()}
    await _rewrite(conn, held, gone, cause=Cause.RETRACTION, reason=reason, by=by.subject)
    return await queries.one(conn, queries.ACTIVITY, activity_id, by=by)


async def realign(
    conn: Connection, enrolments: Sequence[UUID], *, cause: Cause, reason: str, by: str
) -> None:
    """Make the activities of changed enrolments agree with them, and settle their facts."""
    rows = await conn.fetch(_MISPLACED, list(enrolments))
    misplaced = [row["id"] for row in rows]
    if misplaced:
        await keep_version(conn, "activity", misplaced, reason=reason, by=by)
        await conn.execute(_REPLACE, misplaced)
    rows = await conn.fetch(
        "select id from activity where enrolment_id = any($1::uuid[])", list(enrolments)
    )
    await settle(
        conn,
        facts.JOURNAL,
        "activity",
        [row["id"] for row in rows],
        wanted_sql=facts.ACTIVITY,
        cause=cause,
        reason=reason,
    )


async def require_within(conn: Connection, enrolment_id: UUID) -> None:
    """Refuse what would leave an activity outside its enrolment.

    Raises:
        ActivityOutsideEnrolment: one lies before the entry or after the exit.

    """
    if await conn.fetchval(_OUTSIDE, [enrolment_id]):
        raise ActivityOutsideEnrolment


async def _live(conn: Connection, activity_id: UUID, *, by: Caller) -> Record:
    """Return an activity that was not retracted, its enrolment locked first as an exit does."""
    held = await queries.one(conn, queries.ACTIVITY, activity_id, by=by)
    enrolled = await queries.one(conn, queries.ENROLMENT, held["enrolment_id"], by=by, lock=True)
    held = await queries.one(conn, queries.ACTIVITY, activity_id, by=by)
    if enrolled["retracted"]:
        raise EnrolmentRetracted
    if held["retracted"]:
        raise ActivityRetracted
    return held


async def _rewrite(
    conn: Connection, held: Record, values: dict[str, Any], *, cause: Cause, reason: str, by: str
) -> None:
    after = {**held, **values}
    if after["ended_on"] is not None and after["ended_on"] < after["started_on"]:
        raise EndBeforeStart
    await keep_version(conn, "activity", [held["id"]], reason=reason, by=by)
    assignments = "".join(f"{name} = ${place}, " for place, name in enumerate(values, start=2))
    await conn.execute(
        f"update activity set {assignments}{BUMP} where id = $1", held["id"], *values.values()
    )
    await _agree(conn, held["enrolment_id"], cause=cause, reason=reason, by=by)


async def _agree(
    conn: Connection, enrolment_id: UUID, *, cause: Cause, reason: str, by: str
) -> None:
    await require_within(conn, enrolment_id)
    await realign(conn, [enrolment_id], cause=cause, reason=reason, by=by)
    await follow_ups.realign(conn, [enrolment_id], cause=cause, reason=reason, by=by)


def _corrected(correction: ActivityCorrectionIn) -> dict[str, Any]:
    """Return the columns a correction names, with their new values."""
    given = correction.model_fields_set - {"reason", "end"}
    changes: dict[str, Any] = {name: getattr(correction, name) for name in given}
    for name in ("kind", "started_on"):
        if name in changes and changes[name] is None:
            raise ValueNeeded.of(to_camel(name), "null", "A value is needed.")
    if "end" in correction.model_fields_set:
        end_ = correction.end
        changes |= {
            "ended_on": end_.ended_on if end_ else None,
            "outcome": end_.outcome if end_ else None,
            "ended_by_exit": False,
        }
    return changes
