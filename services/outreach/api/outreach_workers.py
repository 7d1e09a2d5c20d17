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
    EndsWithinQuery,
    OnQuery,
    OperationQuery,
    UnitQuery,
    id_path,
    wanted,
)
from services.outreach.domain.codes import WorkerRole
from services.outreach.queries import WORKERS
from services.outreach.schemas.fields import RetractionIn
from services.outreach.schemas.labour import (
    ExtensionIn,
    OutreachWorkerChangeIn,
    OutreachWorkerIn,
    OutreachWorkerOut,
)
from shared.clock import today
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
    on: OnQuery = None,
    ends_within: EndsWithinQuery = None,
) -> Page[OutreachWorkerOut]:
    """List employments.

    Those of the caller's units; `from` and `to` limit their first day, the latest first.
    """
    also = queries.employed(on=on, ends_within=ends_within, today=today())
    soonest = None if ends_within is None else queries.WORKER_ENDS
    equal = {"operation": operation, "unit": unit, "role": role}
    which = wanted(paging, days, also=also, soonest=soonest, **equal)
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
    "/{outreachWorkerId}/extensions", scope=WRITE, status_code=201, answers=OutreachWorkerOut
)
async def extend_employment(
    worker_id: WorkerPath,
    body: ExtensionIn,
    session: Transaction,
    caller: CallerDep,
    version: IfMatch,
) -> Response:
    """Make an employment longer.

    Six months are extended once, by six months at most.
    """
    row = await workers.extend(
        session, worker_id, ends_on=body.ends_on, version=version, reason=body.reason, by=caller
    )
    shown = OutreachWorkerOut.of(row)
    return created(shown, location=f"/outreach-workers/{row.id}", version=row.version)


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
