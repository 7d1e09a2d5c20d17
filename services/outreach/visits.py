"""Visit tallies: how many came to a session, by sex and age group."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.outreach import keeping, queries
from services.outreach.domain.codes import SessionState
from services.outreach.errors import OwnedBySource, SessionNotHeld
from services.outreach.models import VisitTally
from services.outreach.queries import SESSIONS, TALLIES
from shared.auth import Caller
from shared.db import WriteSession


async def count(
    session: WriteSession, session_id: UUID, values: dict[str, Any], *, by: Caller
) -> tuple[VisitTally, bool]:
    """Count the visits of one age group at a session; return the tally, and whether it is new.

    All zero means that nobody came, which is something else than not having counted.

    Raises:
        NotFoundHere: no such session among the caller's units.
        SessionNotHeld: it was planned or cancelled.
        TallyExists: the age group is already counted on it.
        IdTaken: the id holds another tally.

    """
    # Locked, so that nobody cancels the session while its visits are being counted.
    row = await queries.read_for_change(session, SESSIONS, session_id, by=by)
    if row.state != SessionState.HELD:
        raise SessionNotHeld(row.state)
    values = {
        **values,
        "session_id": row.id,
        "operation": row.operation,
        "venue": row.venue,
        "unit": row.unit,
        "held_on": row.planned_on,
    }
    return await keeping.add_once(session, TALLIES, values, by=by.subject)


async def correct(
    session: WriteSession,
    tally_id: UUID,
    values: dict[str, Any],
    *,
    version: int,
    reason: str,
    by: Caller,
) -> VisitTally:
    """Correct a tally: figures of new bases follow, old ones stay.

    Raises:
        NotFoundHere: no such tally among the caller's units.
        PreconditionFailed: it has changed since it was read.
        AlreadyRetracted: it is retracted.
        OwnedBySource: a register pushed it.
        TallyExists: the age group is already counted on the session.

    """
    row = await keeping.for_change(session, TALLIES, tally_id, version=version, by=by)
    if row.source_key is not None:
        raise OwnedBySource
    await keeping.change(session, row, values, reason=reason, by=by.subject)
    return row
