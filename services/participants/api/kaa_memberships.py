"""The register of the responsibility for activity, and what is documented about each youth."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query
from starlette.responses import Response

from services.participants import queries
from services.participants.api.parameters import (
    LoggedReading,
    OnDay,
    PersonQuery,
    SealsDep,
    UnitQuery,
)
from services.participants.kaa_measures import opened_goal
from services.participants.queries import kaa as reads
from services.participants.schemas.kaa import (
    KaaContactOut,
    KaaDocumentationOut,
    KaaMeasureContentOut,
    KaaMembershipContentOut,
    KaaMembershipOut,
)
from services.participants.sealing import KaaContact
from shared.clock import today
from shared.db import driver
from shared.dependencies import AccessedDep, CallerDep, Reading
from shared.models import LocalDate
from shared.paging import Page, Paging
from shared.responses import answered
from shared.routing import ServiceRouter

KAA = "participants:kaa"
"""Content of the register: for those who work with the responsibility, and nobody else."""

router = ServiceRouter(prefix="/kaa-memberships", tag="kaa-memberships")

MembershipPath = Annotated[UUID, Path(alias="membershipId", description="The membership's id")]
JudgedOn = Annotated[
    LocalDate | None, Query(alias="on", description="The day to judge the conditions on; today")
]


@router.get("", scope=KAA)
async def list_kaa_memberships(
    session: Reading,
    caller: CallerDep,
    accessed: AccessedDep,
    paging: Paging,
    *,
    unit: UnitQuery = None,
    person: PersonQuery = None,
    on: OnDay = None,
) -> Page[KaaMembershipOut]:
    """List periods of responsibility.

    With `on`, those that cover that day. Retracted ones are marked. Who is shown is logged.
    """
    rows, total = await reads.kaa_page(
        await driver(session),
        reads.KAA_MEMBERSHIP,
        by=caller,
        paging=paging,
        where={"unit": unit, "person": person, "on": on},
    )
    accessed(*(row["person_id"] for row in rows))
    return Page.of([KaaMembershipOut.of(row) for row in rows], total=total, paging=paging)


@router.get("/{membershipId}", scope=KAA, answers=KaaMembershipContentOut)
async def read_kaa_membership(
    membership_id: MembershipPath,
    session: LoggedReading,
    caller: CallerDep,
    seals: SealsDep,
    *,
    accessed: AccessedDep,
    on: JudgedOn = None,
) -> Response:
    """Read what the register holds of a youth.

    With the six conditions of skollagen 29 kap. 9 § as they stand on a day, each with its
    explanation. The reading is logged. The ETag names its version.
    """
    row = await queries.one(await driver(session), reads.KAA_MEMBERSHIP, membership_id, by=caller)
    accessed(row["person_id"])
    contact = KaaContact()
    if row["contact_sealed"] is not None:
        contact = seals.open_kaa_contact(row["contact_sealed"], row["external_reference"])
    shown = KaaMembershipContentOut.opened(row, contact, on or today())
    return answered(shown, version=row["version"])


@router.get("/{membershipId}/records", scope=KAA)
async def read_kaa_documentation(
    membership_id: MembershipPath,
    session: LoggedReading,
    caller: CallerDep,
    seals: SealsDep,
    accessed: AccessedDep,
) -> KaaDocumentationOut:
    """Read what is documented about a youth.

    Contacts and measures, with goals and days of follow-up. The reading is logged.
    """
    conn = await driver(session)
    row = await queries.one(conn, reads.KAA_MEMBERSHIP, membership_id, by=caller)
    accessed(row["person_id"])
    contacts = await reads.kaa_records(conn, reads.KAA_CONTACT, membership_id, by=caller)
    measures = await reads.kaa_records(conn, reads.KAA_MEASURE, membership_id, by=caller)
    return KaaDocumentationOut(
        membership=KaaMembershipOut.of(row),
        contacts=[KaaContactOut.of(each) for each in contacts],
        measures=[KaaMeasureContentOut.opened(each, opened_goal(each, seals)) for each in measures],
    )
