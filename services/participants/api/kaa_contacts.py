"""Contacts with youths of the responsibility for activity."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query
from starlette.responses import Response

from services.participants import kaa_contacts, queries
from services.participants.api.kaa_memberships import KAA
from services.participants.api.parameters import LoggedReading, PersonQuery, UnitQuery
from services.participants.queries import kaa as reads
from services.participants.schemas.enrolment import RetractionIn
from services.participants.schemas.kaa import KaaContactCorrectionIn, KaaContactIn, KaaContactOut
from shared.db import driver
from shared.dependencies import AccessedDep, CallerDep, IfMatch, Reading, Transaction
from shared.models import LocalDate
from shared.paging import Page, Paging
from shared.responses import answered, created
from shared.routing import ServiceRouter

router = ServiceRouter(prefix="/kaa-contacts", tag="kaa-contacts")

ContactPath = Annotated[UUID, Path(alias="kaaContactId", description="The contact's id")]
MembershipQuery = Annotated[
    UUID | None, Query(alias="membershipId", description="Only this membership's")
]
SinceQuery = Annotated[LocalDate | None, Query(alias="since", description="Only from this day on")]


@router.post("", scope=KAA, status_code=201, answers=KaaContactOut, idempotent=True)
async def record_kaa_contact(
    body: KaaContactIn, session: Transaction, caller: CallerDep, accessed: AccessedDep
) -> Response:
    """Record a contact.

    On a day on which the youth is under the responsibility. Needs participants:write as well.
    """
    row = await kaa_contacts.record(session, body, by=caller)
    accessed(row["person_id"])
    location = f"/kaa-contacts/{row['id']}"
    return created(KaaContactOut.of(row), location=location, version=row["version"])


@router.get("", scope=KAA)
async def list_kaa_contacts(
    session: Reading,
    caller: CallerDep,
    accessed: AccessedDep,
    paging: Paging,
    *,
    unit: UnitQuery = None,
    person: PersonQuery = None,
    membership: MembershipQuery = None,
    since: SinceQuery = None,
) -> Page[KaaContactOut]:
    """List contacts.

    The latest first. Who is shown is logged.
    """
    rows, total = await reads.kaa_page(
        await driver(session),
        reads.KAA_CONTACT,
        by=caller,
        paging=paging,
        where={"unit": unit, "person": person, "membership": membership, "since": since},
    )
    accessed(*(row["person_id"] for row in rows))
    return Page.of([KaaContactOut.of(row) for row in rows], total=total, paging=paging)


@router.get("/{kaaContactId}", scope=KAA, answers=KaaContactOut)
async def read_kaa_contact(
    contact_id: ContactPath, session: LoggedReading, caller: CallerDep, accessed: AccessedDep
) -> Response:
    """Read one contact.

    The ETag names its version.
    """
    row = await queries.one(await driver(session), reads.KAA_CONTACT, contact_id, by=caller)
    accessed(row["person_id"])
    return answered(KaaContactOut.of(row), version=row["version"])


@router.post("/{kaaContactId}/corrections", scope=KAA, status_code=201, answers=KaaContactOut)
async def correct_kaa_contact(
    contact_id: ContactPath,
    body: KaaContactCorrectionIn,
    *,
    session: Transaction,
    caller: CallerDep,
    accessed: AccessedDep,
    version: IfMatch,
) -> Response:
    """Correct what was recorded wrongly.

    The version before is kept with the reason. Needs participants:write as well.
    """
    row = await kaa_contacts.correct(session, contact_id, body, expected=version, by=caller)
    accessed(row["person_id"])
    location = f"/kaa-contacts/{contact_id}"
    return created(KaaContactOut.of(row), location=location, version=row["version"])


@router.post("/{kaaContactId}/retractions", scope=KAA, status_code=201, answers=KaaContactOut)
async def retract_kaa_contact(
    contact_id: ContactPath,
    body: RetractionIn,
    *,
    session: Transaction,
    caller: CallerDep,
    accessed: AccessedDep,
    version: IfMatch,
) -> Response:
    """Take back a contact that never was.

    It counts for nothing from now on. Needs participants:write as well.
    """
    row = await kaa_contacts.retract(
        session, contact_id, expected=version, reason=body.reason, by=caller
    )
    accessed(row["person_id"])
    location = f"/kaa-contacts/{contact_id}"
    return created(KaaContactOut.of(row), location=location, version=row["version"])
