"""What participants tells about referrals and people, and what it does to what is counted."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from services.outreach import known_people, referrals
from services.outreach.domain.referrals import ReferralState
from services.outreach.domain.uvas import KaaMembership
from services.outreach.errors import NotFoundHere
from shared.db import WriteSession
from shared.events import Handlers, Message, Received

HANDLERS = Handlers()

_BY = "participants"


class EnrolmentStarted(Message):
    """A referral became an enrolment."""

    type: ClassVar[str] = "participants.enrolment.started"

    referral_id: UUID
    enrolment_id: UUID
    started_on: date


class EnrolmentExited(Message):
    """An enrolment ended; only some enrolments have a referral of ours behind them."""

    type: ClassVar[str] = "participants.enrolment.exited"

    enrolment_id: UUID
    exited_on: date
    outcome: str


class ReferralReceived(Message):
    """A referral waits for the answer of its unit."""

    type: ClassVar[str] = "participants.referral.received"

    referral_id: UUID
    received_on: date


class ReferralAccepted(Message):
    """A unit accepted a referral, and by which enrolment."""

    type: ClassVar[str] = "participants.referral.accepted"

    referral_id: UUID
    accepted_on: date
    enrolment_id: UUID


class ReferralDeclined(Message):
    """A referral did not become an enrolment."""

    type: ClassVar[str] = "participants.referral.declined"

    referral_id: UUID
    declined_on: date
    reason: str


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
    await _note(
        session,
        ReferralState.ENROLLED,
        news.started_on,
        news.referral_id,
        enrolment_id=news.enrolment_id,
    )


@HANDLERS.on(ReferralReceived)
async def note_reception(session: WriteSession, event: Received[ReferralReceived]) -> None:
    """Note that a referral waits for its unit."""
    news = event.data
    await _note(session, ReferralState.RECEIVED, news.received_on, news.referral_id)


@HANDLERS.on(ReferralAccepted)
async def note_acceptance(session: WriteSession, event: Received[ReferralAccepted]) -> None:
    """Note that a unit accepted a referral; the start of the enrolment is told by itself."""
    news = event.data
    await _note(
        session,
        ReferralState.ACCEPTED,
        news.accepted_on,
        news.referral_id,
        enrolment_id=news.enrolment_id,
    )


@HANDLERS.on(ReferralDeclined)
async def close_as_declined(session: WriteSession, event: Received[ReferralDeclined]) -> None:
    """Note that a referral was declined, and why."""
    news = event.data
    await _note(
        session,
        ReferralState.DECLINED,
        news.declined_on,
        news.referral_id,
        decline_reason=news.reason,
    )


@HANDLERS.on(EnrolmentExited)
async def note_exit(session: WriteSession, event: Received[EnrolmentExited]) -> None:
    """Note the exit of an enrolment that a referral led to; others concern us not.

    The start of an enrolment is told before its exit (one aggregate, in order), so the
    referral already knows its enrolment.
    """
    news = event.data
    await referrals.note(
        session,
        ReferralState.EXITED,
        news.exited_on,
        enrolment_id=news.enrolment_id,
        told={"exit_outcome": news.outcome},
        by=_BY,
    )


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


async def _note(
    session: WriteSession, state: ReferralState, on: date, referral_id: UUID, **told: UUID | str
) -> None:
    """Note news of a referral.

    Raises:
        NotFoundHere: no such referral was made here; the event becomes a dead letter.

    """
    if not await referrals.note(session, state, on, referral_id=referral_id, told=told, by=_BY):
        raise NotFoundHere("referral")
