"""What participants does about events: others' referrals and projects."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from msgspec import UNSET, UnsetType

from services.participants import offering, referral_news, referrals
from shared.db import WriteSession
from shared.events import Handlers, Message, Received

HANDLERS = Handlers()


class ReferralMade(Message):
    """A person was referred to one of our units."""

    type: ClassVar[str] = "outreach.referral.made"

    referral_id: UUID
    person_id: UUID
    unit: str
    programme: str
    referred_on: date
    # Referrals told of before outreach said it have none.
    answer_due_on: date | UnsetType = UNSET


class ReferralOverdue(Message):
    """A referral was not answered in time."""

    type: ClassVar[str] = "outreach.referral.overdue"

    referral_id: UUID
    answer_due_on: date


class ReferralWithdrawn(Message):
    """A referral was taken back by who made it."""

    type: ClassVar[str] = "outreach.referral.withdrawn"

    referral_id: UUID
    withdrawn_on: date
    reason: str


class ProjectDecided(Message):
    """Budget decided a project."""

    type: ClassVar[str] = "budget.project.decided"

    number: str
    name: str
    starts_on: date
    ends_on: date


class ProjectChanged(ProjectDecided):
    """A decided project changed its name or dates."""

    type: ClassVar[str] = "budget.project.changed"


@HANDLERS.on(ReferralMade)
async def let_referral_wait(session: WriteSession, event: Received[ReferralMade]) -> None:
    """Put the referral before its unit."""
    data = event.data
    await referrals.receive(
        session,
        referral_id=data.referral_id,
        person_id=data.person_id,
        unit=data.unit,
        programme=data.programme,
        referred_on=data.referred_on,
        answer_due_on=data.answer_due_on or None,
    )


@HANDLERS.on(ReferralOverdue)
async def note_overdue(session: WriteSession, event: Received[ReferralOverdue]) -> None:
    """Show the unit that it has not answered in time."""
    data = event.data
    await referral_news.note_overdue(session, data.referral_id, data.answer_due_on)


@HANDLERS.on(ReferralWithdrawn)
async def withdraw_pending(session: WriteSession, event: Received[ReferralWithdrawn]) -> None:
    """Take a referral off its unit's list, unless the unit has decided."""
    data = event.data
    await referral_news.note_withdrawal(session, data.referral_id, data.withdrawn_on, data.reason)


@HANDLERS.on(ProjectDecided)
async def open_programme_of_project(session: WriteSession, event: Received[ProjectDecided]) -> None:
    """Let people be enrolled in the project."""
    await _follow_project(session, event.data)


@HANDLERS.on(ProjectChanged)
async def change_programme_of_project(
    session: WriteSession, event: Received[ProjectChanged]
) -> None:
    """Let the programme follow its project."""
    await _follow_project(session, event.data)


async def _follow_project(session: WriteSession, project: ProjectDecided) -> None:
    await offering.follow_project(
        session,
        reference=project.number,
        name=project.name,
        valid_from=project.starts_on,
        valid_to=project.ends_on,
    )
