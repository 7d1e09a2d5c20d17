"""Contacts: one attempt to reach one person, identified by an opaque id or anonymous."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.outreach import facts, keeping
from services.outreach.domain.days import require_past
from services.outreach.errors import OwnedBySource
from services.outreach.events import ROUTES, ContactRecorded
from services.outreach.facts import Kind
from services.outreach.models import JOURNAL, Contact
from services.outreach.places import referred, require_in_use
from services.outreach.queries import CONTACTS, SESSIONS
from shared import outbox
from shared.auth import Caller
from shared.clock import today
from shared.db import WriteSession, driver
from shared.events import new_id
from shared.journal import append_sql

COLUMNS = (
    "operation",
    "venue",
    "session_id",
    "unit",
    "happened_on",
    "channel",
    "direction",
    "person_id",
    "sex",
    "age_group",
    "target_group",
    "district",
)

_RECORD = f"""
with created as (
    insert into contact (id, recorded_by, {", ".join(COLUMNS)})
    values (($1::uuid[])[1], $2, {", ".join(f"${n}" for n in range(3, 3 + len(COLUMNS)))})
    on conflict (id) do nothing
    returning *
), booked as (
    {
    append_sql(
        JOURNAL,
        facts.wanted_contact("created r"),
        kind=Kind.CONTACT,
        reason=f"'{keeping.CREATED}'",
        fresh=True,
    )
}
)
select * from created"""
"""Row and facts in one statement: recording a contact is what outreach does most."""


async def record(
    session: WriteSession, values: dict[str, Any], *, by: Caller
) -> tuple[Contact, bool]:
    """Record a contact; return it, and whether it is new.

    Args:
        session: the request's transaction.
        values: `COLUMNS`, and `id` when the client made one.
        by: whose token must cover the contact's unit.

    Raises:
        UnitNotAllowed: the token does not cover the unit.
        InTheFuture: on a day that has not come.
        UnknownReference, NotValidThatDay: the operation, the venue or the session.
        IdTaken: the id holds another contact.

    """
    by.require_unit(values["unit"])
    require_past("happenedOn", values["happened_on"], today=today())
    conn = await driver(session)
    await require_in_use(
        conn, values["happened_on"], operation=values["operation"], venue=values["venue"]
    )
    await referred(session, SESSIONS, values["session_id"], "sessionId", by=by)
    contact_id = values.get("id") or new_id()
    row = [values[name] for name in COLUMNS]
    if values["person_id"] is not None:
        await facts.hold_people(conn, [values["person_id"]])
    created = await conn.fetchrow(_RECORD, [contact_id], by.subject, *row)
    if created is None:
        return await keeping.same(session, CONTACTS, values), False
    told = ContactRecorded(
        contact_id=contact_id,
        operation=values["operation"],
        unit=values["unit"],
        happened_on=values["happened_on"],
    )
    await outbox.record(conn, [told], ROUTES)
    return Contact(**created), True


async def correct(
    session: WriteSession,
    contact_id: UUID,
    values: dict[str, Any],
    *,
    version: int,
    reason: str,
    by: Caller,
) -> Contact:
    """Correct a contact; whom it was with is said by linking (`contact_links`).

    Raises:
        NotFoundHere: no such contact among the caller's units.
        PreconditionFailed: it has changed since it was read.
        AlreadyRetracted: it is retracted.
        InTheFuture, UnknownReference, NotValidThatDay: the corrected day or venue.
        OwnedBySource: a register pushed it.

    """
    row = await keeping.for_change(session, CONTACTS, contact_id, version=version, by=by)
    if row.source_key is not None:
        raise OwnedBySource
    day = values.get("happened_on", row.happened_on)
    require_past("happenedOn", day, today=today())
    conn = await driver(session)
    venue = values.get("venue", row.venue)
    await require_in_use(conn, day, operation=row.operation, venue=venue)
    await keeping.change(session, row, values, reason=reason, by=by.subject)
    return row
