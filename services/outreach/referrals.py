"""Referrals: a person is sent to a unit of participants, which answers (`referral_news`)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from services.outreach import contact_links, keeping, queries
from services.outreach.domain.days import require_past
from services.outreach.domain.referrals import UNANSWERED, WithdrawalReason, answer_due
from services.outreach.errors import (
    AlreadyWithdrawn,
    ContactOfAnother,
    ReferralAlreadyOpen,
    ReferralAnswered,
    WithdrawnBeforeReferral,
)
from services.outreach.events import ROUTES, ReferralMade, ReferralWithdrawn
from services.outreach.models import Referral
from services.outreach.places import hold_origin, referred
from services.outreach.queries import CONTACTS, REFERRALS, SESSIONS
from shared import outbox
from shared.auth import Caller
from shared.clock import today
from shared.db import WriteSession, driver
from shared.journal import Cause

_LINKED = "referred from the contact"


async def make(
    session: WriteSession, values: dict[str, Any], *, answer_days: int, by: Caller
) -> tuple[Referral, bool]:
    """Refer a person, and return the referral and whether it is new.

    Participants opens a pending enrolment when it hears of it. A contact or session that led to
    the referral gives it its operation; an anonymous contact was with the person from now on.

    Args:
        session: the request's transaction.
        values: the columns, and `id` when the client made one.
        answer_days: how many days the unit has to answer.
        by: who refers.

    Raises:
        UnitNotAllowed: the token does not cover the referring unit.
        InTheFuture: on a day that has not come.
        UnknownReference: the contact, session or operation.
        ContactOfAnother: the contact was with another person.
        AlreadyRetracted, LinkedToAnother: the contact, while it was being linked.
        ReferralAlreadyOpen: one to the same unit and programme waits for its answer.
        IdTaken: the id holds another referral.

    """
    by.require_unit(values["referring_unit"])
    require_past("referredOn", values["referred_on"], today=today())
    if values["id"] is not None and await session.get(Referral, values["id"]) is not None:
        sent = {name: value for name, value in values.items() if name != "operation" or value}
        return await keeping.same(session, REFERRALS, sent), False
    conn = await driver(session)
    await hold_origin(conn, values["session_id"], values["contact_id"])
    origin = await _origin(session, values, by=by)
    waiting = await queries.open_referral(
        session,
        person_id=values["person_id"],
        unit=values["unit"],
        programme=values["programme"],
    )
    if waiting is not None and waiting != values["id"]:
        raise ReferralAlreadyOpen(referral_id=str(waiting))
    due = {
        "operation": values["operation"] or origin,
        "answer_due_on": answer_due(today(), answer_days),
    }
    row, new = await keeping.add_once(session, REFERRALS, values | due, by=by.subject)
    if not new:
        return row, False
    made = ReferralMade(
        referral_id=row.id,
        person_id=row.person_id,
        unit=row.unit,
        programme=row.programme,
        referred_on=row.referred_on,
        answer_due_on=row.answer_due_on,
    )
    await outbox.record(conn, [made], ROUTES)
    return row, True


async def withdraw(
    session: WriteSession, referral_id: UUID, on: date, reason: WithdrawalReason, *, by: Caller
) -> Referral:
    """Take back a referral that nobody has answered.

    An answer that is on its way stands: participants withdraws only what waits there.

    Raises:
        NotFoundHere: no such referral made by or to the caller's units.
        UnitNotAllowed: another unit made it.
        AlreadyWithdrawn, ReferralAnswered: there is nothing to withdraw any more.
        InTheFuture, WithdrawnBeforeReferral: the day.

    """
    row = await queries.read_for_change(session, REFERRALS, referral_id, by=by)
    by.require_unit(row.referring_unit)
    require_past("withdrawnOn", on, today=today())
    if on < row.referred_on:
        raise WithdrawnBeforeReferral
    if row.withdrawn_on is not None:
        raise AlreadyWithdrawn
    if row.state not in UNANSWERED:
        raise ReferralAnswered
    values = {"withdrawn_on": on, "withdrawal_reason": reason}
    await keeping.change(
        session,
        row,
        values,
        reason="referral withdrawn",
        by=by.subject,
        cause=Cause.PROGRESS,
    )
    told = ReferralWithdrawn(referral_id=row.id, withdrawn_on=on, reason=reason)
    await outbox.record(await driver(session), [told], ROUTES)
    return row


async def _origin(session: WriteSession, values: Mapping[str, Any], *, by: Caller) -> str | None:
    """Return the operation of the contact or session behind a referral, after checking it.

    An anonymous contact is linked to the person: it is counted once, as the person's.
    """
    contact = await referred(session, CONTACTS, values["contact_id"], "contactId", by=by)
    if contact is not None:
        if contact.person_id not in (None, values["person_id"]):
            raise ContactOfAnother
        if contact.person_id is None:
            await contact_links.link(
                session, contact.id, values["person_id"], reason=_LINKED, by=by
            )
    held = await referred(session, SESSIONS, values["session_id"], "sessionId", by=by)
    return next((row.operation for row in (contact, held) if row is not None), None)
