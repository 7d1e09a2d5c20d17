"""Record what participants of ESF projects say: circumstances at entry, results after leaving."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from services.participants import esf_participations, queries
from services.participants.domain.esf import RESULT_WINDOW
from services.participants.errors.enrolments import EnrolmentRetracted
from services.participants.errors.esf import (
    AnsweredInFuture,
    ConsentNeeded,
    NotAnEsfProject,
    ResultOutsideWindow,
    ResultsBeforeExit,
)
from shared.clock import today
from shared.db import driver
from shared.journal import Cause
from shared.records import BUMP, keep_version
from shared.unit import require_version

if TYPE_CHECKING:
    from uuid import UUID

    from asyncpg import Record

    from services.participants.schemas.esf_answers import EsfResultsIn, EsfStatementIn
    from shared.auth import Caller
    from shared.db import Connection, WriteSession


async def record_results(
    session: WriteSession, enrolment_id: UUID, given: EsfResultsIn, *, expected: int, by: Caller
) -> Record:
    """Record what had come of the participation within four weeks of leaving.

    Said again, it takes the place of what was said before; the version before is kept.

    Raises:
        EnrolmentNotFound, PreconditionFailed, EnrolmentRetracted, NotAnEsfProject: see there.
        ResultsBeforeExit, ResultOutsideWindow, AnsweredInFuture: the rule that is broken.

    """
    conn = await driver(session)
    held = await _held(conn, enrolment_id, expected, by)
    if held["exited_on"] is None:
        raise ResultsBeforeExit
    last = held["exited_on"] + RESULT_WINDOW
    if not held["exited_on"] <= given.observed_on <= last:
        raise ResultOutsideWindow(last=last.isoformat())
    if given.observed_on > today():
        raise AnsweredInFuture
    values = {"esf_results": sorted(set(given.results)), "esf_results_on": given.observed_on}
    cause = Cause.PROGRESS if held["esf_results_on"] is None else Cause.CORRECTION
    return await _write(conn, enrolment_id, values, cause=cause, reason=given.reason, by=by)


async def record_statement(
    session: WriteSession, enrolment_id: UUID, given: EsfStatementIn, *, expected: int, by: Caller
) -> Record:
    """Record what a participant says of themselves and consents to, or that they withdraw it.

    Raises:
        EnrolmentNotFound, PreconditionFailed, EnrolmentRetracted, NotAnEsfProject: see there.
        ConsentNeeded, AnsweredInFuture: the rule that is broken.

    """
    conn = await driver(session)
    held = await _held(conn, enrolment_id, expected, by)
    if (given.circumstances is None) is not (given.consented_on is None):
        raise ConsentNeeded
    if given.consented_on is not None and given.consented_on > today():
        raise AnsweredInFuture
    said = None if given.circumstances is None else sorted(set(given.circumstances))
    values = {"esf_circumstances": said, "esf_consented_on": given.consented_on}
    cause = Cause.CORRECTION
    if said is None:
        cause = Cause.RETRACTION
    elif held["esf_consented_on"] is None:
        cause = Cause.PROGRESS
    return await _write(conn, enrolment_id, values, cause=cause, reason=given.reason, by=by)


async def _held(conn: Connection, enrolment_id: UUID, expected: int, by: Caller) -> Record:
    held = await queries.one(conn, queries.ESF_ANSWERS, enrolment_id, by=by, lock=True)
    require_version(expected, held["version"])
    if held["retracted"]:
        raise EnrolmentRetracted
    if not held["esf"]:
        raise NotAnEsfProject
    return held


async def _write(
    conn: Connection,
    enrolment_id: UUID,
    values: dict[str, Any],
    *,
    cause: Cause,
    reason: str,
    by: Caller,
) -> Record:
    await keep_version(conn, "enrolment", [enrolment_id], reason=reason, by=by.subject)
    assignments = "".join(f"{name} = ${place}, " for place, name in enumerate(values, start=2))
    await conn.execute(
        f"update enrolment set {assignments}{BUMP} where id = $1", enrolment_id, *values.values()
    )
    await esf_participations.settle(conn, [enrolment_id], cause=cause, reason=reason)
    return await queries.one(conn, queries.ESF_ANSWERS, enrolment_id, by=by)
