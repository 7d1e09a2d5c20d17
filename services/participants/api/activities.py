"""Activities during enrolments."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query
from starlette.responses import Response

from services.participants import activities, queries
from services.participants.api.parameters import (
    READ,
    WRITE,
    LoggedReading,
    OnDay,
    PersonQuery,
    UnitQuery,
)
from services.participants.domain.codes import ActivityKind
from services.participants.schemas.activity import (
    ActivityCorrectionIn,
    ActivityEndIn,
    ActivityIn,
    ActivityOut,
)
from services.participants.schemas.enrolment import RetractionIn
from shared.db import driver
from shared.dependencies import AccessedDep, CallerDep, IfMatch, Reading, Transaction
from shared.paging import Page, Paging
from shared.responses import answered, created
from shared.routing import ServiceRouter

router = ServiceRouter(prefix="/activities", tag="activities")

ActivityPath = Annotated[UUID, Path(alias="activityId", description="The activity's id")]
EnrolmentQuery = Annotated[
    UUID | None, Query(alias="enrolmentId", description="Only this enrolment's")
]
KindQuery = Annotated[ActivityKind | None, Query(alias="kind", description="Only of this kind")]


@router.post("", scope=WRITE, status_code=201, answers=ActivityOut, idempotent=True)
async def begin_activity(
    body: ActivityIn, session: Transaction, caller: CallerDep, accessed: AccessedDep
) -> Response:
    """Record that an activity has begun.

    It lies within its enrolment, and no two of one kind at a time. What goes on when the
    enrolment ends, ends with it.
    """
    row = await activities.begin(session, body, by=caller)
    accessed(row["person_id"])
    return created(ActivityOut.of(row), location=f"/activities/{row['id']}", version=row["version"])


@router.get("", scope=READ)
async def list_activities(
    session: Reading,
    caller: CallerDep,
    accessed: AccessedDep,
    paging: Paging,
    *,
    unit: UnitQuery = None,
    person: PersonQuery = None,
    enrolment: EnrolmentQuery = None,
    kind: KindQuery = None,
    on: OnDay = None,
) -> Page[ActivityOut]:
    """List activities at the caller's units.

    With `on`, those that go on that day. Whose activities are shown is logged.
    """
    rows, total = await queries.activities_page(
        await driver(session),
        by=caller,
        paging=paging,
        where={"unit": unit, "person": person, "enrolment": enrolment, "kind": kind, "on": on},
    )
    accessed(*(row["person_id"] for row in rows))
    return Page.of([ActivityOut.of(row) for row in rows], total=total, paging=paging)


@router.get("/{activityId}", scope=READ, answers=ActivityOut)
async def read_activity(
    activity_id: ActivityPath, session: LoggedReading, caller: CallerDep, accessed: AccessedDep
) -> Response:
    """Read one activity.

    The ETag names its version.
    """
    row = await queries.one(await driver(session), queries.ACTIVITY, activity_id, by=caller)
    accessed(row["person_id"])
    return answered(ActivityOut.of(row), version=row["version"])


@router.post(
    "/{activityId}/endings", scope=WRITE, status_code=201, answers=ActivityOut, idempotent=True
)
async def end_activity(
    activity_id: ActivityPath,
    body: ActivityEndIn,
    session: Transaction,
    caller: CallerDep,
    accessed: AccessedDep,
) -> Response:
    """End an activity.

    The day itself is the first without it.
    """
    row = await activities.end(session, activity_id, body, by=caller)
    accessed(row["person_id"])
    return created(
        ActivityOut.of(row), location=f"/activities/{activity_id}", version=row["version"]
    )


@router.post("/{activityId}/corrections", scope=WRITE, status_code=201, answers=ActivityOut)
async def correct_activity(
    activity_id: ActivityPath,
    body: ActivityCorrectionIn,
    *,
    session: Transaction,
    caller: CallerDep,
    accessed: AccessedDep,
    version: IfMatch,
) -> Response:
    """Correct what was recorded wrongly.

    The version before is kept with the reason; figures of earlier bases do not move.
    """
    row = await activities.correct(session, activity_id, body, expected=version, by=caller)
    accessed(row["person_id"])
    return created(
        ActivityOut.of(row), location=f"/activities/{activity_id}", version=row["version"]
    )


@router.post("/{activityId}/retractions", scope=WRITE, status_code=201, answers=ActivityOut)
async def retract_activity(
    activity_id: ActivityPath,
    body: RetractionIn,
    *,
    session: Transaction,
    caller: CallerDep,
    accessed: AccessedDep,
    version: IfMatch,
) -> Response:
    """Take back an activity that never was true.

    It stays readable, marked as retracted, and counts for nothing from now on.
    """
    row = await activities.retract(
        session, activity_id, expected=version, reason=body.reason, by=caller
    )
    accessed(row["person_id"])
    return created(
        ActivityOut.of(row), location=f"/activities/{activity_id}", version=row["version"]
    )
