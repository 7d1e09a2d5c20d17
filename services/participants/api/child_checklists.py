"""Child checklists of plans, and the plans that need one."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query
from starlette.responses import Response

from services.participants import child_checklists, queries
from services.participants.api.parameters import (
    CHILDREN,
    READ,
    LoggedReading,
    PersonQuery,
    SealsDep,
    UnitQuery,
)
from services.participants.schemas.child_checklist import (
    ChecklistCorrectionIn,
    ChecklistVersionOut,
    ChildChecklistIn,
    ChildChecklistOut,
    ChildChecklistReadOut,
    ChildPlanOut,
)
from services.participants.schemas.enrolment import RetractionIn
from shared.db import driver
from shared.dependencies import AccessedDep, CallerDep, IfMatch, Reading, Transaction
from shared.paging import Page, Paging
from shared.responses import answered, created
from shared.routing import ServiceRouter

router = ServiceRouter(prefix="/child-checklists", tag="child-checklists")
plans = ServiceRouter(prefix="/child-plans", tag="child-plans")

ChecklistPath = Annotated[UUID, Path(alias="childChecklistId", description="The checklist's id")]
LackingQuery = Annotated[
    bool, Query(alias="lacking", description="Only those without one that no plan has renewed")
]


@router.post("", scope=CHILDREN, status_code=201, answers=ChildChecklistOut, idempotent=True)
async def answer_child_checklist(
    body: ChildChecklistIn,
    session: Transaction,
    caller: CallerDep,
    seals: SealsDep,
    accessed: AccessedDep,
) -> Response:
    """Answer the child checklist of a plan.

    For plans of guardians, and of youths of 16 and 17 in the municipal responsibility for
    activity. The answers are sealed.
    """
    row = await child_checklists.answer(session, body, seals=seals, by=caller)
    accessed(row["person_id"])
    return _made(ChildChecklistOut.of(row))


@router.get("", scope=CHILDREN)
async def list_child_checklists(
    session: Reading,
    caller: CallerDep,
    accessed: AccessedDep,
    paging: Paging,
    *,
    unit: UnitQuery = None,
    person: PersonQuery = None,
) -> Page[ChildChecklistOut]:
    """List child checklists of the caller's units, without their answers.

    The newest first. Whose they are is logged.
    """
    rows, total = await queries.child_checklists_page(
        await driver(session), by=caller, paging=paging, unit=unit, person=person
    )
    accessed(*(row["person_id"] for row in rows))
    return Page.of([ChildChecklistOut.of(row) for row in rows], total=total, paging=paging)


@router.get("/{childChecklistId}", scope=CHILDREN, answers=ChildChecklistReadOut)
async def read_child_checklist(
    checklist_id: ChecklistPath,
    session: LoggedReading,
    caller: CallerDep,
    seals: SealsDep,
    accessed: AccessedDep,
) -> Response:
    """Read one child checklist with its answers.

    The reading is logged. The ETag names its version.
    """
    conn = await driver(session)
    row = await queries.one(conn, queries.CHILD_CHECKLIST, checklist_id, by=caller)
    accessed(row["person_id"])
    shown = ChildChecklistReadOut.opened(row, child_checklists.opened(row, seals=seals))
    return answered(shown, version=row["version"])


@router.get("/{childChecklistId}/versions", scope=CHILDREN)
async def list_child_checklist_versions(
    checklist_id: ChecklistPath,
    *,
    session: LoggedReading,
    caller: CallerDep,
    seals: SealsDep,
    accessed: AccessedDep,
    paging: Paging,
) -> Page[ChecklistVersionOut]:
    """List what a child checklist has said.

    The oldest version first; what ended it, and who.
    """
    conn = await driver(session)
    row = await queries.one(conn, queries.CHILD_CHECKLIST, checklist_id, by=caller)
    accessed(row["person_id"])
    versions = await child_checklists.history(conn, checklist_id, seals=seals)
    shown = versions[paging.offset : paging.offset + paging.limit]
    items = [ChecklistVersionOut.of(version, content) for version, content in shown]
    return Page.of(items, total=len(versions), paging=paging)


@router.post(
    "/{childChecklistId}/corrections", scope=CHILDREN, status_code=201, answers=ChildChecklistOut
)
async def correct_child_checklist(
    checklist_id: ChecklistPath,
    body: ChecklistCorrectionIn,
    *,
    session: Transaction,
    caller: CallerDep,
    seals: SealsDep,
    accessed: AccessedDep,
    version: IfMatch,
) -> Response:
    """Correct a child checklist.

    The version before is kept with the reason, sealed as it was.
    """
    row = await child_checklists.correct(
        session, checklist_id, body, expected=version, seals=seals, by=caller
    )
    accessed(row["person_id"])
    return _made(ChildChecklistOut.of(row))


@router.post(
    "/{childChecklistId}/retractions", scope=CHILDREN, status_code=201, answers=ChildChecklistOut
)
async def retract_child_checklist(
    checklist_id: ChecklistPath,
    body: RetractionIn,
    *,
    session: Transaction,
    caller: CallerDep,
    accessed: AccessedDep,
    version: IfMatch,
) -> Response:
    """Take back a child checklist that was not this plan's.

    The plan lacks one again.
    """
    row = await child_checklists.retract(
        session, checklist_id, reason=body.reason, expected=version, by=caller
    )
    accessed(row["person_id"])
    return _made(ChildChecklistOut.of(row))


@plans.get("", scope=READ)
async def list_child_plans(
    session: Reading,
    caller: CallerDep,
    accessed: AccessedDep,
    paging: Paging,
    *,
    unit: UnitQuery = None,
    person: PersonQuery = None,
    lacking: LackingQuery = False,
) -> Page[ChildPlanOut]:
    """List plans that need a child checklist.

    Why, and whether they have one, the oldest first; never what it says. Whose they are is
    logged.
    """
    rows, total = await queries.child_plans_page(
        await driver(session), by=caller, paging=paging, unit=unit, person=person, lacking=lacking
    )
    accessed(*(row["person_id"] for row in rows))
    return Page.of([ChildPlanOut.of(row) for row in rows], total=total, paging=paging)


def _made(checklist: ChildChecklistOut) -> Response:
    location = f"/child-checklists/{checklist.id}"
    return created(checklist, location=location, version=checklist.version)
