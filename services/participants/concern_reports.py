"""Write concern reports, sign them, send them, correct them; nothing of them is taken away.

Who writes one never sees it again: it is the responsible manager's, and that of whoever holds
the office later. Reading is logged under the report's own id: the log of a person, which others
may give out, does not tell that there is a report.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from services.participants import queries
from services.participants.domain.concern_reports import Concern, Reporter, read, written
from services.participants.errors.concern_reports import (
    ConcernReportNotSigned,
    ConcernReportSent,
    ConcernReportSigned,
    ConcernTimesDisordered,
)
from services.participants.figures import facts
from shared.clock import utcnow
from shared.db import WriteSession, driver
from shared.events import new_id
from shared.journal import Cause, settle
from shared.records import BUMP, RecordVersion, keep_version, record_history
from shared.unit import require_version

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from asyncpg import Record

    from services.participants.schemas.concern_report import ConcernCorrectionIn, ConcernReportIn
    from services.participants.sealing import Seals
    from shared.auth import Caller
    from shared.db import Connection

TABLE = "concern_report"

_WRITE = """
    insert into concern_report
        (id, unit, written_by, suspected_at, written_at, called_at, content_sealed)
    values ($1, $2, $3, $4, $5, $6, $7)
"""
_TIMES = ("suspected_at", "written_at", "called_at", "sent_at")


async def write(
    session: WriteSession, given: ConcernReportIn, *, seals: Seals, by: Caller
) -> Record:
    """Write a report and return it without what it says.

    A unit without a manager can be written for: a concern is never lost for want of an office.

    Raises:
        UnitNotAllowed: the unit is not the caller's.
        PersonNotFound: the person is not for this caller to see.
        ConcernTimesDisordered: the times cannot be.

    """
    by.require_unit(given.unit)
    conn = await driver(session)
    if given.person_id is not None:
        await queries.person(conn, given.person_id, by=by)
    report_id = new_id()
    written_at = given.written_at or utcnow()
    _check_times(given.suspected_at, written_at, given.called_at, None)
    sealed = seals.seal_content(written(given.content), table=TABLE, record_id=report_id)
    values = (given.suspected_at, written_at, given.called_at, sealed)
    await conn.execute(_WRITE, report_id, given.unit, by.subject, *values)
    await _settle(conn, report_id, cause=Cause.NEW, reason="written", fresh=True)
    return await queries.concern_report_written(conn, report_id)


async def sign(session: WriteSession, report_id: UUID, *, expected: int, by: Caller) -> Record:
    """Sign a report as the unit's responsible manager.

    Raises:
        ConcernReportNotFound: not there, or the caller is not that manager today.
        PreconditionFailed: somebody changed it since the version that was read.
        ConcernReportSigned: already.

    """
    conn = await driver(session)
    held = await _held(conn, report_id, expected, by)
    if held["signed_at"] is not None:
        raise ConcernReportSigned
    changes = {"signed_by": by.subject, "signed_at": utcnow()}
    return await _change(conn, report_id, changes, cause=Cause.NEW, reason="signed", by=by)


async def send(
    session: WriteSession, report_id: UUID, *, sent_at: datetime, expected: int, by: Caller
) -> Record:
    """Record that a signed report was sent to the social services.

    Raises:
        ConcernReportNotFound: not there, or the caller is not its manager today.
        PreconditionFailed: somebody changed it since the version that was read.
        ConcernReportNotSigned, ConcernReportSent, ConcernTimesDisordered: the rule that is broken.

    """
    conn = await driver(session)
    held = await _held(conn, report_id, expected, by)
    if held["signed_at"] is None:
        raise ConcernReportNotSigned
    if held["sent_at"] is not None:
        raise ConcernReportSent
    _check_times(held["suspected_at"], held["written_at"], held["called_at"], sent_at)
    changes = {"sent_at": sent_at}
    return await _change(conn, report_id, changes, cause=Cause.NEW, reason="sent", by=by)


async def correct(
    session: WriteSession,
    report_id: UUID,
    given: ConcernCorrectionIn,
    *,
    expected: int,
    seals: Seals,
    by: Caller,
) -> Record:
    """Correct a report by a new version; the manager who corrects a signed one signs it anew.

    Raises:
        ConcernReportNotFound: not there, or the caller is not its manager today.
        PreconditionFailed: somebody changed it since the version that was read.
        ScopeMissing: it is about a person whose protected identity the caller may not see.
        ConcernReportNotSigned, ConcernTimesDisordered: the rule that is broken.

    """
    conn = await driver(session)
    held = await _held(conn, report_id, expected, by)
    concern = await opened(conn, held, seals=seals, by=by)
    changes: dict[str, Any] = {
        name: getattr(given, name) for name in _TIMES if getattr(given, name) is not None
    }
    if "sent_at" in changes and held["sent_at"] is None:
        raise ConcernReportNotSigned("Only a report that was sent has a time of sending.")
    suspected_at, written_at, called_at, sent_at = (
        changes.get(name, held[name]) for name in _TIMES
    )
    _check_times(suspected_at, written_at, called_at, sent_at)
    content = written(_corrected(concern, given))
    changes["content_sealed"] = seals.seal_content(content, table=TABLE, record_id=report_id)
    if held["signed_at"] is not None:
        changes |= {"signed_by": by.subject, "signed_at": utcnow()}
    cause = Cause.CORRECTION
    return await _change(conn, report_id, changes, cause=cause, reason=given.reason, by=by)


async def opened(conn: Connection, row: Record, *, seals: Seals, by: Caller) -> Concern:
    """Return what a report says.

    Raises:
        ScopeMissing: it is about a person whose protected identity the caller may not see.

    """
    concern = read(seals.open_content(row["content_sealed"], table=TABLE, record_id=row["id"]))
    if concern.person_id is not None and not queries.may_see_protected(by):
        known = "select exists (select from person where id = $1 and protection = 'none')"
        if not await conn.fetchval(known, concern.person_id):
            by.require_scope(queries.PROTECTED)
    return concern


async def history(
    conn: Connection, report_id: UUID, *, seals: Seals, by: Caller
) -> list[tuple[RecordVersion, Concern]]:
    """Return every version of a report with what it said, the oldest first.

    Raises:
        ConcernReportNotFound: not there, or the caller is not its manager today.
        ScopeMissing: see `opened`.

    """
    await opened(conn, await queries.concern_report(conn, report_id, by=by), seals=seals, by=by)
    versions = await record_history(conn, TABLE, report_id)
    return [
        (
            each,
            read(
                seals.open_content(
                    bytes.fromhex(each.body["content_sealed"].removeprefix("\\x")),
                    table=TABLE,
                    record_id=report_id,
                )
            ),
        )
        for each in versions
    ]


async def _held(conn: Connection, report_id: UUID, expected: int, by: Caller) -> Record:
    held = await queries.concern_report(conn, report_id, by=by, lock=True)
    require_version(expected, held["version"])
    return held


async def _change(
    conn: Connection,
    report_id: UUID,
    changes: dict[str, Any],
    *,
    cause: Cause,
    reason: str,
    by: Caller,
) -> Record:
    await keep_version(conn, TABLE, [report_id], reason=reason, by=by.subject)
    assignments = "".join(f"{name} = ${at}, " for at, name in enumerate(changes, start=2))
    await conn.execute(
        f"update concern_report set {assignments}{BUMP} where id = $1",
        report_id,
        *changes.values(),
    )
    await _settle(conn, report_id, cause=cause, reason=reason)
    return await queries.concern_report(conn, report_id, by=by)


async def _settle(
    conn: Connection, report_id: UUID, *, cause: Cause, reason: str, fresh: bool = False
) -> None:
    await settle(
        conn,
        facts.JOURNAL,
        TABLE,
        [report_id],
        wanted_sql=facts.CONCERN_REPORT,
        cause=cause,
        reason=reason,
        fresh=fresh,
    )


def _corrected(concern: Concern, given: ConcernCorrectionIn) -> Concern:
    officer = given.reporter
    return msgspec.structs.replace(
        concern,
        child=given.child or concern.child,
        concern=given.concern or concern.concern,
        reporter=concern.reporter
        if officer is None
        else Reporter(officer.name, officer.title, officer.phone),
    )


def _check_times(
    suspected_at: datetime,
    written_at: datetime,
    called_at: datetime | None,
    sent_at: datetime | None,
) -> None:
    """Refuse times that have not come, or that do not follow each other, naming which."""
    now = utcnow()
    order = (
        ("suspectedAt", suspected_at, None),
        ("writtenAt", written_at, suspected_at),
        ("calledAt", called_at, suspected_at),
        ("sentAt", sent_at, written_at),
    )
    for name, at, after in order:
        if at is not None and at > now:
            raise ConcernTimesDisordered.of(name, "in_future", "The time has not come.")
        if at is not None and after is not None and at < after:
            raise ConcernTimesDisordered.of(name, "too_early", "It lies before what it follows.")
