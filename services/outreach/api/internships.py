"""Internships that employers offer."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from starlette.responses import Response

from services.outreach import internships, keeping, queries
from services.outreach.api.parameters import (
    READ,
    WRITE,
    DaysQuery,
    EmployerQuery,
    SectorQuery,
    UnitQuery,
    id_path,
    wanted,
)
from services.outreach.queries import INTERNSHIPS
from services.outreach.schemas.fields import RetractionIn
from services.outreach.schemas.labour import InternshipChangeIn, InternshipIn, InternshipOut
from shared.dependencies import CallerDep, IfMatch, Reading, Transaction
from shared.paging import Page, Paging
from shared.responses import answered, created
from shared.routing import ServiceRouter

router = ServiceRouter(prefix="/internships", tag="internships")

InternshipPath = Annotated[UUID, id_path("internshipId")]


@router.post("", scope=WRITE, status_code=201, answers=InternshipOut, idempotent=True)
async def offer_internships(
    body: InternshipIn, session: Transaction, caller: CallerDep
) -> Response:
    """Record internships that an employer offers.

    How many places, and how many of them are taken already.
    """
    row = await internships.offer(session, body.values(), by=caller)
    return created(InternshipOut.of(row), location=f"/internships/{row.id}", version=row.version)


@router.get("", scope=READ)
async def list_internships(
    *,
    session: Reading,
    caller: CallerDep,
    paging: Paging,
    days: DaysQuery,
    employer: EmployerQuery = None,
    sector: SectorQuery = None,
    unit: UnitQuery = None,
) -> Page[InternshipOut]:
    """List internships offered.

    Those of the caller's units, the latest day first.
    """
    also = queries.in_sector(INTERNSHIPS, sector)
    which = wanted(paging, days, also=also, employer=employer, unit=unit)
    rows, total = await queries.listed(session, INTERNSHIPS, which, by=caller)
    return Page.of([InternshipOut.of(row) for row in rows], total=total, paging=paging)


@router.get("/{internshipId}", scope=READ, answers=InternshipOut)
async def read_internships(
    internship_id: InternshipPath, session: Reading, caller: CallerDep
) -> Response:
    """Read one offer of internships.

    The ETag names its version.
    """
    row = await queries.read(session, INTERNSHIPS, internship_id, by=caller)
    return answered(InternshipOut.of(row), version=row.version)


@router.patch("/{internshipId}", scope=WRITE, answers=InternshipOut)
async def change_internships(
    internship_id: InternshipPath,
    body: InternshipChangeIn,
    session: Transaction,
    caller: CallerDep,
    version: IfMatch,
) -> Response:
    """Say how many places are taken by now, or correct what was offered.

    Figures from now on follow; those of an older basis stay.
    """
    row = await internships.change(
        session, internship_id, body.values(), version=version, reason=body.reason, by=caller
    )
    return answered(InternshipOut.of(row), version=row.version)


@router.post("/{internshipId}/retractions", scope=WRITE, status_code=201, answers=InternshipOut)
async def retract_internships(
    internship_id: InternshipPath,
    body: RetractionIn,
    session: Transaction,
    caller: CallerDep,
    version: IfMatch,
) -> Response:
    """Retract an offer of internships.

    It never was made: figures from now on leave it out, those of an older basis keep it.
    """
    row = await keeping.retract(
        session, INTERNSHIPS, internship_id, version=version, reason=body.reason, by=caller
    )
    return created(InternshipOut.of(row), location=f"/internships/{row.id}", version=row.version)
