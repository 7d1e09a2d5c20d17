"""Partners and agreements."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from starlette.responses import Response

from services.outreach import partners, queries
from services.outreach.api.parameters import (
    READ,
    WRITE,
    DaysQuery,
    PartnerQuery,
    code_path,
    id_path,
    wanted,
)
from services.outreach.queries import AGREEMENTS, PARTNERS
from services.outreach.schemas.places import (
    AgreementChangeIn,
    AgreementIn,
    AgreementOut,
    PartnerChangeIn,
    PartnerIn,
    PartnerOut,
)
from shared.dependencies import CallerDep, IfMatch, Reading, Transaction
from shared.paging import Page, Paging
from shared.responses import answered, created
from shared.routing import ServiceRouter

router = ServiceRouter(prefix="/partners", tag="partners")
agreements = ServiceRouter(prefix="/agreements", tag="agreements")

PartnerPath = Annotated[str, code_path("partnerCode")]
AgreementPath = Annotated[UUID, id_path("agreementId")]


@router.post("", scope=WRITE, status_code=201, answers=PartnerOut, idempotent=True)
async def add_partner(body: PartnerIn, session: Transaction, caller: CallerDep) -> Response:
    """Add a partner.

    An organisation that the committee works with.
    """
    row = await partners.add_partner(session, body.values(), by=caller)
    return created(PartnerOut.of(row), location=f"/partners/{row.code}", version=row.version)


@router.get("", scope=READ)
async def list_partners(session: Reading, caller: CallerDep, paging: Paging) -> Page[PartnerOut]:
    """List partners.

    In the order of their codes.
    """
    rows, total = await queries.listed(session, PARTNERS, wanted(paging), by=caller)
    return Page.of([PartnerOut.of(row) for row in rows], total=total, paging=paging)


@router.get("/{partnerCode}", scope=READ, answers=PartnerOut)
async def read_partner(code: PartnerPath, session: Reading, caller: CallerDep) -> Response:
    """Read one partner.

    The ETag names its version.
    """
    row = await queries.read(session, PARTNERS, code, by=caller)
    return answered(PartnerOut.of(row), version=row.version)


@router.patch("/{partnerCode}", scope=WRITE, answers=PartnerOut)
async def change_partner(
    code: PartnerPath,
    body: PartnerChangeIn,
    session: Transaction,
    caller: CallerDep,
    version: IfMatch,
) -> Response:
    """Change a partner.

    Its name or kind.
    """
    row = await partners.change_partner(
        session, code, body.values(), version=version, reason=body.reason, by=caller
    )
    return answered(PartnerOut.of(row), version=row.version)


@agreements.post("", scope=WRITE, status_code=201, answers=AgreementOut, idempotent=True)
async def record_agreement(body: AgreementIn, session: Transaction, caller: CallerDep) -> Response:
    """Record an agreement.

    Without a last day it goes on.
    """
    row = await partners.agree(session, body.values(), by=caller)
    return created(AgreementOut.of(row), location=f"/agreements/{row.id}", version=row.version)


@agreements.get("", scope=READ)
async def list_agreements(
    *,
    session: Reading,
    caller: CallerDep,
    paging: Paging,
    days: DaysQuery,
    partner: PartnerQuery = None,
) -> Page[AgreementOut]:
    """List agreements.

    `from` and `to` limit their first day, the latest first.
    """
    which = wanted(paging, days, partner=partner)
    rows, total = await queries.listed(session, AGREEMENTS, which, by=caller)
    return Page.of([AgreementOut.of(row) for row in rows], total=total, paging=paging)


@agreements.get("/{agreementId}", scope=READ, answers=AgreementOut)
async def read_agreement(
    agreement_id: AgreementPath, session: Reading, caller: CallerDep
) -> Response:
    """Read one agreement.

    The ETag names its version.
    """
    row = await queries.read(session, AGREEMENTS, agreement_id, by=caller)
    return answered(AgreementOut.of(row), version=row.version)


@agreements.patch("/{agreementId}", scope=WRITE, answers=AgreementOut)
async def change_agreement(
    agreement_id: AgreementPath,
    body: AgreementChangeIn,
    session: Transaction,
    caller: CallerDep,
    version: IfMatch,
) -> Response:
    """Change an agreement.

    Prolong, end or correct it.
    """
    row = await partners.change_agreement(
        session, agreement_id, body.values(), version=version, reason=body.reason, by=caller
    )
    return answered(AgreementOut.of(row), version=row.version)
