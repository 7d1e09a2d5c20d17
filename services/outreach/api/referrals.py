"""Referrals. Whoever an answer names is noted in the access log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, cast
from uuid import UUID

from fastapi import Depends, Query, Request
from starlette.responses import Response

from services.outreach import queries, referrals
from services.outreach.api.parameters import READ, WRITE, DaysQuery, UnitQuery, id_path, wanted
from services.outreach.domain.referrals import ReferralState
from services.outreach.models import Referral
from services.outreach.queries import ANSWER_DUE, REFERRALS
from services.outreach.schemas.referral import ReferralIn, ReferralOut, WithdrawalIn
from shared.dependencies import AccessedDep, CallerDep, Reading, Transaction
from shared.paging import Page, Paging
from shared.responses import answered, created
from shared.routing import ServiceRouter
from shared.unit import Accessed

if TYPE_CHECKING:
    from services.outreach.settings import Settings

router = ServiceRouter(prefix="/referrals", tag="referrals")

ReferralPath = Annotated[UUID, id_path("referralId")]
StateQuery = Annotated[ReferralState | None, Query(alias="state", description="Only in this state")]
OverdueQuery = Annotated[
    bool,
    Query(alias="overdue", description="Only those that wait too long, the longest overdue first"),
]


def answer_days(request: Request) -> int:
    """Return how many days units have to answer, as it is set."""
    return cast("Settings", request.app.state.services.settings).referral_answer_days


AnswerDays = Annotated[int, Depends(answer_days)]


@router.post("", scope=WRITE, status_code=201, answers=ReferralOut, idempotent=True)
async def make_referral(
    body: ReferralIn,
    session: Transaction,
    caller: CallerDep,
    accessed: AccessedDep,
    days: AnswerDays,
) -> Response:
    """Refer a person to a unit of participants.

    It becomes a pending enrolment there, whose start or refusal closes the referral. An
    anonymous contact that it refers to was with the person from now on. With an id made by the
    client it may be sent again: the answer is then 200.
    """
    row, new = await referrals.make(session, body.values(), answer_days=days, by=caller)
    shown = _shown(row, accessed)
    if not new:
        return answered(shown, version=row.version)
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
    overdue: OverdueQuery = False,
) -> Page[ReferralOut]:
    """List referrals.

    Made by or to the caller's units, the latest day first; `unit` is the receiving one.
    """
    also, soonest = (queries.overdue(), ANSWER_DUE) if overdue else ((), None)
    which = wanted(paging, days, also=also, soonest=soonest, unit=unit, state=state)
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


@router.post(
    "/{referralId}/withdrawals",
    scope=WRITE,
    status_code=201,
    answers=ReferralOut,
    idempotent=True,
)
async def withdraw_referral(
    referral_id: ReferralPath,
    body: WithdrawalIn,
    session: Transaction,
    caller: CallerDep,
    accessed: AccessedDep,
) -> Response:
    """Take back a referral that nobody has answered.

    By the unit that made it. Participants takes it off its unit's list; an answer given
    meanwhile stands.
    """
    row = await referrals.withdraw(session, referral_id, body.withdrawn_on, body.reason, by=caller)
    return created(_shown(row, accessed), location=f"/referrals/{row.id}", version=row.version)


def _shown(row: Referral, accessed: Accessed) -> ReferralOut:
    accessed(row.person_id)
    return ReferralOut.of(row)
