"""Whether what a record refers to exists, was in use that day, and is the caller's to see."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from services.outreach import queries
from services.outreach.errors import NotFoundHere, NotValidThatDay, UnknownReference
from services.outreach.models import RetractableRecord
from services.outreach.queries import Noun, Row
from shared.auth import Caller
from shared.db import Connection, WriteSession


async def require_in_use(
    conn: Connection,
    day: date,
    *,
    operation: str | None = None,
    venue: str | None = None,
    within: str = "",
) -> None:
    """Check operation and venue on a day, and hold them until the transaction ends.

    The lock is the one that a foreign key takes: others may refer to them meanwhile, but a
    change of counting rule or district waits for us, and ours is read after it.

    Args:
        conn: in the transaction.
        day: on which both must be in use.
        operation: its code.
        venue: its code.
        within: the path of the member that names them, for errors: ``session.``.

    Raises:
        UnknownReference: no such operation or venue.
        NotValidThatDay: it was not in use on the day.

    """
    for property_, code in (("operation", operation), ("venue", venue)):
        if code is None:
            continue
        valid = await conn.fetchval(
            "select valid_from <= $2 and coalesce(valid_to >= $2, true) "
            f"from {property_} where code = $1 for key share",
            code,
            day,
        )
        if valid is None:
            raise UnknownReference(within + property_)
        if not valid:
            raise NotValidThatDay(within + property_, day)


async def referred(
    session: WriteSession, noun: Noun[Row], key: UUID | None, property_: str, *, by: Caller
) -> Row | None:
    """Return the record that a new one refers to, if it refers to one.

    Raises:
        UnknownReference: it does not exist, belongs to a unit the caller does not cover, or
            never was true.

    """
    if key is None:
        return None
    try:
        row = await queries.read(session, noun, key, by=by)
    except NotFoundHere as error:
        raise UnknownReference(property_) from error
    if isinstance(row, RetractableRecord) and row.retracted_at is not None:
        raise UnknownReference(property_)
    return row


async def hold_origin(conn: Connection, session_id: UUID | None, contact_id: UUID | None) -> None:
    """Keep what led to a referral as it is, where it was and in which district, until we commit.

    A change of any of these waits for us, and then counts the new referral anew. An anonymous
    contact becomes the person's: two referrals from one contact come one after the other.
    """
    contact = await conn.fetchrow(
        "select venue, session_id from contact where id = $1 for update", contact_id
    )
    venue, held = (None, None) if contact is None else contact
    place = await conn.fetchval(
        "select venue from session where id = $1 for key share", session_id or held
    )
    await conn.execute("select from venue where code = $1 for key share", place or venue)
