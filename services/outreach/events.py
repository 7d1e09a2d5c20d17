"""What outreach tells the others: ids, codes and days, never who a person is."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from shared.deliveries import events as deliveries
from shared.events import Code, Event, Routes


class ReferralMade(Event):
    """A person was referred to a unit; participants answers with a start or a refusal."""

    type: ClassVar[str] = "outreach.referral.made"
    aggregate: ClassVar[str] = "referral"
    key: ClassVar[str] = "referral_id"

    referral_id: UUID
    person_id: UUID
    unit: Code
    programme: Code
    referred_on: date
    answer_due_on: date


class ReferralOverdue(Event):
    """Nobody answered a referral in time."""

    type: ClassVar[str] = "outreach.referral.overdue"
    aggregate: ClassVar[str] = "referral"
    key: ClassVar[str] = "referral_id"

    referral_id: UUID
    unit: Code
    programme: Code
    answer_due_on: date


class ReferralWithdrawn(Event):
    """A referral was taken back by who made it; an answer given meanwhile stands."""

    type: ClassVar[str] = "outreach.referral.withdrawn"
    aggregate: ClassVar[str] = "referral"
    key: ClassVar[str] = "referral_id"

    referral_id: UUID
    withdrawn_on: date
    reason: Code


class ContactRecorded(Event):
    """A contact was recorded; who it was with stays here."""

    type: ClassVar[str] = "outreach.contact.recorded"
    aggregate: ClassVar[str] = "contact"
    key: ClassVar[str] = "contact_id"

    contact_id: UUID
    operation: Code
    unit: Code
    happened_on: date


class SessionHeld(Event):
    """A session was held."""

    type: ClassVar[str] = "outreach.session.held"
    aggregate: ClassVar[str] = "session"
    key: ClassVar[str] = "session_id"

    session_id: UUID
    operation: Code
    unit: Code
    held_on: date


class DeliveryApplied(deliveries.DeliveryApplied):
    """A delivery of one of the registers of outreach has been applied."""

    type: ClassVar[str] = "outreach.delivery.applied"


ROUTES: Routes = {
    ReferralMade: ("participants",),
    ReferralOverdue: ("participants",),
    ReferralWithdrawn: ("participants",),
    ContactRecorded: (),
    SessionHeld: (),
    DeliveryApplied: (),
}
