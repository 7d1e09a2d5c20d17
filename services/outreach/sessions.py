"""Sessions: planned, then held or cancelled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.outreach import keeping, queries
from services.outreach.domain.codes import SessionState
from services.outreach.domain.days import require_past
from services.outreach.domain.meetings import SessionChange, require_session_change
from services.outreach.domain.times import require_times
from services.outreach.events import ROUTES, SessionHeld
from services.outreach.models import Contact, OutreachSession, VisitTally
from services.outreach.places import require_in_use
from services.outreach.queries import SESSIONS
from shared import outbox
from shared.auth import Caller
from shared.clock import today
from shared.db import WriteSession, driver


async def register(
    session: WriteSession, values: dict[str, Any], *, by: Caller
) -> tuple[OutreachSession, bool]:
    """Register a session that is planned or has been held; return it, and whether it is new.

    Args:
        session: the request's transaction.
        values: columns of the session; an id made by the client makes sending it again safe.
        by: whose token must cover the session's unit.

    Raises:
        UnitNotAllowed: the token does not cover the unit.
        EndWithoutStart, SessionTooLong: its times.
        InTheFuture: said to have been held on a day that has not come.
        UnknownReference, NotValidThatDay: the operation or the venue.
        IdTaken: the id holds another session.

    """
    by.require_unit(values["unit"])
    require_times(values["starts_at"], values["ends_at"])
    if values["state"] == SessionState.HELD:
        require_past("plannedOn", values["planned_on"], today=today())
    conn = await driver(session)
    await require_in_use(
        conn, values["planned_on"], operation=values["operation"], venue=values["venue"]
    )
    row, new = await keeping.add_once(session, SESSIONS, values, by=by.subject)
    if new and row.state == SessionState.HELD:
        await _tell(session, row)
    return row, new


async def change(
    session: WriteSession,
    session_id: UUID,
    values: dict[str, Any],
    *,
    version: int,
    reason: str | None,
    by: Caller,
) -> OutreachSession:
    """Hold, cancel, move or correct a session.

    Visits counted on it move with it, and so do contacts that were said to be where it was.

    Raises:
        NotFoundHere: no such session among the caller's units.
        PreconditionFailed: it has changed since it was read.
        SessionStateRefused, ReasonRequired, InTheFuture, SessionHasVisits: the change.
        UnknownReference, NotValidThatDay: the venue or the operation on the new day.

    """
    await _contacts(session, session_id)  # before the session, as a referral from one of them
    row = await keeping.for_change(session, SESSIONS, session_id, version=version, by=by)
    stood = {"happened_on": row.planned_on, "venue": row.venue}
    require_times(values.get("starts_at", row.starts_at), values.get("ends_at", row.ends_at))
    held = SessionState(row.state)
    wanted = SessionChange(
        SessionState(values.get("state", held)), values.get("planned_on", row.planned_on), reason
    )
    has_visits = await queries.has_visits(session, session_id)
    require_session_change(held, wanted, today=today(), has_visits=has_visits)
    await require_in_use(
        await driver(session),
        wanted.planned_on,
        operation=row.operation,
        venue=values.get("venue", row.venue),
    )
    kept_reason = reason if wanted.state is SessionState.CANCELLED else None
    # From now on it is as somebody said, whatever becomes of its schedule.
    values = {**values, "reason": kept_reason, "follows_schedule": False}
    why = reason or f"session {wanted.state}"
    await keeping.change(session, row, values, reason=why, by=by.subject)
    if has_visits:
        await _move_visits(session, row, reason=why, by=by)
    await _move_contacts(session, row, stood, reason=why, by=by)
    if row.state == SessionState.HELD and held is not SessionState.HELD:
        await _tell(session, row)
    return row


async def _move_visits(
    session: WriteSession, row: OutreachSession, *, reason: str, by: Caller
) -> None:
    tallies = await session.scalars(
        select(VisitTally)
        .where(VisitTally.session_id == row.id, VisitTally.retracted_at.is_(None))
        .with_for_update()
    )
    place = {"held_on": row.planned_on, "venue": row.venue}
    for tally in tallies:
        await keeping.change(session, tally, place, reason=reason, by=by.subject)


async def _contacts(session: WriteSession, session_id: UUID) -> Sequence[Contact]:
    """Return the contacts of a session, locked."""
    found = await session.scalars(
        select(Contact)
        .where(Contact.session_id == session_id, Contact.retracted_at.is_(None))
        .order_by(Contact.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found.all()


async def _move_contacts(
    session: WriteSession,
    row: OutreachSession,
    stood: Mapping[str, Any],
    *,
    reason: str,
    by: Caller,
) -> None:
    """Let contacts follow a session in what they had in common with it."""
    stands = {"happened_on": row.planned_on, "venue": row.venue}
    if stands == stood:
        return
    for contact in await _contacts(session, row.id):
        moved = {name: stands[name] for name in stood if getattr(contact, name) == stood[name]}
        await keeping.change(session, contact, moved, reason=reason, by=by.subject)


async def _tell(session: WriteSession, row: OutreachSession) -> None:
    held = SessionHeld(
        session_id=row.id, operation=row.operation, unit=row.unit, held_on=row.planned_on
    )
    await outbox.record(await driver(session), [held], ROUTES)
