"""What participants tells the others: ids, codes and dates, never who a person is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, ClassVar
from uuid import UUID

from msgspec import Meta

from shared import deliveries
from shared.events import Code, Event, Routes

ProjectNumber = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]*$", max_length=20)]
"""How budget numbers projects (`budget.project.decided`)."""


class PersonRegistered(Event):
    """A person was registered by hand; those whom a delivery brings are told of as a delivery."""

    type: ClassVar[str] = "participants.person.registered"
    aggregate: ClassVar[str] = "person"
    key: ClassVar[str] = "person_id"

    person_id: UUID


class PersonMerged(Event):
    """Two records proved to be one person's, or (undone) proved not to be."""

    type: ClassVar[str] = "participants.person.merged"
    aggregate: ClassVar[str] = "person"
    key: ClassVar[str] = "absorbed_id"

    merge_id: UUID
    absorbed_id: UUID
    survivor_id: UUID
    undone: bool


class SubjectChanged(Event):
    """A person is counted as another from now on (a merge), or as themselves again.

    Told of each person whom a merge or its reversal moves; the highest version is the newest.
    """

    type: ClassVar[str] = "participants.person.subject-changed"
    aggregate: ClassVar[str] = "person"
    key: ClassVar[str] = "person_id"

    person_id: UUID
    state_version: int
    subject_id: UUID


class KaaMembershipChanged(Event):
    """A membership of the municipal responsibility for activity (KAA) as it is now.

    `until` is the first day that is no longer part of it, whatever ended it or will; the highest
    version is the newest.
    """

    type: ClassVar[str] = "participants.kaa-membership.changed"
    aggregate: ClassVar[str] = "kaa-membership"
    key: ClassVar[str] = "membership_id"

    membership_id: UUID
    state_version: int
    person_id: UUID
    joined_on: date
    until: date
    retracted: bool


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
    version_after: int


class EnrolmentExited(Event):
    """An enrolment ended, and with it what outreach referred; the highest version is the newest."""

    type: ClassVar[str] = "participants.enrolment.exited"
    aggregate: ClassVar[str] = "enrolment"
    key: ClassVar[str] = "enrolment_id"

    enrolment_id: UUID
    referral_id: UUID
    started_on: date
    exited_on: date
    outcome: Code
    version_after: int


class EnrolmentCorrected(Event):
    """An enrolment that outreach referred was corrected or retracted: as it is now.

    Of its start, exits and corrections the one of the highest version is the newest.
    """

    type: ClassVar[str] = "participants.enrolment.corrected"
    aggregate: ClassVar[str] = "enrolment"
    key: ClassVar[str] = "enrolment_id"

    enrolment_id: UUID
    referral_id: UUID
    started_on: date
    exited_on: date | None
    outcome: Code | None
    version_after: int
    retracted: bool


class FollowUpDue(Event):
    """The day has come to ask what became of somebody who left."""

    type: ClassVar[str] = "participants.follow-up.due"
    aggregate: ClassVar[str] = "follow-up"
    key: ClassVar[str] = "follow_up_id"

    follow_up_id: UUID
    enrolment_id: UUID
    kind: Code
    unit: Code
    due_on: date


class FollowUpCompleted(Event):
    """A follow-up was answered, or its answer corrected: then with a higher version."""

    type: ClassVar[str] = "participants.follow-up.completed"
    aggregate: ClassVar[str] = "follow-up"
    key: ClassVar[str] = "follow_up_id"

    follow_up_id: UUID
    enrolment_id: UUID
    version_after: int
    kind: Code
    unit: Code
    due_on: date
    answered_on: date
    result: Code


class ReferralReceived(Event):
    """A referral waits for the answer of its unit, or again, when its enrolment never was.

    Of what a unit answers, the news of the highest version is the newest.
    """

    type: ClassVar[str] = "participants.referral.received"
    aggregate: ClassVar[str] = "referral"
    key: ClassVar[str] = "referral_id"

    referral_id: UUID
    received_on: date
    version_after: int


class ReferralAccepted(Event):
    """A unit accepted a referral, and by which enrolment."""

    type: ClassVar[str] = "participants.referral.accepted"
    aggregate: ClassVar[str] = "referral"
    key: ClassVar[str] = "referral_id"

    referral_id: UUID
    accepted_on: date
    enrolment_id: UUID
    version_after: int


class ReferralDeclined(Event):
    """A referral did not become an enrolment, and why."""

    type: ClassVar[str] = "participants.referral.declined"
    aggregate: ClassVar[str] = "referral"
    key: ClassVar[str] = "referral_id"

    referral_id: UUID
    declined_on: date
    reason: Code
    version_after: int


class HoursAttested(Event):
    """Hours of participation in a project were attested, corrected or withdrawn (no minutes).

    What budget needs to count them as co-financing, and nothing about whose hours they are.
    """

    type: ClassVar[str] = "participants.hours.attested"
    aggregate: ClassVar[str] = "hour-attestation"
    key: ClassVar[str] = "attestation_id"
    free_text: ClassVar[Mapping[str, str]] = {
        "project": "the number of a project in the ledger, of at most twenty letters and digits"
    }

    attestation_id: UUID
    attested_version: int
    project: ProjectNumber
    programme: Code
    month: date
    minutes: Annotated[int, Meta(ge=0)]


class DeliveryApplied(deliveries.DeliveryApplied):
    """A delivery of one of the registers of participants has been applied."""

    type: ClassVar[str] = "participants.delivery.applied"


ROUTES: Routes = {
    PersonRegistered: (),
    PersonMerged: (),
    SubjectChanged: ("outreach",),
    KaaMembershipChanged: ("outreach",),
    EnrolmentStarted: ("outreach",),
    EnrolmentExited: ("outreach",),
    EnrolmentCorrected: ("outreach",),
    FollowUpDue: (),
    FollowUpCompleted: (),
    ReferralReceived: ("outreach",),
    ReferralAccepted: ("outreach",),
    ReferralDeclined: ("outreach",),
    HoursAttested: ("budget",),
    DeliveryApplied: (),
}
