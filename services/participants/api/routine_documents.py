"""Routine documents of units."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query
from starlette.responses import Response

from services.participants import queries, routine_documents
from services.participants.api.parameters import READ, WRITE, UnitQuery
from services.participants.schemas.routine_document import (
    RoutineCorrectionIn,
    RoutineDocumentIn,
    RoutineDocumentOut,
    RoutineReviewIn,
    RoutineWithdrawalIn,
)
from shared.db import driver
from shared.dependencies import CallerDep, IfMatch, Reading, Transaction
from shared.models import LocalDate
from shared.paging import Page, Paging
from shared.responses import answered, created
from shared.routing import ServiceRouter

router = ServiceRouter(prefix="/routine-documents", tag="routine-documents")

DocumentPath = Annotated[UUID, Path(alias="routineDocumentId", description="The document's id")]
OverdueOn = Annotated[
    LocalDate | None, Query(alias="overdueOn", description="Only those overdue on the day")
]


@router.post("", scope=WRITE, status_code=201, answers=RoutineDocumentOut, idempotent=True)
async def decide_routine(
    body: RoutineDocumentIn, session: Transaction, caller: CallerDep
) -> Response:
    """Record a routine that a unit has decided on.

    With who answers for it and when it is gone through next.
    """
    row = await routine_documents.decide(session, body, by=caller)
    return _made(row["id"], RoutineDocumentOut.of(row))


@router.get("", scope=READ)
async def list_routine_documents(
    session: Reading,
    caller: CallerDep,
    paging: Paging,
    *,
    unit: UnitQuery = None,
    overdue_on: OverdueOn = None,
) -> Page[RoutineDocumentOut]:
    """List routine documents of the caller's units.

    The longest due for review first; with `overdueOn`, only those that are overdue.
    """
    rows, total = await queries.routine_documents_page(
        await driver(session), by=caller, paging=paging, unit=unit, overdue_on=overdue_on
    )
    return Page.of([RoutineDocumentOut.of(row) for row in rows], total=total, paging=paging)


@router.get("/{routineDocumentId}", scope=READ, answers=RoutineDocumentOut)
async def read_routine_document(
    document_id: DocumentPath, session: Reading, caller: CallerDep
) -> Response:
    """Read one routine document.

    The ETag names its version.
    """
    row = await queries.routine_document(await driver(session), document_id, by=caller)
    return answered(RoutineDocumentOut.of(row), version=row["version"])


@router.post(
    "/{routineDocumentId}/reviews", scope=WRITE, status_code=201, answers=RoutineDocumentOut
)
async def review_routine(
    document_id: DocumentPath,
    body: RoutineReviewIn,
    *,
    session: Transaction,
    caller: CallerDep,
    version: IfMatch,
) -> Response:
    """Record that a routine was gone through.

    It is due again on the day given.
    """
    row = await routine_documents.review(session, document_id, body, expected=version, by=caller)
    return _made(document_id, RoutineDocumentOut.of(row))


@router.post(
    "/{routineDocumentId}/corrections", scope=WRITE, status_code=201, answers=RoutineDocumentOut
)
async def correct_routine(
    document_id: DocumentPath,
    body: RoutineCorrectionIn,
    *,
    session: Transaction,
    caller: CallerDep,
    version: IfMatch,
) -> Response:
    """Correct a routine document or its last review.

    What was recorded before is kept with the reason.
    """
    row = await routine_documents.correct(session, document_id, body, expected=version, by=caller)
    return _made(document_id, RoutineDocumentOut.of(row))


@router.post(
    "/{routineDocumentId}/withdrawals", scope=WRITE, status_code=201, answers=RoutineDocumentOut
)
async def withdraw_routine(
    document_id: DocumentPath,
    body: RoutineWithdrawalIn,
    *,
    session: Transaction,
    caller: CallerDep,
    version: IfMatch,
) -> Response:
    """Withdraw a routine document.

    From the day on it no longer holds.
    """
    row = await routine_documents.withdraw(
        session,
        document_id,
        withdrawn_on=body.withdrawn_on,
        reason=body.reason,
        expected=version,
        by=caller,
    )
    return _made(document_id, RoutineDocumentOut.of(row))


def _made(document_id: UUID, document: RoutineDocumentOut) -> Response:
    return created(document, location=f"/routine-documents/{document_id}", version=document.version)
