"""Keep units' routine documents alive: decided, reviewed in time, corrected, withdrawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from services.participants import queries
from services.participants.errors.routine_documents import (
    ReviewDaysDisordered,
    ReviewedAlready,
    RoutineWithdrawn,
)
from services.participants.figures import facts
from shared.clock import today
from shared.db import WriteSession, driver
from shared.journal import Cause, settle
from shared.records import BUMP, keep_version
from shared.unit import require_version

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from asyncpg import Record

    from services.participants.schemas.routine_document import (
        RoutineCorrectionIn,
        RoutineDocumentIn,
        RoutineReviewIn,
    )
    from shared.auth import Caller
    from shared.db import Connection

_DECIDE = """
    insert into routine_document (unit, kind, title, owner, edition)
    values ($1, $2, $3, $4, $5) returning id
"""
_REVIEW = """
    insert into routine_review (document_id, reviewed_on, next_review_on) values ($1, $2, $3)
"""
_BEFORE = """
    select max(reviewed_on) from routine_review where document_id = $1 and id <> $2
"""


async def decide(session: WriteSession, given: RoutineDocumentIn, *, by: Caller) -> Record:
    """Record a routine that a unit has decided on.

    Raises:
        UnitNotAllowed: the unit is not the caller's.
        ReviewDaysDisordered: the days cannot be.
        UnknownUnit, RoutineDocumentExists: from the database's own constraints.

    """
    by.require_unit(given.unit)
    _check_days(given.reviewed_on, given.next_review_on)
    conn = await driver(session)
    document_id: UUID = await conn.fetchval(
        _DECIDE, given.unit, given.kind, given.title, given.owner, given.edition
    )
    await conn.execute(_REVIEW, document_id, given.reviewed_on, given.next_review_on)
    await _settle(conn, document_id, cause=Cause.NEW, reason="decided", fresh=True)
    return await queries.routine_document(conn, document_id, by=by)


async def review(
    session: WriteSession, document_id: UUID, given: RoutineReviewIn, *, expected: int, by: Caller
) -> Record:
    """Record that a routine was gone through.

    Raises:
        RoutineDocumentNotFound: not there, or not for this caller to see.
        PreconditionFailed: somebody changed it since the version that was read.
        RoutineWithdrawn, ReviewedAlready, ReviewDaysDisordered: the rule that is broken.

    """
    conn = await driver(session)
    held = await _in_force(conn, document_id, expected, by)
    if given.reviewed_on <= held["reviewed_on"]:
        raise ReviewedAlready
    _check_days(given.reviewed_on, given.next_review_on)
    await _change(
        conn,
        document_id,
        _given(edition=given.edition, owner=given.owner),
        reason="reviewed",
        by=by,
    )
    await conn.execute(_REVIEW, document_id, given.reviewed_on, given.next_review_on)
    await _settle(conn, document_id, cause=Cause.NEW, reason="reviewed")
    return await queries.routine_document(conn, document_id, by=by)


async def correct(
    session: WriteSession,
    document_id: UUID,
    given: RoutineCorrectionIn,
    *,
    expected: int,
    by: Caller,
) -> Record:
    """Correct a routine or its last review; what was recorded before is kept.

    Raises:
        RoutineDocumentNotFound: not there, or not for this caller to see.
        PreconditionFailed: somebody changed it since the version that was read.
        RoutineWithdrawn, ReviewedAlready, ReviewDaysDisordered: the rule that is broken.

    """
    conn = await driver(session)
    held = await _in_force(conn, document_id, expected, by)
    reviewed_on = given.reviewed_on or held["reviewed_on"]
    next_review_on = given.next_review_on or held["next_review_on"]
    _check_days(reviewed_on, next_review_on)
    before = await conn.fetchval(_BEFORE, document_id, held["review_id"])
    if before is not None and reviewed_on <= before:
        raise ReviewedAlready
    changes = _given(title=given.title, owner=given.owner, edition=given.edition)
    await _change(conn, document_id, changes, reason=given.reason, by=by)
    review_id: UUID = held["review_id"]
    await keep_version(conn, "routine_review", [review_id], reason=given.reason, by=by.subject)
    await conn.execute(
        f"update routine_review set reviewed_on = $2, next_review_on = $3, {BUMP} where id = $1",
        review_id,
        reviewed_on,
        next_review_on,
    )
    await _settle(conn, document_id, cause=Cause.CORRECTION, reason=given.reason)
    return await queries.routine_document(conn, document_id, by=by)


async def withdraw(
    session: WriteSession,
    document_id: UUID,
    *,
    withdrawn_on: date,
    reason: str,
    expected: int,
    by: Caller,
) -> Record:
    """Withdraw a routine: from the day on it no longer holds, nor is its review due.

    Raises:
        RoutineDocumentNotFound: not there, or not for this caller to see.
        PreconditionFailed: somebody changed it since the version that was read.
        RoutineWithdrawn: already.
        ReviewDaysDisordered: it was reviewed later than that.

    """
    conn = await driver(session)
    held = await _in_force(conn, document_id, expected, by)
    if withdrawn_on < held["reviewed_on"]:
        raise ReviewDaysDisordered.of("withdrawnOn", "too_early", "It was reviewed later.")
    await _change(conn, document_id, {"withdrawn_on": withdrawn_on}, reason=reason, by=by)
    await _settle(conn, document_id, cause=Cause.NEW, reason=reason)
    return await queries.routine_document(conn, document_id, by=by)


async def _in_force(conn: Connection, document_id: UUID, expected: int, by: Caller) -> Record:
    held = await queries.routine_document(conn, document_id, by=by, lock=True)
    require_version(expected, held["version"])
    if held["withdrawn_on"] is not None:
        raise RoutineWithdrawn
    return held


def _given(**values: str | None) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


async def _change(
    conn: Connection, document_id: UUID, changes: dict[str, Any], *, reason: str, by: Caller
) -> None:
    await keep_version(conn, "routine_document", [document_id], reason=reason, by=by.subject)
    assignments = "".join(f"{name} = ${at}, " for at, name in enumerate(changes, start=2))
    await conn.execute(
        f"update routine_document set {assignments}{BUMP} where id = $1",
        document_id,
        *changes.values(),
    )


async def _settle(
    conn: Connection, document_id: UUID, *, cause: Cause, reason: str, fresh: bool = False
) -> None:
    await settle(
        conn,
        facts.JOURNAL,
        "routine_document",
        [document_id],
        wanted_sql=facts.ROUTINE_DOCUMENT,
        cause=cause,
        reason=reason,
        fresh=fresh,
    )


def _check_days(reviewed_on: date, next_review_on: date) -> None:
    if reviewed_on > today():
        raise ReviewDaysDisordered.of("reviewedOn", "in_future", "The day has not come.")
    if next_review_on <= reviewed_on:
        raise ReviewDaysDisordered.of("nextReviewOn", "too_early", "It lies before the review.")
