"""Groups (SFF) and their students."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from starlette.responses import Response

from services.outreach import groups, queries
from services.outreach.api.parameters import (
    READ,
    WRITE,
    DaysQuery,
    OperationQuery,
    UnitQuery,
    VenueQuery,
    id_path,
    wanted,
)
from services.outreach.queries import GROUPS, STUDENTS
from services.outreach.schemas.fields import RetractionIn
from services.outreach.schemas.labour import (
    GroupChangeIn,
    GroupIn,
    GroupOut,
    StudentCountChangeIn,
    StudentCountIn,
    StudentCountOut,
)
from shared.dependencies import CallerDep, IfMatch, Reading, Transaction
from shared.paging import Page, Paging
from shared.responses import answered, created
from shared.routing import ServiceRouter

router = ServiceRouter(prefix="/groups", tag="groups")
counts = ServiceRouter(prefix="/student-counts", tag="student-counts")

GroupPath = Annotated[UUID, id_path("groupId")]
CountPath = Annotated[UUID, id_path("studentCountId")]


@router.post("", scope=WRITE, status_code=201, answers=GroupOut, idempotent=True)
async def open_group(body: GroupIn, session: Transaction, caller: CallerDep) -> Response:
    """Open a group.

    Without a last day it goes on.
    """
    row = await groups.open_group(session, body.values(), by=caller)
    return created(GroupOut.of(row), location=f"/groups/{row.id}", version=row.version)


@router.get("", scope=READ)
async def list_groups(
    *,
    session: Reading,
    caller: CallerDep,
    paging: Paging,
    days: DaysQuery,
    operation: OperationQuery = None,
    venue: VenueQuery = None,
    unit: UnitQuery = None,
) -> Page[GroupOut]:
    """List groups.

    Those of the caller's units; `from` and `to` limit the day they began, the latest first.
    """
    which = wanted(paging, days, operation=operation, venue=venue, unit=unit)
    rows, total = await queries.listed(session, GROUPS, which, by=caller)
    return Page.of([GroupOut.of(row) for row in rows], total=total, paging=paging)


@router.get("/{groupId}", scope=READ, answers=GroupOut)
async def read_group(group_id: GroupPath, session: Reading, caller: CallerDep) -> Response:
    """Read one group.

    The ETag names its version.
    """
    row = await queries.read(session, GROUPS, group_id, by=caller)
    return answered(GroupOut.of(row), version=row.version)


@router.patch("/{groupId}", scope=WRITE, answers=GroupOut)
async def change_group(
    group_id: GroupPath,
    body: GroupChangeIn,
    session: Transaction,
    caller: CallerDep,
    version: IfMatch,
) -> Response:
    """Change a group.

    Its students follow where it met and when it began.
    """
    row = await groups.change_group(
        session, group_id, body.values(), version=version, reason=body.reason, by=caller
    )
    return answered(GroupOut.of(row), version=row.version)


@router.post("/{groupId}/retractions", scope=WRITE, status_code=201, answers=GroupOut)
async def retract_group(
    group_id: GroupPath,
    body: RetractionIn,
    session: Transaction,
    caller: CallerDep,
    version: IfMatch,
) -> Response:
    """Retract a group.

    It never was; its students are taken back with it.
    """
    row = await groups.retract_group(
        session, group_id, version=version, reason=body.reason, by=caller
    )
    return created(GroupOut.of(row), location=f"/groups/{row.id}", version=row.version)


@router.post(
    "/{groupId}/student-counts",
    scope=WRITE,
    status_code=201,
    answers=StudentCountOut,
    idempotent=True,
)
async def count_students(
    group_id: GroupPath, body: StudentCountIn, session: Transaction, caller: CallerDep
) -> Response:
    """Count a group's students of one calendar year.

    Once a year; later corrections change that count.
    """
    row = await groups.count_students(session, group_id, body.values(), by=caller)
    shown = StudentCountOut.of(row)
    return created(shown, location=f"/student-counts/{row.id}", version=row.version)


@router.get("/{groupId}/student-counts", scope=READ)
async def list_student_counts(
    group_id: GroupPath, session: Reading, caller: CallerDep, paging: Paging
) -> Page[StudentCountOut]:
    """List a group's students per year.

    Each year has one count.
    """
    group = await queries.read(session, GROUPS, group_id, by=caller)
    which = wanted(paging, group_id=group.id)
    rows, total = await queries.listed(session, STUDENTS, which, by=caller)
    return Page.of([StudentCountOut.of(row) for row in rows], total=total, paging=paging)


@counts.get("/{studentCountId}", scope=READ, answers=StudentCountOut)
async def read_student_count(count_id: CountPath, session: Reading, caller: CallerDep) -> Response:
    """Read one count of students.

    The ETag names its version.
    """
    row = await queries.read(session, STUDENTS, count_id, by=caller)
    return answered(StudentCountOut.of(row), version=row.version)


@counts.patch("/{studentCountId}", scope=WRITE, answers=StudentCountOut)
async def correct_student_count(
    count_id: CountPath,
    body: StudentCountChangeIn,
    session: Transaction,
    caller: CallerDep,
    version: IfMatch,
) -> Response:
    """Correct a count of students.

    Figures from now on follow; those of an older basis stay.
    """
    row = await groups.correct_students(
        session, count_id, body.values(), version=version, reason=body.reason, by=caller
    )
    return answered(StudentCountOut.of(row), version=row.version)
