"""Collaborations with partners, and when each is active, paused and ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func

from services.outreach import keeping, queries
from services.outreach.domain.codes import CollaborationState
from services.outreach.domain.collaborations import require_next_state
from services.outreach.errors import (
    NoStateChange,
    PartnerTwice,
    StartsAfterStateChange,
    UnknownReference,
)
from services.outreach.facts import Kind, settle
from services.outreach.models import Collaboration, StateChange
from services.outreach.queries import COLLABORATIONS
from shared.auth import Caller
from shared.db import WriteSession, driver
from shared.journal import Cause


async def begin(session: WriteSession, values: dict[str, Any], *, by: Caller) -> Collaboration:
    """Record a collaboration, active from its first day.

    Raises:
        UnitNotAllowed: the token does not cover the unit.
        UnknownReference, PartnerTwice: the partners.

    """
    by.require_unit(values["unit"])
    await _require_partners(session, values["partners"])
    latest = {"latest_state": CollaborationState.ACTIVE, "latest_from": values["starts_on"]}
    row = await keeping.add(session, Collaboration(**values, **latest), by=by.subject)
    first = StateChange(
        collaboration_id=row.id, state=CollaborationState.ACTIVE, valid_from=row.starts_on
    )
    await keeping.add(session, first, by=by.subject)
    conn = await driver(session)
    await settle(conn, Kind.COLLABORATION, [row.id], reason=keeping.CREATED, fresh=True)
    return row


async def change(
    session: WriteSession,
    collaboration_id: UUID,
    values: dict[str, Any],
    *,
    version: int,
    reason: str,
    by: Caller,
) -> Collaboration:
    """Change or correct a collaboration; its first day moves the day it became active.

    Raises:
        NotFoundHere, PreconditionFailed, AlreadyRetracted: the collaboration.
        UnknownReference, PartnerTwice: the partners.
        StartsAfterStateChange: it would begin after it was paused or ended.

    """
    row = await keeping.for_change(
        session, COLLABORATIONS, collaboration_id, version=version, by=by
    )
    if "partners" in values:
        await _require_partners(session, values["partners"])
    if "starts_on" in values:
        began, *later = await _changes(session, row)
        if later and values["starts_on"] >= later[0].valid_from:
            raise StartsAfterStateChange(later[0].valid_from)
        moved = {"valid_from": values["starts_on"]}
        await keeping.change(session, began, moved, reason=reason, by=by.subject)
        values |= {} if later else {"latest_from": values["starts_on"]}
    await keeping.change(session, row, values, reason=reason, by=by.subject)
    return row


async def enter(
    session: WriteSession,
    collaboration_id: UUID,
    state: CollaborationState,
    *,
    day: date,
    reason: str,
    version: int,
    by: Caller,
) -> Collaboration:
    """Pause, resume or end a collaboration from a day on.

    Raises:
        NotFoundHere, PreconditionFailed, AlreadyRetracted: the collaboration.
        CollaborationStateRefused, StateChangeNotLater: the state it is in.

    """
    row = await keeping.for_change(
        session, COLLABORATIONS, collaboration_id, version=version, by=by
    )
    require_next_state(CollaborationState(row.latest_state), row.latest_from, state, day)
    entered = StateChange(collaboration_id=row.id, state=state, valid_from=day, reason=reason)
    await keeping.add(session, entered, by=by.subject)
    latest = {"latest_state": state, "latest_from": day}
    await keeping.change(session, row, latest, reason=reason, by=by.subject, cause=Cause.NEW)
    return row


async def take_back_state(
    session: WriteSession, collaboration_id: UUID, *, version: int, reason: str, by: Caller
) -> Collaboration:
    """Say that the latest pause, resumption or end never was: the state before it goes on.

    Raises:
        NotFoundHere, PreconditionFailed, AlreadyRetracted: the collaboration.
        NoStateChange: it has been active all along.

    """
    row = await keeping.for_change(
        session, COLLABORATIONS, collaboration_id, version=version, by=by
    )
    changes = await _changes(session, row)
    if len(changes) == 1:
        raise NoStateChange
    *_, before, latest = changes
    now = await session.scalar(func.now().select())
    await keeping.change(session, latest, {"retracted_at": now}, reason=reason, by=by.subject)
    held = {"latest_state": before.state, "latest_from": before.valid_from}
    cause = Cause.RETRACTION
    await keeping.change(session, row, held, reason=reason, by=by.subject, cause=cause)
    return row


async def _changes(session: WriteSession, row: Collaboration) -> list[StateChange]:
    return (await queries.state_changes(session, [row.id]))[row.id]


async def _require_partners(session: WriteSession, partners: Sequence[str]) -> None:
    if len(set(partners)) < len(partners):
        raise PartnerTwice
    conn = await driver(session)
    known = await conn.fetch(
        "select code from partner where code = any($1::text[]) order by code for key share",
        list(partners),
    )
    if len(known) < len(partners):
        raise UnknownReference("partners")
