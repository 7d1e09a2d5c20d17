"""Outreach workers: employments without names."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from services.outreach import keeping, queries, workers
from services.outreach.api.parameters import (
    READ,
    WRITE,
    DaysQuery,
    OperationQuery,
    UnitQuery,
    id_path,
    wanted,
)
from services.outreach.domain.codes import WorkerRole
from services.outreach.queries import WORKERS
from services.outreach.schemas.fields import RetractionIn
from services.outreach.schemas.labour import (
    OutreachWorkerChangeIn,
    OutreachWorkerIn,
    OutreachWorkerOut,
)
from shared.dependencies import CallerDep, IfMatch, Reading, Transaction
from shared.paging import Page, Paging
from shared.responses import answered, created
from shared.routing import ServiceRouter

router = ServiceRouter(prefix="/outreach-workers", tag="outreach-workers")

WorkerPath = Annotated[UUID, id_path("outreachWorkerId")]
RoleQuery = Annotated[WorkerRole | None, Query(alias="role", description="Only this role")]


@router.post("", scope=WRITE, status_code=201, answers=OutreachWorkerOut, idempotent=True)
async def employ_outreach_worker(
    body: OutreachWorkerIn, session: Transaction, caller: CallerDep
) -> Response:
    """Record an employment.

    Role, contract and days; who it is is neither needed nor kept.
    """
    row = await workers.employ(session, body.values(), by=caller)
    shown = OutreachWorkerOut.of(row)
    return created(shown, location=f"/outreach-workers/{row.id}", version=row.version)


@router.get("", scope=READ)
async def list_outreach_workers(
    *,
    session: Reading,
    caller: CallerDep,
    paging: Paging,
    days: DaysQuery,
    operation: OperationQuery = None,
    unit: UnitQuery = None,
    role: RoleQuery = None,
) -> Page[OutreachWorkerOut]:
    """List employments.

    Those of the caller's units; `from` and `to` limit their first day, the latest first.
    """
    which = wanted(paging, days, operation=operation, unit=unit, role=role)
    rows, total = await queries.listed(session, WORKERS, which, by=caller)
    return Page.of([OutreachWorkerOut.of(row) for row in rows], total=total, paging=paging)


@router.get("/{outreachWorkerId}", scope=READ, answers=OutreachWorkerOut)
async def read_outreach_worker(
    worker_id: WorkerPath, session: Reading, caller: CallerDep
) -> Response:
    """Read one employment.

    The ETag names its version.
    """
    row = await queries.read(session, WORKERS, worker_id, by=caller)
    return answered(OutreachWorkerOut.of(row), version=row.version)


@router.patch("/{outreachWorkerId}", scope=WRITE, answers=OutreachWorkerOut)
async def change_outreach_worker(
    worker_id: WorkerPath,
    body: OutreachWorkerChangeIn,
    session: Transaction,
    caller: CallerDep,
    version: IfMatch,
) -> Response:
    """Extend, end or correct an employment.

    Figures from now on follow; those of an older basis stay.
    """
    row = await workers.change(
        session, worker_id, body.values(), version=version, reason=body.reason, by=caller
    )
    return answered(OutreachWorkerOut.of(row), version=row.version)


@router.post(
    "/{outreachWorkerId}/retractions", scope=WRITE, status_code=201, answers=OutreachWorkerOut
)
async def retract_outreach_worker(
    worker_id: WorkerPath,
    body: RetractionIn,
    session: Transaction,
    caller: CallerDep,
    version: IfMatch,
) -> Response:
    """Retract an employment.

    It never was: figures from now on leave it out, those of an older basis keep it.
    """
    row = await keeping.retract(
        session, WORKERS, worker_id, version=version, reason=body.reason, by=caller
    )
    shown = OutreachWorkerOut.of(row)
    return created(shown, location=f"/outreach-workers/{row.id}", version=row.version)
