"""What participants tells of referrals: what a unit answered, and the enrolments that followed.

The newest version of each thing told stands, whatever came when, and the referral says what
follows from it (domain.referrals). The same news again changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.outreach import keeping
from services.outreach.domain.referrals import Answer, Enrolment, earliest, fate, newest
from services.outreach.errors import NotFoundHere
from services.outreach.models import KnownAnswer, KnownEnrolment, Referral
from shared.db import WriteSession
from shared.journal import Cause

_BY = "participants"


async def note_reception(
    session: WriteSession, referral_id: UUID, *, received_on: date, version: int
) -> None:
    """Note that a referral waits for its unit; the first day that it did stands.

    Raises:
        NotFoundHere: no such referral was made here; the event becomes a dead letter.

    """
    row = await _locked(session, referral_id)
    received = {"received_on": earliest(row.received_on, received_on)}
    await _note_answer(session, row, Answer(version), received, reason="referral received")


async def note_answer(
    session: WriteSession, referral_id: UUID, news: Answer, *, reason: str
) -> None:
    """Note what a unit answered.

    Raises:
        NotFoundHere: no such referral was made here; the event becomes a dead letter.

    """
    row = await _locked(session, referral_id)
    await _note_answer(session, row, news, {}, reason=reason)


async def note_enrolment(
    session: WriteSession,
    referral_id: UUID,
    news: Enrolment,
    *,
    reason: str,
    cause: Cause = Cause.PROGRESS,
) -> None:
    """Note what an enrolment that a referral led to is now.

    The cause is what the news makes of what was known: of an enrolment that was not, every news
    but its retraction is the first.

    Raises:
        NotFoundHere: no such referral was made here; the event becomes a dead letter.

    """
    row = await _locked(session, referral_id)
    held = await session.get(KnownEnrolment, news.enrolment_id, populate_existing=True)
    stands = newest(_enrolment(held) if held else None, news)
    await session.merge(KnownEnrolment(referral_id=referral_id, **asdict(stands)))
    first = held is None and not news.retracted
    await _follow(session, row, {}, reason=reason, cause=Cause.PROGRESS if first else cause)


async def note_exit(
    session: WriteSession, enrolment_id: UUID, *, exited_on: date, outcome: str, version: int
) -> None:
    """Note an exit told before exits said of which referral; of unknown enrolments it is nothing.

    The start of an enrolment is told before its exit (one aggregate, in order).
    """
    held = await session.get(KnownEnrolment, enrolment_id)
    if held is None:
        return
    left = replace(_enrolment(held), version=version, exited_on=exited_on, outcome=outcome)
    await note_enrolment(session, held.referral_id, left, reason="referral exited")


async def _locked(session: WriteSession, referral_id: UUID) -> Referral:
    statement = select(Referral).where(Referral.id == referral_id).with_for_update()
    row = await session.scalar(statement.execution_options(populate_existing=True))
    if row is None:
        raise NotFoundHere("referral")
    return row


async def _note_answer(
    session: WriteSession, row: Referral, news: Answer, received: Mapping[str, date], *, reason: str
) -> None:
    held = await session.get(KnownAnswer, row.id, populate_existing=True)
    stands = newest(_answer(held) if held else None, news)
    await session.merge(KnownAnswer(referral_id=row.id, **asdict(stands)))
    await _follow(session, row, received, reason=reason, cause=Cause.PROGRESS)


async def _follow(
    session: WriteSession,
    row: Referral,
    received: Mapping[str, date],
    *,
    reason: str,
    cause: Cause,
) -> None:
    """Let a referral say what follows from what is known of it, and count as that."""
    await session.flush()  # the news, which the reads below must find
    answer = await session.get(KnownAnswer, row.id)
    known = await session.scalars(
        select(KnownEnrolment).where(KnownEnrolment.referral_id == row.id)
    )
    became = fate(_answer(answer) if answer else None, [_enrolment(each) for each in known])
    said = {**received, **asdict(became)}
    await keeping.change(session, row, said, reason=reason, by=_BY, cause=cause)


def _answer(row: KnownAnswer) -> Answer:
    return Answer(**_said(row, Answer))


def _enrolment(row: KnownEnrolment) -> Enrolment:
    return Enrolment(**_said(row, Enrolment))


def _said(row: KnownAnswer | KnownEnrolment, told: type[Answer | Enrolment]) -> dict[str, Any]:
    return {field.name: getattr(row, field.name) for field in fields(told)}
