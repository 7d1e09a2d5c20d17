"""Contacts. Whoever an answer names is noted in the access log."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from services.outreach import contact_links, contacts, keeping, queries
from services.outreach.api.parameters import (
    READ,
    WRITE,
    DaysQuery,
    OperationQuery,
    UnitQuery,
    id_path,
    wanted,
)
from services.outreach.domain.codes import Channel
from services.outreach.models import Contact
from services.outreach.queries import CONTACTS
from services.outreach.schemas.fields import RetractionIn
from services.outreach.schemas.meetings import (
    ContactChangeIn,
    ContactIn,
    ContactOut,
    PersonLinkIn,
)
from shared.dependencies import AccessedDep, CallerDep, IfMatch, Reading, Transaction
from shared.paging import Page, Paging
from shared.responses import answered, created
from shared.routing import ServiceRouter
from shared.unit import Accessed

router = ServiceRouter(prefix="/contacts", tag="contacts")

ContactPath = Annotated[UUID, id_path("contactId")]
ChannelQuery = Annotated[Channel | None, Query(alias="channel", description="Only this channel")]


@router.post("", scope=WRITE, status_code=201, answers=ContactOut, idempotent=True)
async def record_contact(
    body: ContactIn, session: Transaction, caller: CallerDep, accessed: AccessedDep
) -> Response:
    """Record a contact.

    With an id made by the client it may be sent again, from a line that breaks: the answer is
    then 200 and nothing is counted twice.
    """
    row, new = await contacts.record(session, body.values(), by=caller)
    seen = shown(row, accessed)
    if not new:
        return answered(seen, version=row.version)
    return created(seen, location=f"/contacts/{row.id}", version=row.version)


@router.get("", scope=READ)
async def list_contacts(
    *,
    session: Reading,
    caller: CallerDep,
    accessed: AccessedDep,
    paging: Paging,
    days: DaysQuery,
    operation: OperationQuery = None,
    unit: UnitQuery = None,
    channel: ChannelQuery = None,
) -> Page[ContactOut]:
    """List contacts.

    Those of the caller's units, the latest day first.
    """
    which = wanted(paging, days, operation=operation, unit=unit, channel=channel)
    rows, total = await queries.listed(session, CONTACTS, which, by=caller)
    return Page.of([shown(row, accessed) for row in rows], total=total, paging=paging)


@router.get("/{contactId}", scope=READ, answers=ContactOut)
async def read_contact(
    contact_id: ContactPath, session: Reading, caller: CallerDep, accessed: AccessedDep
) -> Response:
    """Read one contact.

    The ETag names its version.
    """
    row = await queries.read(session, CONTACTS, contact_id, by=caller)
    return answered(shown(row, accessed), version=row.version)


@router.patch("/{contactId}", scope=WRITE, answers=ContactOut)
async def correct_contact(
    *,
    contact_id: ContactPath,
    body: ContactChangeIn,
    session: Transaction,
    caller: CallerDep,
    accessed: AccessedDep,
    version: IfMatch,
) -> Response:
    """Correct a contact.

    One that a register pushed is corrected where it came from. Whom an anonymous contact was
    with is said by a person link.
    """
    row = await contacts.correct(
        session, contact_id, body.values(), version=version, reason=body.reason, by=caller
    )
    return answered(shown(row, accessed), version=row.version)


@router.post("/{contactId}/retractions", scope=WRITE, status_code=201, answers=ContactOut)
async def retract_contact(
    *,
    contact_id: ContactPath,
    body: RetractionIn,
    session: Transaction,
    caller: CallerDep,
    accessed: AccessedDep,
    version: IfMatch,
) -> Response:
    """Retract a contact.

    It never was true: figures from now on leave it out, those of an older basis keep it.
    """
    row = await keeping.retract(
        session, CONTACTS, contact_id, version=version, reason=body.reason, by=caller
    )
    return created(shown(row, accessed), location=f"/contacts/{row.id}", version=row.version)


@router.post(
    "/{contactId}/person-links", scope=WRITE, status_code=201, answers=ContactOut, idempotent=True
)
async def link_contact(
    contact_id: ContactPath,
    body: PersonLinkIn,
    session: Transaction,
    caller: CallerDep,
    accessed: AccessedDep,
) -> Response:
    """Say whom an anonymous contact was with.

    The contact stays one contact and the person becomes one who was reached. The same link
    again answers 200 and changes nothing; one to somebody else is refused.
    """
    row, new = await contact_links.link(
        session, contact_id, body.person_id, reason=body.reason, by=caller
    )
    seen = shown(row, accessed)
    if not new:
        return answered(seen, version=row.version)
    return created(seen, location=f"/contacts/{row.id}", version=row.version)


@router.post("/{contactId}/person-unlinks", scope=WRITE, status_code=201, answers=ContactOut)
async def unlink_contact(
    *,
    contact_id: ContactPath,
    body: RetractionIn,
    session: Transaction,
    caller: CallerDep,
    accessed: AccessedDep,
    version: IfMatch,
) -> Response:
    """Take a person link back.

    The contact is anonymous again. One whose source said who it was is corrected there.
    """
    row = await contact_links.unlink(
        session, contact_id, version=version, reason=body.reason, by=caller
    )
    return created(shown(row, accessed), location=f"/contacts/{row.id}", version=row.version)


def shown(row: Contact, accessed: Accessed) -> ContactOut:
    """Return the shape of a contact, noting whom it was with as shown to the caller."""
    if row.person_id is not None:
        accessed(row.person_id)
    return ContactOut.of(row)
