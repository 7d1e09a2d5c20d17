"""The life of a referral: the furthest thing that is known to have happened to it.

News comes from participants over a queue that repeats and, between aggregates, reorders. The
state is therefore no machine that must see each step in turn: every piece of news notes its
day, the earliest note of each kind stands, and the state is the furthest one noted. The same
news in any order, any number of times, ends in the same referral.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum


class ReferralState(StrEnum):
    """From nearest to furthest. A person who was enrolled after all was not declined."""

    MADE = "made"
    RECEIVED = "received"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    ENROLLED = "enrolled"
    EXITED = "exited"


_RANK = {state: rank for rank, state in enumerate(ReferralState)}


def furthest(noted: Mapping[ReferralState, date | None]) -> ReferralState:
    """Return the state of a referral from the days on which things happened to it."""
    reached = [state for state, day in noted.items() if day is not None]
    return max(reached, key=_RANK.__getitem__, default=ReferralState.MADE)


def earliest(held: date | None, news: date) -> date:
    """Return the day that stands when the same thing is told twice."""
    return news if held is None else min(held, news)
