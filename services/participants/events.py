"""What participants tells the others: ids, codes and dates, never who a person is."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from shared import deliveries
from shared.events import Code, Event, Routes


class EnrolmentStarted(Event):
    """A referral became an enrolment. Enrolments without a referral concern nobody else."""

    type: ClassVar[str] = "participants.enrolment.started"
    aggregate: ClassVar[str] = "enrolment"
    key: ClassVar[str] = "enrolment_id"

    enrolment_id: UUID
    referral_id: UUID
    person_id: UUID
    unit: Code
    programme: Code
    started_on: date


class EnrolmentExited(Event):
    """An enrolment ended: to be followed up here, and the end of a referral in outreach."""

    type: ClassVar[str] = "participants.enrolment.exited"
    aggregate: ClassVar[str] = "enrolment"
    key: ClassVar[str] = "enrolment_id"

    enrolment_id: UUID
    exited_on: date
    outcome: Code


class EnrolmentCorrected(Event):
    """An enrolment was corrected or retracted; for readers of its present state."""

    type: ClassVar[str] = "participants.enrolment.corrected"
    aggregate: ClassVar[str] = "enrolment"
    key: ClassVar[str] = "enrolment_id"

    enrolment_id: UUID
    version_after: int
    retracted: bool


class ReferralDeclined(Event):
    """A referral did not become an enrolment, and why."""

    type: ClassVar[str] = "participants.referral.declined"
    aggregate: ClassVar[str] = "referral"
    key: ClassVar[str] = "referral_id"

    referral_id: UUID
    declined_on: date
    reason: Code


class DeliveryApplied(deliveries.DeliveryApplied):
    """A delivery of one of the registers of participants has been applied."""

    type: ClassVar[str] = "participants.delivery.applied"


ROUTES: Routes = {
    EnrolmentStarted: ("outreach",),
    EnrolmentExited: ("participants", "outreach"),
    EnrolmentCorrected: (),
    ReferralDeclined: ("outreach",),
    DeliveryApplied: (),
}

WITHOUT_REFERRAL: Routes = {**ROUTES, EnrolmentExited: ("participants",)}
"""Routes of enrolments that no referral stands behind: they concern nobody else."""
