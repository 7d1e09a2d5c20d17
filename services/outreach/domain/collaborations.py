"""The states of a collaboration: what may follow what, and which one held on a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TypeVar

from services.outreach.domain.codes import CollaborationState
from services.outreach.errors import CollaborationStateRefused, StateChangeNotLater

_ALLOWED = {
    (CollaborationState.ACTIVE, CollaborationState.PAUSED),
    (CollaborationState.ACTIVE, CollaborationState.ENDED),
    (CollaborationState.PAUSED, CollaborationState.ACTIVE),
    (CollaborationState.PAUSED, CollaborationState.ENDED),
}

Said = TypeVar("Said")


def require_next_state(
    latest: CollaborationState, latest_from: date, wanted: CollaborationState, day: date
) -> None:
    """Check that a state may follow the latest one from a day on.

    Raises:
        CollaborationStateRefused: it may not follow that one.
        StateChangeNotLater: the latest one begins that day or later.

    """
    if (latest, wanted) not in _ALLOWED:
        raise CollaborationStateRefused(latest, wanted)
    if day <= latest_from:
        raise StateChangeNotLater(latest_from)


def on_day(changes: Sequence[tuple[date, Said]], day: date) -> Said | None:
    """Return what holds on a day: said by the latest change of that day or earlier, if any.

    Args:
        changes: the day that each begins, and what it says; the earliest first.
        day: any.

    """
    said = [what for begins, what in changes if begins <= day]
    return said[-1] if said else None
