"""Answer follow-ups, late ones too, correct answers, and take them back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.participants import esf_participations, queries
from services.participants.domain.codes import FollowUpKind, FollowUpState
from services.participants.domain.follow_ups import agree, asks_improvement, asks_status
from services.participants.errors.follow_ups import (
    AnsweredBeforeDue,
    AnsweredBeforeExit,
    AnsweredInFuture,
    EmploymentStatusNeeded,
    EmploymentStatusNotAsked,
    FollowUpClosed,
    FollowUpNotAnswered,
    FollowUpNotDue,
    ImprovementNeeded,
    ImprovementNotAsked,
    StatusContradictsResult,
)
from services.participants.events import ROUTES, FollowUpCompleted
from services.participants.figures import facts
from shared import outbox
from shared.clock import today
from shared.db import driver
from shared.journal import Cause, settle
from shared.records import BUMP, keep_version
from shared.unit import require_version

if TYPE_CHECKING:
    from uuid import UUID

    from asyncpg import Record

    from services.participants.schemas.follow_up import FollowUpResultIn
    from shared.auth import Caller
    from shared.db import Connection, WriteSession

_ANSWER = f"""
    update follow_up set state = 'answered', result = $2, answered_on = $3,
           employment_status = $4, improvement = $5, {BUMP}
    where id = $1
"""

_TAKE_BACK = f"""
    update follow_up set state = 'open', result = null, answered_on = null,
           employment_status = null, improvement = null, {BUMP}
    where id = $1
"""


async def answer(
    session: WriteSession, follow_up_id: UUID, given: FollowUpResultIn, *, by: Caller
) -> Record:
    """Record what the person does some months later.

    Raises:
        FollowUpNotFound: not there, or not for this caller to see.
        FollowUpNotDue: the day has not come.
        FollowUpClosed: answered already, or cancelled with its exit.
        DomainError: those of an answer that cannot be: `_check`.

    """
    conn = await driver(session)
    held = await queries.one(conn, queries.FOLLOW_UP, follow_up_id, by=by, lock=True)
    if held["state"] == FollowUpState.PLANNED:
        raise FollowUpNotDue(due_on=held["due_on"].isoformat())
    if held["state"] != FollowUpState.OPEN:
        raise FollowUpClosed
    _check(held, given)
    return await _write(conn, held, given, cause=Cause.PROGRESS, reason="answered", by=by)


async def correct(
    session: WriteSession,
    follow_up_id: UUID,
    given: FollowUpResultIn | None,
    *,
    reason: str,
    expected: int,
    by: Caller,
) -> Record:
    """Put another answer in the place of one, or none; bases given before keep the old one.

    Raises:
        FollowUpNotFound: not there, or not for this caller to see.
        PreconditionFailed: it changed since the caller read it.
        FollowUpNotAnswered: there is no answer.
        DomainError: those of an answer that cannot be: `_check`.

    """
    conn = await driver(session)
    held = await queries.one(conn, queries.FOLLOW_UP, follow_up_id, by=by, lock=True)
    require_version(expected, held["version"])
    if held["state"] != FollowUpState.ANSWERED:
        raise FollowUpNotAnswered
    if given is not None:
        _check(held, given)
    cause = Cause.RETRACTION if given is None else Cause.CORRECTION
    return await _write(conn, held, given, cause=cause, reason=reason, by=by)


async def _write(
    conn: Connection,
    held: Record,
    given: FollowUpResultIn | None,
    *,
    cause: Cause,
    reason: str,
    by: Caller,
) -> Record:
    await keep_version(conn, "follow_up", [held["id"]], reason=reason, by=by.subject)
    if given is None:
        await conn.execute(_TAKE_BACK, held["id"])
    else:
        await conn.execute(
            _ANSWER,
            held["id"],
            given.result,
            given.answered_on,
            given.employment_status,
            given.improvement,
        )
        await outbox.record(conn, [_completed(held, given)], ROUTES)
    await settle(
        conn,
        facts.JOURNAL,
        "follow_up",
        [held["id"]],
        wanted_sql=facts.FOLLOW_UP,
        cause=cause,
        reason=reason,
    )
    if held["kind"] == FollowUpKind.ESF:
        await esf_participations.settle(conn, [held["enrolment_id"]], cause=cause, reason=reason)
    return await queries.one(conn, queries.FOLLOW_UP, held["id"], by=by)


def _check(held: Record, given: FollowUpResultIn) -> None:
    """Refuse an answer that cannot be, by the first rule it breaks."""
    if given.answered_on < held["exited_on"]:
        raise AnsweredBeforeExit
    if given.answered_on < held["due_on"]:
        raise AnsweredBeforeDue(due_on=held["due_on"].isoformat())
    if given.answered_on > today():
        raise AnsweredInFuture
    status = given.employment_status
    if not asks_status(held["kind"]):
        if status is not None:
            raise EmploymentStatusNotAsked
    elif status is None:
        raise EmploymentStatusNeeded
    elif not agree(given.result, status):
        raise StatusContradictsResult
    asked = asks_improvement(held["kind"], held["status_at_first_entry"], status)
    if asked and given.improvement is None:
        raise ImprovementNeeded
    if given.improvement is not None and not asked:
        raise ImprovementNotAsked


def _completed(held: Record, given: FollowUpResultIn) -> FollowUpCompleted:
    return FollowUpCompleted(
        follow_up_id=held["id"],
        enrolment_id=held["enrolment_id"],
        version_after=held["version"] + 1,
        kind=held["kind"],
        unit=held["unit"],
        due_on=held["due_on"],
        answered_on=given.answered_on,
        result=given.result,
    )
