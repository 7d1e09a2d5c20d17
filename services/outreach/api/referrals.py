"""Referrals. Whoever an answer names is noted in the access log."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from services.outreach import queries, referrals
from services.outreach.api.parameters import READ, WRITE, DaysQuery, UnitQuery, id_path, wanted
from services.outreach.domain.referrals import ReferralState
from services.outreach.models import Referral
from services.outreach.queries import REFERRALS
from services.outreach.schemas.referral import ReferralIn, ReferralOut
from shared.dependencies import AccessedDep, CallerDep, Reading, Transaction
from shared.paging import Page, Paging
from shared.responses import answered, created
from shared.routing import ServiceRouter
from shared.unit import Accessed

router = ServiceRouter(prefix="/referrals", tag="referrals")

ReferralPath = Annotated[UUID, id_path("referralId")]
StateQuery = Annotated[ReferralState | None, Query(alias="state", description="Only in this state")]


@router.post("", scope=WRITE, status_code=201, answers=ReferralOut, idempotent=True)
async def make_referral(
    body: ReferralIn, session: Transaction, caller: CallerDep, accessed: AccessedDep
) -> Response:
    """Refer a person to a unit of participants.

    It becomes a pending enrolment there, whose start or refusal closes the referral.
    """
    row = await referrals.make(session, body.values(), by=caller)
    shown = _shown(row, accessed)
    return created(shown, location=f"/referrals/{row.id}", version=row.version)


@router.get("", scope=READ)
async def list_referrals(
    *,
    session: Reading,
    caller: CallerDep,
    accessed: AccessedDep,
    paging: Paging,
    days: DaysQuery,
    unit: UnitQuery = None,
    state: StateQuery = None,
) -> Page[ReferralOut]:
    """List referrals.

    Made by or to the caller's units, the latest day first; `unit` is the receiving one.
    """
    which = wanted(paging, days, unit=unit, state=state)
    rows, total = await queries.listed(session, REFERRALS, which, by=caller)
    return Page.of([_shown(row, accessed) for row in rows], total=total, paging=paging)


@router.get("/{referralId}", scope=READ, answers=ReferralOut)
async def read_referral(
    referral_id: ReferralPath, session: Reading, caller: CallerDep, accessed: AccessedDep
) -> Response:
    """Read one referral.

    What became of it, as far as participants has told; the ETag names its version.
    """
    row = await queries.read(session, REFERRALS, referral_id, by=caller)
    return answered(_shown(row, accessed), version=row.version)


def _shown(row: Referral, accessed: Accessed) -> ReferralOut:
    accessed(row.person_id)
    return ReferralOut.of(row)
