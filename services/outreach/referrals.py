"""Referrals: a person is sent to a unit of participants, which answers (`referral_news`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.outreach import keeping, queries
from services.outreach.domain.days import require_past
from services.outreach.errors import (
    ContactOfAnother,
    ReferralAlreadyOpen,
)
from services.outreach.events import ROUTES, ReferralMade
from services.outreach.models import Referral
from services.outreach.places import referred
from services.outreach.queries import CONTACTS, SESSIONS
from shared import outbox
from shared.auth import Caller
from shared.clock import today
from shared.db import WriteSession, driver


async def make(session: WriteSession, values: dict[str, Any], *, by: Caller) -> Referral:
    """Refer a person; participants opens a pending enrolment when it hears of it.

    A contact or session that led to the referral gives it its operation.

    Raises:
        UnitNotAllowed: the token does not cover the referring unit.
        InTheFuture: on a day that has not come.
        UnknownReference: the contact, session or operation.
        ContactOfAnother: the contact was with another person.
        ReferralAlreadyOpen: one to the same unit and programme waits for its answer.

    """
    by.require_unit(values["referring_unit"])
    require_past("referredOn", values["referred_on"], today=today())
    origin = await _origin(session, values, by=by)
    waiting = await queries.open_referral(
        session,
        person_id=values["person_id"],
        unit=values["unit"],
        programme=values["programme"],
    )
    if waiting is not None:
        raise ReferralAlreadyOpen(referral_id=str(waiting))
    row = Referral(**{**values, "operation": values["operation"] or origin})
    await keeping.add(session, row, by=by.subject)
    made = ReferralMade(
        referral_id=row.id,
        person_id=row.person_id,
        unit=row.unit,
        programme=row.programme,
        referred_on=row.referred_on,
    )
    await outbox.record(await driver(session), [made], ROUTES)
    return row


async def _origin(session: WriteSession, values: Mapping[str, Any], *, by: Caller) -> str | None:
    """Return the operation of the contact or session behind a referral, after checking it."""
    contact = await referred(session, CONTACTS, values["contact_id"], "contactId", by=by)
    if contact is not None and contact.person_id not in (None, values["person_id"]):
        raise ContactOfAnother
    held = await referred(session, SESSIONS, values["session_id"], "sessionId", by=by)
    return next((row.operation for row in (contact, held) if row is not None), None)
