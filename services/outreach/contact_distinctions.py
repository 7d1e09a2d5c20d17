"""Distinctions: that two contacts which look alike were two.

What a register pushes and somebody records by hand may be one meeting, counted twice. Nobody but
those who met can tell: they retract the one that is too much, or say here that both were.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from services.outreach import queries
from services.outreach.errors import AlreadyRetracted, NotFoundHere, SameContact, UnknownReference
from services.outreach.models import ContactDistinction
from services.outreach.queries import CONTACTS
from shared.auth import Caller
from shared.db import WriteSession


async def distinguish(
    session: WriteSession, contact_ids: tuple[UUID, UUID], *, reason: str, by: Caller
) -> tuple[ContactDistinction, bool]:
    """Say that two contacts were two; return what was said first of them, and whether it is new.

    Nothing that counts changes: both counted before, and do so still.

    Raises:
        SameContact: the two are one.
        UnknownReference: no such contact among the caller's units.
        AlreadyRetracted: one of them never was true.

    """
    one, other = sorted(contact_ids)
    if one == other:
        raise SameContact
    for place, contact_id in enumerate(contact_ids):
        try:
            contact = await queries.read(session, CONTACTS, contact_id, by=by)
        except NotFoundHere as error:
            raise UnknownReference(f"contactIds.{place}") from error
        if contact.retracted_at is not None:
            raise AlreadyRetracted
    statement = (
        insert(ContactDistinction)
        .values(contact_id=one, other_id=other, reason=reason, recorded_by=by.subject)
        .on_conflict_do_nothing()
    )
    new = await session.scalar(statement.returning(ContactDistinction))
    if new is not None:
        return new, True
    return await session.get_one(ContactDistinction, (one, other)), False
