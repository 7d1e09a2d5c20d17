"""Partners and agreements."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from services.outreach import keeping, partners, queries
from services.outreach.api.parameters import (
    READ,
    WRITE,
    DaysQuery,
    EndsWithinQuery,
    OnQuery,
    PartnerQuery,
    code_path,
    id_path,
    wanted,
)
from services.outreach.domain.codes import AgreementKind
from services.outreach.queries import AGREEMENTS, PARTNERS
from services.outreach.schemas.fields import RetractionIn
from services.outreach.schemas.partners import (
    AgreementChangeIn,
    AgreementIn,
    AgreementOut,
    EngagementsOut,
    PartnerChangeIn,
    PartnerIn,
    PartnerOut,
)
from shared.clock import today
from shared.dependencies import CallerDep, IfMatch, Reading, Transaction
from shared.paging import Page, Paging
from shared.responses import answered, created
from shared.routing import ServiceRouter

router = ServiceRouter(prefix="/partners", tag="partners")
agreements = ServiceRouter(prefix="/agreements", tag="agreements")

PartnerPath = Annotated[str, code_path("partnerCode")]
KindQuery = Annotated[AgreementKind | None, Query(alias="kind", description="Only this kind")]
AgreementPath = Annotated[UUID, id_path("agreementId")]


@router.post("", scope=WRITE, status_code=201, answers=PartnerOut, idempotent=True)
async def add_partner(body: PartnerIn, session: Transaction, caller: CallerDep) -> Response:
    """Add a partner.

    An organisation that the committee works with. Whom one speaks to there is not kept.
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

    What it is called, its kind, its organisation number, or that it is an employer too.
    """
    row = await partners.change_partner(
        session, code, body.values(), version=version, reason=body.reason, by=caller
    )
    return answered(PartnerOut.of(row), version=row.version)


@router.get("/{partnerCode}/engagements", scope=READ)
async def read_engagements(
    code: PartnerPath, session: Reading, caller: CallerDep, on: OnQuery = None
) -> EngagementsOut:
    """Read what a partner has with the committee.

    How many agreements, collaborations and employer visits; each list takes `partner`.
    """
    row = await queries.read(session, PARTNERS, code, by=caller)
    day = on or today()
    found = await queries.engagements(session, row.code, day=day, by=caller)
    return EngagementsOut.model_validate(
        {"partner": row.code, "on": day, **found}, from_attributes=True
    )


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
    kind: KindQuery = None,
    on: OnQuery = None,
    ends_within: EndsWithinQuery = None,
) -> Page[AgreementOut]:
    """List agreements.

    `from` and `to` limit their first day, the latest first. With `endsWithin` those that end
    soon and are not continued, the soonest first.
    """
    also = (*queries.in_force(on), *queries.ending(ends_within, today=today()))
    soonest = None if ends_within is None else queries.AGREEMENT_ENDS
    which = wanted(paging, days, also=also, soonest=soonest, partner=partner, kind=kind)
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


@agreements.post("/{agreementId}/retractions", scope=WRITE, status_code=201, answers=AgreementOut)
async def retract_agreement(
    agreement_id: AgreementPath,
    body: RetractionIn,
    session: Transaction,
    caller: CallerDep,
    version: IfMatch,
) -> Response:
    """Retract an agreement.

    It never was made: figures from now on leave it out, those of an older basis keep it.
    """
    row = await keeping.retract(
        session, AGREEMENTS, agreement_id, version=version, reason=body.reason, by=caller
    )
    return created(AgreementOut.of(row), location=f"/agreements/{row.id}", version=row.version)
