"""Plans drawn up with people; what they say is read one at a time."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query
from starlette.responses import Response

from services.participants import plans, queries
from services.participants.api.parameters import (
    READ,
    WRITE,
    LoggedReading,
    PersonQuery,
    SealsDep,
    UnitQuery,
)
from services.participants.domain.plans import decoded
from services.participants.schemas.enrolment import RetractionIn
from services.participants.schemas.plan import (
    ContentIn,
    PlanContentOut,
    PlanCorrectionIn,
    PlanIn,
    PlanOut,
)
from shared.db import driver
from shared.dependencies import AccessedDep, CallerDep, IfMatch, Reading, Transaction
from shared.models import LocalDate
from shared.paging import Page, Paging
from shared.responses import answered, created
from shared.routing import ServiceRouter

router = ServiceRouter(prefix="/plans", tag="plans")

PlanPath = Annotated[UUID, Path(alias="planId", description="The plan's id")]
OverdueQuery = Annotated[
    LocalDate | None,
    Query(alias="overdueOn", description="Only those in force whose review day has passed"),
]


@router.post("", scope=WRITE, status_code=201, answers=PlanOut, idempotent=True)
async def draw_up_plan(
    body: PlanIn, session: Transaction, caller: CallerDep, seals: SealsDep, accessed: AccessedDep
) -> Response:
    """Record a plan.

    Goal and steps are sealed. For a guardian of children under 18 a child checklist belongs to
    it; a plan without one is kept and shown as lacking it.
    """
    accessed(body.person_id)
    row = await plans.draw_up(session, body, seals=seals, by=caller)
    return created(PlanOut.of(row), location=f"/plans/{row['id']}", version=row["version"])


@router.get("", scope=READ)
async def list_plans(
    session: Reading,
    caller: CallerDep,
    accessed: AccessedDep,
    paging: Paging,
    *,
    unit: UnitQuery = None,
    person: PersonQuery = None,
    overdue_on: OverdueQuery = None,
) -> Page[PlanOut]:
    """List plans of the caller's units, without what they say.

    The earliest review day first; with `overdueOn`, those whose review was due before that day
    and that nothing has renewed. Whose plans are shown is logged.
    """
    rows, total = await queries.plans_page(
        await driver(session),
        by=caller,
        paging=paging,
        unit=unit,
        person=person,
        overdue_on=overdue_on,
    )
    accessed(*(row["person_id"] for row in rows))
    return Page.of([PlanOut.of(row) for row in rows], total=total, paging=paging)


@router.get("/{planId}", scope=READ, answers=PlanContentOut)
async def read_plan(
    plan_id: PlanPath,
    session: LoggedReading,
    caller: CallerDep,
    seals: SealsDep,
    accessed: AccessedDep,
) -> Response:
    """Read one plan and what it says.

    The reading is logged. The ETag names its version.
    """
    row = await queries.one(await driver(session), queries.PLAN, plan_id, by=caller)
    accessed(row["person_id"])
    content = seals.open_content(row["content_sealed"], table="plan", record_id=row["id"])
    return answered(PlanContentOut.opened(row, decoded(content)), version=row["version"])


@router.post("/{planId}/renewals", scope=WRITE, status_code=201, answers=PlanOut, idempotent=True)
async def renew_plan(
    plan_id: PlanPath,
    body: ContentIn,
    *,
    session: Transaction,
    caller: CallerDep,
    seals: SealsDep,
    accessed: AccessedDep,
) -> Response:
    """Renew a plan.

    A new plan follows the old one, for the same person, unit and enrolment.
    """
    row = await plans.renew(session, plan_id, body, seals=seals, by=caller)
    accessed(row["person_id"])
    return created(PlanOut.of(row), location=f"/plans/{row['id']}", version=row["version"])


@router.post("/{planId}/corrections", scope=WRITE, status_code=201, answers=PlanOut)
async def correct_plan(
    plan_id: PlanPath,
    body: PlanCorrectionIn,
    *,
    session: Transaction,
    caller: CallerDep,
    seals: SealsDep,
    accessed: AccessedDep,
    version: IfMatch,
) -> Response:
    """Correct what was recorded wrongly.

    The version before is kept with the reason, sealed as it was.
    """
    row = await plans.correct(session, plan_id, body, expected=version, seals=seals, by=caller)
    accessed(row["person_id"])
    return created(PlanOut.of(row), location=f"/plans/{plan_id}", version=row["version"])


@router.post("/{planId}/retractions", scope=WRITE, status_code=201, answers=PlanOut)
async def retract_plan(
    plan_id: PlanPath,
    body: RetractionIn,
    *,
    session: Transaction,
    caller: CallerDep,
    accessed: AccessedDep,
    version: IfMatch,
) -> Response:
    """Take back a plan that never was drawn up.

    The one it renewed is in force again. A plan that has been renewed is corrected instead.
    """
    row = await plans.retract(session, plan_id, expected=version, reason=body.reason, by=caller)
    accessed(row["person_id"])
    return created(PlanOut.of(row), location=f"/plans/{plan_id}", version=row["version"])
