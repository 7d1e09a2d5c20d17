"""What participants tells about referrals and people, and what it does to what is counted."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from msgspec import UNSET, UnsetType

from services.outreach import known_people, referral_news
from services.outreach.domain.referrals import Answer, Enrolment
from services.outreach.domain.uvas import KaaMembership
from shared.db import WriteSession
from shared.events import Handlers, Message, Received
from shared.journal import Cause

HANDLERS = Handlers()


class EnrolmentStarted(Message):
    """A referral became an enrolment; told before versions were, it is the first."""

    type: ClassVar[str] = "participants.enrolment.started"

    referral_id: UUID
    enrolment_id: UUID
    started_on: date
    version_after: int = 1


class EnrolmentExited(Message):
    """An enrolment that a referral led to ended.

    Told before versions were, it does not say of which referral.
    """

    type: ClassVar[str] = "participants.enrolment.exited"

    enrolment_id: UUID
    exited_on: date
    outcome: str
    referral_id: UUID | UnsetType = UNSET
    started_on: date | UnsetType = UNSET
    version_after: int = 2


class EnrolmentCorrected(Message):
    """An enrolment that a referral led to was corrected or retracted: as it is now."""

    type: ClassVar[str] = "participants.enrolment.corrected"

    referral_id: UUID
    enrolment_id: UUID
    started_on: date
    exited_on: date | None
    outcome: str | None
    version_after: int
    retracted: bool


class ReferralReceived(Message):
    """A referral waits for the answer of its unit."""

    type: ClassVar[str] = "participants.referral.received"

    referral_id: UUID
    received_on: date
    version_after: int = 1


class ReferralAccepted(Message):
    """A unit accepted a referral, and by which enrolment."""

    type: ClassVar[str] = "participants.referral.accepted"

    referral_id: UUID
    accepted_on: date
    enrolment_id: UUID
    version_after: int = 2


class ReferralDeclined(Message):
    """A referral did not become an enrolment."""

    type: ClassVar[str] = "participants.referral.declined"

    referral_id: UUID
    declined_on: date
    reason: str
    version_after: int = 2


class SubjectChanged(Message):
    """A person is counted as another from now on, or as themselves again."""

    type: ClassVar[str] = "participants.person.subject-changed"

    person_id: UUID
    state_version: int
    subject_id: UUID


class KaaMembershipChanged(Message):
    """A membership of the municipal responsibility for activity (KAA) as it is now."""

    type: ClassVar[str] = "participants.kaa-membership.changed"

    membership_id: UUID
    state_version: int
    person_id: UUID
    joined_on: date
    until: date
    retracted: bool


@HANDLERS.on(EnrolmentStarted)
async def close_as_enrolled(session: WriteSession, event: Received[EnrolmentStarted]) -> None:
    """Note that a referral led to an enrolment."""
    news = event.data
    started = Enrolment(news.enrolment_id, news.version_after, news.started_on)
    await referral_news.note_enrolment(
        session, news.referral_id, started, reason="referral enrolled"
    )


@HANDLERS.on(EnrolmentExited)
async def note_exit(session: WriteSession, event: Received[EnrolmentExited]) -> None:
    """Note the exit of an enrolment that a referral led to."""
    news = event.data
    if news.referral_id is UNSET or news.started_on is UNSET:
        await referral_news.note_exit(
            session,
            news.enrolment_id,
            exited_on=news.exited_on,
            outcome=news.outcome,
            version=news.version_after,
        )
        return
    left = Enrolment(
        news.enrolment_id, news.version_after, news.started_on, news.exited_on, news.outcome
    )
    await referral_news.note_enrolment(session, news.referral_id, left, reason="referral exited")


@HANDLERS.on(EnrolmentCorrected)
async def note_correction(session: WriteSession, event: Received[EnrolmentCorrected]) -> None:
    """Note what an enrolment that a referral led to is after all, or that it never was."""
    news = event.data
    corrected = Enrolment(
        news.enrolment_id,
        news.version_after,
        news.started_on,
        news.exited_on,
        news.outcome,
        news.retracted,
    )
    reason, cause = (
        ("enrolment retracted", Cause.RETRACTION)
        if news.retracted
        else ("enrolment corrected", Cause.CORRECTION)
    )
    await referral_news.note_enrolment(
        session, news.referral_id, corrected, reason=reason, cause=cause
    )


@HANDLERS.on(ReferralReceived)
async def note_reception(session: WriteSession, event: Received[ReferralReceived]) -> None:
    """Note that a referral waits for its unit, or waits again."""
    news = event.data
    await referral_news.note_reception(
        session, news.referral_id, received_on=news.received_on, version=news.version_after
    )


@HANDLERS.on(ReferralAccepted)
async def note_acceptance(session: WriteSession, event: Received[ReferralAccepted]) -> None:
    """Note that a unit accepted a referral; the start of the enrolment is told by itself."""
    news = event.data
    accepted = Answer(news.version_after, news.accepted_on, news.enrolment_id)
    await referral_news.note_answer(session, news.referral_id, accepted, reason="referral accepted")


@HANDLERS.on(ReferralDeclined)
async def close_as_declined(session: WriteSession, event: Received[ReferralDeclined]) -> None:
    """Note that a referral was declined, and why."""
    news = event.data
    declined = Answer(news.version_after, declined_on=news.declined_on, decline_reason=news.reason)
    await referral_news.note_answer(session, news.referral_id, declined, reason="referral declined")


@HANDLERS.on(SubjectChanged)
async def count_as(session: WriteSession, event: Received[SubjectChanged]) -> None:
    """Count a person as whom they are counted as by participants."""
    news = event.data
    await known_people.note_subject(
        session, news.person_id, subject_id=news.subject_id, version=news.state_version
    )


@HANDLERS.on(KaaMembershipChanged)
async def note_membership(session: WriteSession, event: Received[KaaMembershipChanged]) -> None:
    """Count contacts by who is in KAA, as participants knows it."""
    news = event.data
    await known_people.note_membership(
        session,
        news.membership_id,
        person_id=news.person_id,
        days=KaaMembership(news.joined_on, news.until, news.retracted),
        version=news.state_version,
    )
