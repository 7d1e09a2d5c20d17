"""Attest hours of participation, correct them, withdraw them; budget is told each time.

Attested hours of a project's participants are worth money to it: co-financing in kind
(deltagarersättning). Budget gets project, month and minutes, and nothing about the person.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.participants import queries
from services.participants.domain.hours import (
    MINUTES,
    MOST_HOURS_A_DAY,
    covered_days,
    hours_text,
    most_minutes,
)
from services.participants.errors.enrolments import EnrolmentRetracted
from services.participants.errors.hours import (
    AttestationWithdrawn,
    MonthNotCovered,
    MoreHoursThanDays,
    NoAttendance,
)
from services.participants.events import ROUTES, HoursAttested
from shared import outbox
from shared.clock import today
from shared.db import driver
from shared.records import BUMP, keep_version
from shared.unit import require_version

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from asyncpg import Record

    from shared.auth import Caller
    from shared.db import Connection, WriteSession

_ATTEST = """
    insert into hour_attestation (enrolment_id, programme, month, minutes, attested_by,
                                  from_attendance)
    values ($1, $2, $3, $4, $5, $6) returning id
"""

# Hours that the corrected enrolment no longer holds: the same rule as `covered_days`, for many.
_MISPLACED = f"""
    select h.id from hour_attestation h join enrolment e on e.id = h.enrolment_id
    where h.enrolment_id = any($1::uuid[]) and h.withdrawn_at is null
      and (e.retracted_at is not null or e.programme <> h.programme
           or h.minutes > {MOST_HOURS_A_DAY * MINUTES}
              * (least(e.exited_on, (h.month + interval '1 month')::date, $2::date + 1)
                 - greatest(e.started_on, h.month)))
    order by h.id
"""

# A programme that stands for no project of budget's concerns nobody else.
_TOLD = """
    select h.id, h.version, p.project_reference, h.programme, h.month,
           case when h.withdrawn_at is null then h.minutes else 0 end as minutes
    from hour_attestation h join programme p on p.code = h.programme
    where h.id = any($1::uuid[])
      and p.project_reference ~ '^[A-Za-z0-9][A-Za-z0-9-]{0,19}$'
    order by h.id
"""


async def attest(
    session: WriteSession, enrolment_id: UUID, *, month: date, minutes: int | None, by: Caller
) -> Record:
    """Vouch for the hours of an enrolment in a month: those stated, or those of its attendance.

    Raises:
        EnrolmentNotFound: not there, or not for this caller to see.
        EnrolmentRetracted, MonthNotCovered, NoAttendance, MoreHoursThanDays: the rule that is
            broken.
        HoursAttestedAlready: from the database's own constraint.

    """
    conn = await driver(session)
    held = await queries.one(conn, queries.ENROLMENT, enrolment_id, by=by, lock=True)
    if held["retracted"]:
        raise EnrolmentRetracted
    attended = minutes is None
    minutes = await _minutes(conn, enrolment_id, month, minutes)
    _check(held, month, minutes)
    made = await conn.fetchval(
        _ATTEST, enrolment_id, held["programme"], month, minutes, by.subject, attended
    )
    await _tell(conn, [made])
    return await queries.one(conn, queries.HOUR_ATTESTATION, made, by=by)


async def correct(
    session: WriteSession,
    attestation_id: UUID,
    *,
    minutes: int | None,
    reason: str,
    expected: int,
    by: Caller,
) -> Record:
    """Attest other hours instead; the version before is kept with the reason.

    Raises:
        HourAttestationNotFound: not there, or not for this caller to see.
        PreconditionFailed: somebody changed it since the version that was read.
        AttestationWithdrawn, MonthNotCovered, NoAttendance, MoreHoursThanDays: the rule that is
            broken.

    """
    conn = await driver(session)
    held = await _live(conn, attestation_id, expected, by)
    attended = minutes is None
    minutes = await _minutes(conn, held["enrolment_id"], held["month"], minutes)
    _check(held, held["month"], minutes)
    await keep_version(conn, "hour_attestation", [attestation_id], reason=reason, by=by.subject)
    await conn.execute(
        "update hour_attestation set minutes = $2, attested_by = $3, from_attendance = $4,"
        f" {BUMP} where id = $1",
        attestation_id,
        minutes,
        by.subject,
        attended,
    )
    await _tell(conn, [attestation_id])
    return await queries.one(conn, queries.HOUR_ATTESTATION, attestation_id, by=by)


async def withdraw(
    session: WriteSession, attestation_id: UUID, *, reason: str, expected: int, by: Caller
) -> Record:
    """Take an attestation back: nobody vouches for the hours any more.

    Raises:
        HourAttestationNotFound: not there, or not for this caller to see.
        PreconditionFailed: somebody changed it since the version that was read.
        AttestationWithdrawn: already.

    """
    conn = await driver(session)
    await _live(conn, attestation_id, expected, by)
    await _withdraw(conn, [attestation_id], reason=reason, by=by.subject)
    return await queries.one(conn, queries.HOUR_ATTESTATION, attestation_id, by=by)


async def realign(conn: Connection, enrolments: Sequence[UUID], *, reason: str, by: str) -> None:
    """Withdraw what changed enrolments no longer hold: months outside, too many hours."""
    rows = await conn.fetch(_MISPLACED, list(enrolments), today())
    await _withdraw(conn, [row["id"] for row in rows], reason=reason, by=by)


async def _live(conn: Connection, attestation_id: UUID, expected: int, by: Caller) -> Record:
    held = await queries.one(conn, queries.HOUR_ATTESTATION, attestation_id, by=by, lock=True)
    if held["withdrawn_at"] is not None:
        raise AttestationWithdrawn
    require_version(expected, held["version"])
    return held


async def _withdraw(conn: Connection, ids: list[UUID], *, reason: str, by: str) -> None:
    if not ids:
        return
    await keep_version(conn, "hour_attestation", ids, reason=reason, by=by)
    await conn.execute(
        f"update hour_attestation set withdrawn_at = now(), {BUMP} where id = any($1::uuid[])", ids
    )
    await _tell(conn, ids)


async def _minutes(conn: Connection, enrolment_id: UUID, month: date, stated: int | None) -> int:
    if stated is not None:
        return stated
    attended = await queries.attended_minutes(conn, enrolment_id, month)
    if attended == 0:
        raise NoAttendance
    return attended


def _check(enrolled: Record, month: date, minutes: int) -> None:
    days = covered_days(enrolled["started_on"], enrolled["exited_on"], month=month, today=today())
    if days == 0:
        raise MonthNotCovered
    most = most_minutes(days)
    if minutes > most:
        raise MoreHoursThanDays(
            f"{days} days of {MOST_HOURS_A_DAY} hours are {hours_text(most)}.",
            most=hours_text(most),
        )


async def _tell(conn: Connection, ids: Sequence[UUID]) -> None:
    rows = await conn.fetch(_TOLD, list(ids))
    events = [
        HoursAttested(
            attestation_id=row["id"],
            attested_version=row["version"],
            project=row["project_reference"],
            programme=row["programme"],
            month=row["month"],
            minutes=row["minutes"],
        )
        for row in rows
    ]
    await outbox.record(conn, events, ROUTES)
