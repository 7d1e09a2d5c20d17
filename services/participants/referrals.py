"""Referrals from outreach wait for a unit's answer: accepted with an enrolment, or declined."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from services.participants import enrolments, queries
from services.participants.domain.codes import PendingState, RefusalReason
from services.participants.errors.enrolments import AlreadyDecided, ReferralWithdrawn
from services.participants.events import (
    ROUTES,
    ReferralAccepted,
    ReferralDeclined,
    ReferralReceived,
)
from services.participants.schemas.enrolment import EnrolmentIn
from shared import outbox
from shared.clock import today
from shared.db import WriteSession, driver
from shared.records import BUMP, keep_version

if TYPE_CHECKING:
    from datetime import date

    from asyncpg import Record

    from services.participants.schemas.enrolment import EntryIn
    from shared.auth import Caller
    from shared.db import Connection

_RECEIVE = """
    insert into pending_enrolment
        (referral_id, person_id, unit, programme, referred_on, answer_due_on, state, reason,
         decided_on)
    select $1, $2, $3, $4, $5, $7::date, coalesce(refused.state, 'pending'), refused.reason,
           case when refused.reason is not null then $6::date end
    from (select case
        when not exists (select from person where id = $2) then 'unknown_person'
        when not exists (select from unit where code = $3) then 'unknown_unit'
        when not exists (select from programme where code = $4) then 'unknown_programme'
    end) judged (reason)
    cross join lateral (
        select case when judged.reason is not null then 'declined' end, judged.reason
    ) refused (state, reason)
    on conflict (referral_id) do nothing
    returning reason, version
"""


async def receive(
    session: WriteSession,
    *,
    referral_id: UUID,
    person_id: UUID,
    unit: str,
    programme: str,
    referred_on: date,
    answer_due_on: date | None,
) -> None:
    """Let a referral wait for its unit; one about nobody we know is declined at once."""
    conn = await driver(session)
    received = await conn.fetchrow(
        _RECEIVE, referral_id, person_id, unit, programme, referred_on, today(), answer_due_on
    )
    if received is None:
        return
    if received["reason"] is not None:
        await _tell_declined(conn, referral_id, received["reason"], version=received["version"])
        return
    waits = ReferralReceived(
        referral_id=referral_id, received_on=today(), version_after=received["version"]
    )
    await outbox.record(conn, [waits], ROUTES)


async def accept(session: WriteSession, pending_id: UUID, entry: EntryIn, *, by: Caller) -> Record:
    """Enrol the person of a referral and return the enrolment.

    Raises:
        PendingEnrolmentNotFound: not there, or not for this caller to see.
        AlreadyDecided, ReferralWithdrawn: it does not wait any more.
        DomainError: those of `enrolments.enrol`.

    """
    conn = await driver(session)
    pending = await _undecided(conn, pending_id, by=by)
    enrolled = await enrolments.enrol(
        session,
        EnrolmentIn(
            person_id=pending["person_id"],
            unit=pending["unit"],
            programme=pending["programme"],
            **entry.model_dump(),
        ),
        by=by,
        referral_id=pending["referral_id"],
    )
    await keep_version(conn, "pending_enrolment", [pending_id], reason="accepted", by=by.subject)
    await conn.execute(
        "update pending_enrolment set state = 'accepted', enrolment_id = $2, decided_on = $3,"
        f" {BUMP} where id = $1",
        pending_id,
        enrolled["id"],
        today(),
    )
    accepted = ReferralAccepted(
        referral_id=pending["referral_id"],
        accepted_on=today(),
        enrolment_id=enrolled["id"],
        version_after=pending["version"] + 1,
    )
    await outbox.record(conn, [accepted], ROUTES)
    return enrolled


async def decline(
    session: WriteSession, pending_id: UUID, reason: RefusalReason, *, by: Caller
) -> Record:
    """Decline a referral with a reason, which goes back to outreach.

    Raises:
        PendingEnrolmentNotFound: not there, or not for this caller to see.
        AlreadyDecided, ReferralWithdrawn: it does not wait any more.

    """
    conn = await driver(session)
    pending = await _undecided(conn, pending_id, by=by)
    await keep_version(conn, "pending_enrolment", [pending_id], reason="declined", by=by.subject)
    await conn.execute(
        "update pending_enrolment set state = 'declined', reason = $2, decided_on = $3,"
        f" {BUMP} where id = $1",
        pending_id,
        reason,
        today(),
    )
    await _tell_declined(conn, pending["referral_id"], reason, version=pending["version"] + 1)
    return await queries.one(conn, queries.PENDING_ENROLMENT, pending_id, by=by)


async def _undecided(conn: Connection, pending_id: UUID, *, by: Caller) -> Record:
    pending = await queries.one(conn, queries.PENDING_ENROLMENT, pending_id, by=by, lock=True)
    if pending["state"] == PendingState.WITHDRAWN:
        raise ReferralWithdrawn
    if pending["state"] != PendingState.PENDING:
        raise AlreadyDecided
    return pending


async def _tell_declined(conn: Connection, referral_id: UUID, reason: str, *, version: int) -> None:
    event = ReferralDeclined(
        referral_id=referral_id, declined_on=today(), reason=reason, version_after=version
    )
    await outbox.record(conn, [event], ROUTES)
