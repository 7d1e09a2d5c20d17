"""Person links: whom an anonymous contact turned out to be with, said later.

A link changes who was reached, never how many contacts there were: the contact stays one
contact, and the person is counted once however many contacts lead to them.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func

from services.outreach import keeping, queries
from services.outreach.errors import AlreadyRetracted, LinkedToAnother, NotLinked, OwnedBySource
from services.outreach.models import Contact
from services.outreach.queries import CONTACTS
from shared.auth import Caller
from shared.db import WriteSession
from shared.journal import Cause

_LINKED = "linked to a person"


async def link(
    session: WriteSession, contact_id: UUID, person_id: UUID, *, reason: str | None, by: Caller
) -> tuple[Contact, bool]:
    """Say whom a contact was with; return it, and whether that is news.

    No version is asked for: only an anonymous contact is changed, so nobody's word is lost. A
    register's contact may be linked too; its source goes first when it says who it was.

    Args:
        session: the request's transaction.
        contact_id: which contact.
        person_id: opaque id of participants.
        reason: how that came to be known, if there is more to say than that it did.
        by: whose units must cover the contact.

    Raises:
        NotFoundHere: no such contact among the caller's units.
        AlreadyRetracted: it is retracted.
        LinkedToAnother: it was with somebody else.

    """
    row = await queries.read_for_change(session, CONTACTS, contact_id, by=by)
    if row.retracted_at is not None:
        raise AlreadyRetracted
    if row.person_id == person_id:
        return row, False
    if row.person_id is not None:
        raise LinkedToAnother
    now = await session.scalar(func.now().select())
    linked = {"person_id": person_id, "linked_at": now}
    why = reason or _LINKED
    await keeping.change(session, row, linked, reason=why, by=by.subject, cause=Cause.MERGE)
    return row, True


async def unlink(
    session: WriteSession, contact_id: UUID, *, version: int, reason: str, by: Caller
) -> Contact:
    """Take back whom a contact was with: it is anonymous again, and still one contact.

    Raises:
        NotFoundHere: no such contact among the caller's units.
        PreconditionFailed: it has changed since it was read.
        AlreadyRetracted: it is retracted.
        NotLinked: it is anonymous already.
        OwnedBySource: the register that pushed it said who it was.

    """
    row = await keeping.for_change(session, CONTACTS, contact_id, version=version, by=by)
    if row.person_id is None:
        raise NotLinked
    if row.source_key is not None and row.linked_at is None:
        raise OwnedBySource
    unlinked = {"person_id": None, "linked_at": None}
    await keeping.change(session, row, unlinked, reason=reason, by=by.subject, cause=Cause.MERGE)
    return row
