"""The life of a referral: the furthest thing that is known to have happened to it.

News comes from participants over a queue that repeats and, between aggregates, reorders. The
state is therefore no machine that must see each step in turn. Participants tells two things of a
referral, each with a version: what its unit answered, and each enrolment that it led to, which may
be corrected or retracted later. Of each the highest version told stands, whatever came when, and
the fate of the referral follows from those alone: the same news in any order, any number of times,
ends in the same referral.

An enrolment that was retracted never was, and an acceptance that led to it is none: the referral
waits again, until its unit answers anew.

Who made a referral may withdraw it while nobody has answered. When the withdrawal and the answer
cross on their way, the answer stands: participants withdraws only what still waits there. It is
withdrawn after all when that answer never was.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TypeVar
from uuid import UUID


class ReferralState(StrEnum):
    """From nearest to furthest. A person who was enrolled after all was not declined."""

    MADE = "made"
    RECEIVED = "received"
    WITHDRAWN = "withdrawn"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    ENROLLED = "enrolled"
    EXITED = "exited"


_RANK = {state: rank for rank, state in enumerate(ReferralState)}

_GOES_ON = frozenset(
    {
        ReferralState.MADE,
        ReferralState.RECEIVED,
        ReferralState.ACCEPTED,
        ReferralState.ENROLLED,
        ReferralState.EXITED,
    }
)
"""The steps of a referral that leads to something; the other states are where it stops."""


def at_least(state: ReferralState) -> tuple[ReferralState, ...]:
    """Return the states of referrals that have come as far as a step, or further.

    Who is enrolled was accepted, whatever was told; who was declined after all was not.
    """
    return tuple(each for each in ReferralState if each in _GOES_ON and _RANK[each] >= _RANK[state])


@dataclass(frozen=True, slots=True)
class Answer:
    """What a unit has answered: accepted by an enrolment, declined, or nothing yet (or again)."""

    version: int
    accepted_on: date | None = None
    enrolment_id: UUID | None = None
    declined_on: date | None = None
    decline_reason: str | None = None

    @property
    def day(self) -> date:
        """The day it was answered."""
        return self.accepted_on or self.declined_on or date.max


@dataclass(frozen=True, slots=True)
class Enrolment:
    """An enrolment that a referral led to, as it is now."""

    enrolment_id: UUID
    version: int
    started_on: date
    exited_on: date | None = None
    outcome: str | None = None
    retracted: bool = False

    @property
    def day(self) -> date:
        """The day it ended."""
        return self.exited_on or date.max


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a referral, by the columns that say so.

    `reopened` says that an enrolment which it had led to was taken back.
    """

    accepted_on: date | None
    declined_on: date | None
    decline_reason: str | None
    enrolled_on: date | None
    enrolment_id: UUID | None
    exited_on: date | None
    exit_outcome: str | None
    reopened: bool


Told = TypeVar("Told", Answer, Enrolment)


def newest(held: Told | None, news: Told) -> Told:
    """Return which of two that were told of the same thing stands.

    News of one version differ only when they were told before versions were: then the earliest
    day stands.
    """
    if held is None or news.version > held.version:
        return news
    if news.version < held.version:
        return held
    return min(held, news, key=lambda told: told.day)


def fate(answer: Answer | None, enrolments: Collection[Enrolment]) -> Fate:
    """Return what became of a referral, by the newest that is known of its answer and enrolments.

    A referral leads to one enrolment at a time. If the retraction of one comes after the start of
    the next, the next stands meanwhile: ids of enrolments follow time.
    """
    retracted = {each.enrolment_id for each in enrolments if each.retracted}
    standing = [each for each in enrolments if not each.retracted]
    enrolled = max(standing, key=lambda each: each.enrolment_id, default=None)
    stands = None if answer is None or answer.enrolment_id in retracted else answer
    return Fate(
        accepted_on=stands.accepted_on if stands else None,
        declined_on=stands.declined_on if stands else None,
        decline_reason=stands.decline_reason if stands else None,
        enrolled_on=enrolled.started_on if enrolled else None,
        enrolment_id=enrolled.enrolment_id if enrolled else stands.enrolment_id if stands else None,
        exited_on=enrolled.exited_on if enrolled else None,
        exit_outcome=enrolled.outcome if enrolled else None,
        reopened=bool(retracted),
    )


def furthest(noted: Mapping[ReferralState, date | None]) -> ReferralState:
    """Return the state of a referral from the days on which things happened to it."""
    reached = [state for state, day in noted.items() if day is not None]
    return max(reached, key=_RANK.__getitem__, default=ReferralState.MADE)


def earliest(held: date | None, news: date) -> date:
    """Return the day that stands when the same thing is told twice."""
    return news if held is None else min(held, news)


UNANSWERED = (ReferralState.MADE, ReferralState.RECEIVED)
"""States in which a referral waits for its unit; it may be withdrawn, and become overdue."""


class WithdrawalReason(StrEnum):
    """Why a referral is taken back by who made it."""

    DECLINED_BY_PERSON = "declined_by_person"
    MADE_IN_ERROR = "made_in_error"
    REFERRED_ELSEWHERE = "referred_elsewhere"
    NO_CONTACT = "no_contact"
    OTHER = "other"


def answer_due(made_on: date, days: int) -> date:
    """Return the last day on which the answer to a referral is in time.

    Counted from the day on which it was recorded, since nobody could answer before: a referral
    recorded late is not overdue at once.
    """
    return made_on + timedelta(days=days)
