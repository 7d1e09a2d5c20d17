"""Employers and visits at them."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from starlette.responses import Response

from services.outreach import employers, keeping, queries
from services.outreach.api.parameters import (
    READ,
    WRITE,
    DaysQuery,
    EmployerQuery,
    PartnerQuery,
    SectorQuery,
    UnitQuery,
    code_path,
    id_path,
    wanted,
)
from services.outreach.queries import EMPLOYER_VISITS, EMPLOYERS
from services.outreach.schemas.fields import RetractionIn
from services.outreach.schemas.labour import (
    EmployerChangeIn,
    EmployerIn,
    EmployerOut,
    EmployerVisitIn,
    EmployerVisitOut,
)
from shared.dependencies import CallerDep, IfMatch, Reading, Transaction
from shared.paging import Page, Paging
from shared.responses import answered, created
from shared.routing import ServiceRouter

router = ServiceRouter(prefix="/employers", tag="employers")
visits = ServiceRouter(prefix="/employer-visits", tag="employer-visits")

EmployerPath = Annotated[str, code_path("employerCode")]
VisitPath = Annotated[UUID, id_path("employerVisitId")]


@router.post("", scope=WRITE, status_code=201, answers=EmployerOut, idempotent=True)
async def add_employer(body: EmployerIn, session: Transaction, caller: CallerDep) -> Response:
    """Add an employer.

    An organisation number is taken of legal persons only: a sole trader's is a personal one.
    """
    row = await employers.add_employer(session, body.values(), by=caller)
    return created(EmployerOut.of(row), location=f"/employers/{row.code}", version=row.version)


@router.get("", scope=READ)
async def list_employers(
    session: Reading, caller: CallerDep, paging: Paging, sector: SectorQuery = None
) -> Page[EmployerOut]:
    """List employers.

    In the order of their codes.
    """
    which = wanted(paging, sector=sector)
    rows, total = await queries.listed(session, EMPLOYERS, which, by=caller)
    return Page.of([EmployerOut.of(row) for row in rows], total=total, paging=paging)


@router.get("/{employerCode}", scope=READ, answers=EmployerOut)
async def read_employer(code: EmployerPath, session: Reading, caller: CallerDep) -> Response:
    """Read one employer.

    The ETag names its version.
    """
    row = await queries.read(session, EMPLOYERS, code, by=caller)
    return answered(EmployerOut.of(row), version=row.version)


@router.patch("/{employerCode}", scope=WRITE, answers=EmployerOut)
async def change_employer(
    code: EmployerPath,
    body: EmployerChangeIn,
    session: Transaction,
    caller: CallerDep,
    version: IfMatch,
) -> Response:
    """Change an employer.

    Correcting its sector moves what was counted with it, for figures from now on.
    """
    row = await employers.change_employer(
        session, code, body.values(), version=version, reason=body.reason, by=caller
    )
    return answered(EmployerOut.of(row), version=row.version)


@visits.post("", scope=WRITE, status_code=201, answers=EmployerVisitOut, idempotent=True)
async def record_employer_visit(
    body: EmployerVisitIn, session: Transaction, caller: CallerDep
) -> Response:
    """Record a visit at an employer.

    Perhaps made together with a partner.
    """
    row = await employers.record_visit(session, body.values(), by=caller)
    shown = EmployerVisitOut.of(row)
    return created(shown, location=f"/employer-visits/{row.id}", version=row.version)


@visits.get("", scope=READ)
async def list_employer_visits(
    *,
    session: Reading,
    caller: CallerDep,
    paging: Paging,
    days: DaysQuery,
    employer: EmployerQuery = None,
    sector: SectorQuery = None,
    partner: PartnerQuery = None,
    unit: UnitQuery = None,
) -> Page[EmployerVisitOut]:
    """List visits at employers.

    Those of the caller's units, the latest day first; with `partner` those made together.
    """
    also = queries.in_sector(EMPLOYER_VISITS, sector)
    which = wanted(paging, days, also=also, employer=employer, partner=partner, unit=unit)
    rows, total = await queries.listed(session, EMPLOYER_VISITS, which, by=caller)
    return Page.of([EmployerVisitOut.of(row) for row in rows], total=total, paging=paging)


@visits.get("/{employerVisitId}", scope=READ, answers=EmployerVisitOut)
async def read_employer_visit(visit_id: VisitPath, session: Reading, caller: CallerDep) -> Response:
    """Read one visit at an employer.

    The ETag names its version.
    """
    row = await queries.read(session, EMPLOYER_VISITS, visit_id, by=caller)
    return answered(EmployerVisitOut.of(row), version=row.version)


@visits.post(
    "/{employerVisitId}/retractions", scope=WRITE, status_code=201, answers=EmployerVisitOut
)
async def retract_employer_visit(
    visit_id: VisitPath,
    body: RetractionIn,
    session: Transaction,
    caller: CallerDep,
    version: IfMatch,
) -> Response:
    """Retract a visit at an employer.

    It never was true: figures from now on leave it out, those of an older basis keep it.
    """
    row = await keeping.retract(
        session, EMPLOYER_VISITS, visit_id, version=version, reason=body.reason, by=caller
    )
    shown = EmployerVisitOut.of(row)
    return created(shown, location=f"/employer-visits/{row.id}", version=row.version)
