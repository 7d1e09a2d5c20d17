"""Referrals that wait for a unit's answer."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query
from starlette.responses import Response

from services.participants import queries, referrals
from services.participants.api.parameters import READ, WRITE, LoggedReading, UnitQuery
from services.participants.domain.codes import PendingState
from services.participants.schemas.enrolment import (
    EnrolmentOut,
    EntryIn,
    PendingEnrolmentOut,
    RefusalIn,
)
from shared.db import driver
from shared.dependencies import AccessedDep, CallerDep, Reading, Transaction
from shared.paging import Page, Paging
from shared.responses import answered, created
from shared.routing import ServiceRouter

router = ServiceRouter(prefix="/pending-enrolments", tag="pending-enrolments")

PendingPath = Annotated[UUID, Path(alias="pendingEnrolmentId", description="Its id")]
StateQuery = Annotated[PendingState | None, Query(alias="state", description="Only in this state")]
OverdueQuery = Annotated[
    bool, Query(alias="overdue", description="Only those that wait later than they were due")
]


@router.get("", scope=READ)
async def list_pending_enrolments(
    session: Reading,
    caller: CallerDep,
    accessed: AccessedDep,
    paging: Paging,
    *,
    unit: UnitQuery = None,
    state: StateQuery = None,
    overdue: OverdueQuery = False,
) -> Page[PendingEnrolmentOut]:
    """List referrals to the caller's units, the longest waiting first.

    Who was referred is logged.
    """
    rows, total = await queries.pending_enrolments_page(
        await driver(session), by=caller, paging=paging, unit=unit, state=state, overdue=overdue
    )
    accessed(*(row["person_id"] for row in rows))
    return Page.of([PendingEnrolmentOut.of(row) for row in rows], total=total, paging=paging)


@router.get("/{pendingEnrolmentId}", scope=READ, answers=PendingEnrolmentOut)
async def read_pending_enrolment(
    pending_id: PendingPath, session: LoggedReading, caller: CallerDep, accessed: AccessedDep
) -> Response:
    """Read one referral and what became of it.

    The ETag names its version.
    """
    row = await queries.one(await driver(session), queries.PENDING_ENROLMENT, pending_id, by=caller)
    accessed(row["person_id"])
    return answered(PendingEnrolmentOut.of(row), version=row["version"])


@router.post(
    "/{pendingEnrolmentId}/acceptances",
    scope=WRITE,
    status_code=201,
    answers=EnrolmentOut,
    idempotent=True,
)
async def accept_referral(
    pending_id: PendingPath,
    body: EntryIn,
    session: Transaction,
    caller: CallerDep,
    accessed: AccessedDep,
) -> Response:
    """Accept a referral by enrolling the person.

    The answer is the enrolment; outreach is told, which closes the referral.
    """
    row = await referrals.accept(session, pending_id, body, by=caller)
    accessed(row["person_id"])
    return created(
        EnrolmentOut.of(row), location=f"/enrolments/{row['id']}", version=row["version"]
    )


@router.post(
    "/{pendingEnrolmentId}/refusals",
    scope=WRITE,
    status_code=201,
    answers=PendingEnrolmentOut,
    idempotent=True,
)
async def refuse_referral(
    pending_id: PendingPath,
    body: RefusalIn,
    session: Transaction,
    caller: CallerDep,
    accessed: AccessedDep,
) -> Response:
    """Decline a referral.

    The reason goes back to outreach, which closes the referral.
    """
    row = await referrals.decline(session, pending_id, body.reason, by=caller)
    accessed(row["person_id"])
    return created(
        PendingEnrolmentOut.of(row),
        location=f"/pending-enrolments/{pending_id}",
        version=row["version"],
    )
