"""Rules of sessions: what may become of one, what a correction needs, what is still missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from services.outreach.domain.codes import MissingPart, SessionState
from services.outreach.errors import (
    InTheFuture,
    ReasonRequired,
    SessionHasVisits,
    SessionStateRefused,
)

_ALLOWED = {
    (SessionState.PLANNED, SessionState.HELD),
    (SessionState.PLANNED, SessionState.CANCELLED),
    (SessionState.HELD, SessionState.CANCELLED),
    (SessionState.CANCELLED, SessionState.HELD),
    (SessionState.CANCELLED, SessionState.PLANNED),
}


@dataclass(frozen=True, slots=True)
class SessionChange:
    """What somebody wants a session to become."""

    state: SessionState
    planned_on: date
    reason: str | None


def require_session_change(
    held: SessionState, wanted: SessionChange, *, today: date, has_visits: bool
) -> None:
    """Check a change of a session.

    Leaving a closed state (held, cancelled) corrects what was recorded, and cancelling
    disappoints somebody: both need a reason.

    Raises:
        SessionStateRefused: no such transition (a held session is never planned again).
        ReasonRequired: cancelling, or correcting a closed session, without a reason.
        InTheFuture: held on a day that has not come.
        SessionHasVisits: cancelled although visits are counted on it.

    """
    if wanted.state is not held and (held, wanted.state) not in _ALLOWED:
        raise SessionStateRefused(held, wanted.state)
    correcting = held is not SessionState.PLANNED
    if (correcting or wanted.state is SessionState.CANCELLED) and not wanted.reason:
        raise ReasonRequired
    if wanted.state is SessionState.HELD and wanted.planned_on > today:
        raise InTheFuture("plannedOn", wanted.planned_on)
    if wanted.state is SessionState.CANCELLED and has_visits:
        raise SessionHasVisits


def missing_parts(state: SessionState, *, over: bool, recorded: bool) -> list[MissingPart]:
    """Return what remains to be said of a session.

    A planned one that is over was held or cancelled: somebody has to say which. A held one had
    visits or contacts, or nobody came, which is counted too.

    Args:
        state: of the session.
        over: whether its time has passed.
        recorded: whether visits or contacts of it are.

    """
    if not over or recorded or state is SessionState.CANCELLED:
        return []
    return [MissingPart.REPORT if state is SessionState.PLANNED else MissingPart.VISITS]
