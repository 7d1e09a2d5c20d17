"""Claims on funders: drafted, submitted, decided, paid, and opened to their vouchers and hours."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query, Request
from starlette.responses import Response

from services.budget import claims
from services.budget.api.parameters import POST, READ, BasisQuery
from services.budget.claims import Step
from services.budget.domain.claims import Action, ClaimState
from services.budget.queries import claims as reads
from services.budget.schemas.claim_lines import SourceOut
from services.budget.schemas.claims import (
    ClaimDecisionIn,
    ClaimHeadOut,
    ClaimIn,
    ClaimOut,
    EndingIn,
    PaymentIn,
    RepaymentIn,
    SubmissionIn,
)
from shared.basis import reading_at
from shared.db import Connection, driver
from shared.dependencies import CallerDep, Reading, Transaction
from shared.paging import Page, Paging
from shared.responses import created
from shared.routing import ServiceRouter

router = ServiceRouter(prefix="/claims", tag="claims")

ClaimPath = Annotated[UUID, Path(alias="claimId", description="The claim's id")]
LinePath = Annotated[int, Path(alias="line", ge=1, le=100_000, description="The line's number")]
ProjectQuery = Annotated[
    str | None,
    Query(
        alias="project",
        pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,19}$",
        description="Only of the project with this number",
    ),
]
StateQuery = Annotated[ClaimState | None, Query(alias="state", description="Only in this state")]


@router.post("", scope=POST, status_code=201, answers=ClaimHeadOut, idempotent=True)
async def draft_claim(body: ClaimIn, session: Transaction, caller: CallerDep) -> Response:
    """Draft a claim (ansökan om utbetalning).

    An advance states its amount. Every other claim is computed each time it is read, from what
    no live claim holds by the end of its last month, until it is submitted.
    """
    conn = await driver(session)
    said = body.to_domain()
    claim_id = await claims.draft(conn, body.project_id, **said, by=caller.subject)
    return await _head(conn, claim_id)


@router.get("", scope=READ)
async def list_claims(
    session: Reading, paging: Paging, project: ProjectQuery = None, state: StateQuery = None
) -> Page[ClaimHeadOut]:
    """List claims.

    By project and number; a draft stands at nothing until it is submitted.
    """
    rows, total = await reads.claims_page(
        await driver(session),
        project=project,
        state=state,
        limit=paging.limit,
        offset=paging.offset,
    )
    return Page.of([ClaimHeadOut.of(row) for row in rows], total=total, paging=paging)


@router.get("/{claimId}", scope=READ)
async def read_claim(request: Request, claim_id: ClaimPath, basis: BasisQuery = None) -> ClaimOut:
    """Read a claim with its lines.

    A draft is computed at the basis; a submitted claim shows what it was frozen with, and which
    of its periods were reopened and which of its vouchers taken back since.
    """
    async with reading_at(request.app.state.services.db, basis) as (session, at):
        conn = await driver(session)
        row = await reads.claim(conn, claim_id)
        if row["state"] == ClaimState.DRAFT:
            return ClaimOut.of_draft(row, await claims.compute(conn, row, at))
        return await _frozen(conn, claim_id)


@router.get("/{claimId}/lines/{line}/sources", scope=READ)
async def list_claim_sources(
    request: Request,
    claim_id: ClaimPath,
    line: LinePath,
    paging: Paging,
    basis: BasisQuery = None,
) -> Page[SourceOut]:
    """List what a line stands on.

    Postings with their vouchers, or hours with their reports; a flat rate stands on the sources
    of its base lines. A draft's are those at the basis, a submitted claim's are frozen.
    """
    async with reading_at(request.app.state.services.db, basis) as (session, at):
        rows, total = await claims.sources(
            await driver(session), claim_id, line, at, limit=paging.limit, offset=paging.offset
        )
    return Page.of([SourceOut.of(row) for row in rows], total=total, paging=paging)


@router.post(
    "/{claimId}/submissions", scope=POST, status_code=201, answers=ClaimOut, idempotent=True
)
async def submit_claim(
    claim_id: ClaimPath, body: SubmissionIn, session: Transaction, caller: CallerDep
) -> Response:
    """Submit a claim.

    It is computed a last time, at the basis, and frozen with its sources. A posting is in one
    live claim at most, and no more is claimed than was granted.
    """
    conn = await driver(session)
    step = Step(Action.SUBMITTED, body.submitted_on, caller.subject, reference=body.reference)
    await claims.submit(conn, claim_id, step, basis=body.basis)
    return created(await _frozen(conn, claim_id), location=f"/claims/{claim_id}")


@router.post("/{claimId}/decisions", scope=POST, status_code=201, answers=ClaimOut, idempotent=True)
async def decide_claim(
    claim_id: ClaimPath, body: ClaimDecisionIn, session: Transaction, caller: CallerDep
) -> Response:
    """Record the funder's decision on a claim.

    In whole or in part: what was not decided is left of the grant again, and what it does not
    settle of advances is deducted from the next claim, or repaid after the final one.
    """
    step = Step(
        Action.DECIDED,
        body.decided_on,
        caller.subject,
        amount=body.amount,
        settled=body.settled,
        reference=body.reference,
        reason=body.reason,
    )
    return await _advanced(await driver(session), claim_id, step)


@router.post("/{claimId}/payments", scope=POST, status_code=201, answers=ClaimOut, idempotent=True)
async def record_payment(
    claim_id: ClaimPath, body: PaymentIn, session: Transaction, caller: CallerDep
) -> Response:
    """Record a payment.

    A claim is paid when all that was decided has come.
    """
    step = Step(
        Action.PAID,
        body.paid_on,
        caller.subject,
        amount=body.amount,
        reference=body.reference,
    )
    return await _advanced(await driver(session), claim_id, step)


@router.post(
    "/{claimId}/repayments", scope=POST, status_code=201, answers=ClaimOut, idempotent=True
)
async def record_repayment(
    claim_id: ClaimPath, body: RepaymentIn, session: Transaction, caller: CallerDep
) -> Response:
    """Record a repayment of an advance.

    Of a decided final claim, at most what was paid in advance and no claim has settled.
    """
    step = Step(
        Action.REPAID,
        body.repaid_on,
        caller.subject,
        amount=body.amount,
        reference=body.reference,
    )
    return await _advanced(await driver(session), claim_id, step)


@router.post(
    "/{claimId}/withdrawals", scope=POST, status_code=201, answers=ClaimOut, idempotent=True
)
async def withdraw_claim(
    claim_id: ClaimPath, body: EndingIn, session: Transaction, caller: CallerDep
) -> Response:
    """Withdraw a claim before it is decided.

    What it held can be claimed again.
    """
    step = _ending(Action.WITHDRAWN, body, caller.subject)
    return await _advanced(await driver(session), claim_id, step)


@router.post(
    "/{claimId}/rejections", scope=POST, status_code=201, answers=ClaimOut, idempotent=True
)
async def reject_claim(
    claim_id: ClaimPath, body: EndingIn, session: Transaction, caller: CallerDep
) -> Response:
    """Record that the funder rejected a claim.

    What it held can be claimed again.
    """
    step = _ending(Action.REJECTED, body, caller.subject)
    return await _advanced(await driver(session), claim_id, step)


def _ending(action: Action, body: EndingIn, by: str) -> Step:
    return Step(action, body.happened_on, by, reference=body.reference, reason=body.reason)


async def _head(conn: Connection, claim_id: UUID) -> Response:
    row = await reads.claim(conn, claim_id)
    return created(ClaimHeadOut.of(row), location=f"/claims/{claim_id}")


async def _advanced(conn: Connection, claim_id: UUID, step: Step) -> Response:
    await claims.advance_by(conn, claim_id, step)
    return created(await _frozen(conn, claim_id), location=f"/claims/{claim_id}")


async def _frozen(conn: Connection, claim_id: UUID) -> ClaimOut:
    return ClaimOut.of_frozen(
        await reads.claim(conn, claim_id),
        await reads.events(conn, claim_id),
        await reads.lines(conn, claim_id),
        await reads.reopened_since(conn, claim_id),
        await reads.reversed_since(conn, claim_id),
    )
