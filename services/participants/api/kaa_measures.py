"""Measures for youths of the responsibility for activity."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query
from starlette.responses import Response

from services.participants import kaa_measures, queries
from services.participants.api.kaa_contacts import MembershipQuery
from services.participants.api.kaa_memberships import KAA
from services.participants.api.parameters import LoggedReading, PersonQuery, SealsDep, UnitQuery
from services.participants.kaa_measures import opened_goal
from services.participants.queries import kaa as reads
from services.participants.schemas.enrolment import RetractionIn
from services.participants.schemas.kaa import (
    KaaMeasureContentOut,
    KaaMeasureCorrectionIn,
    KaaMeasureEndIn,
    KaaMeasureIn,
    KaaMeasureOut,
)
from shared.db import driver
from shared.dependencies import AccessedDep, CallerDep, IfMatch, Reading, Transaction
from shared.models import LocalDate
from shared.paging import Page, Paging
from shared.responses import answered, created
from shared.routing import ServiceRouter

router = ServiceRouter(prefix="/kaa-measures", tag="kaa-measures")

MeasurePath = Annotated[UUID, Path(alias="kaaMeasureId", description="The measure's id")]
FollowUpQuery = Annotated[
    LocalDate | None,
    Query(alias="followUpBefore", description="Only ongoing ones with a follow-up before this day"),
]


@router.post("", scope=KAA, status_code=201, answers=KaaMeasureOut, idempotent=True)
async def record_kaa_measure(
    body: KaaMeasureIn,
    session: Transaction,
    caller: CallerDep,
    seals: SealsDep,
    accessed: AccessedDep,
) -> Response:
    """Record a measure that has begun, or an offer that was declined.

    The goal is sealed. Needs participants:write as well.
    """
    row = await kaa_measures.record(session, body, seals=seals, by=caller)
    accessed(row["person_id"])
    location = f"/kaa-measures/{row['id']}"
    return created(KaaMeasureOut.of(row), location=location, version=row["version"])


@router.get("", scope=KAA)
async def list_kaa_measures(
    session: Reading,
    caller: CallerDep,
    accessed: AccessedDep,
    paging: Paging,
    *,
    unit: UnitQuery = None,
    person: PersonQuery = None,
    membership: MembershipQuery = None,
    follow_up_before: FollowUpQuery = None,
) -> Page[KaaMeasureOut]:
    """List measures, without their goals.

    With `followUpBefore`, those that go on and were to be looked at before that day. Who is
    shown is logged.
    """
    where = {"unit": unit, "person": person, "membership": membership}
    rows, total = await reads.kaa_page(
        await driver(session),
        reads.KAA_MEASURE,
        by=caller,
        paging=paging,
        where={**where, "follow_up_before": follow_up_before},
    )
    accessed(*(row["person_id"] for row in rows))
    return Page.of([KaaMeasureOut.of(row) for row in rows], total=total, paging=paging)


@router.get("/{kaaMeasureId}", scope=KAA, answers=KaaMeasureContentOut)
async def read_kaa_measure(
    measure_id: MeasurePath,
    session: LoggedReading,
    caller: CallerDep,
    seals: SealsDep,
    accessed: AccessedDep,
) -> Response:
    """Read one measure and its goal.

    The reading is logged. The ETag names its version.
    """
    row = await queries.one(await driver(session), reads.KAA_MEASURE, measure_id, by=caller)
    accessed(row["person_id"])
    shown = KaaMeasureContentOut.opened(row, opened_goal(row, seals))
    return answered(shown, version=row["version"])


@router.post(
    "/{kaaMeasureId}/endings", scope=KAA, status_code=201, answers=KaaMeasureOut, idempotent=True
)
async def end_kaa_measure(
    measure_id: MeasurePath,
    body: KaaMeasureEndIn,
    session: Transaction,
    caller: CallerDep,
    accessed: AccessedDep,
) -> Response:
    """End a measure.

    With why it ended and what the youth does afterwards. Needs participants:write as well.
    """
    row = await kaa_measures.end(session, measure_id, body, by=caller)
    accessed(row["person_id"])
    location = f"/kaa-measures/{measure_id}"
    return created(KaaMeasureOut.of(row), location=location, version=row["version"])


@router.post("/{kaaMeasureId}/corrections", scope=KAA, status_code=201, answers=KaaMeasureOut)
async def correct_kaa_measure(
    measure_id: MeasurePath,
    body: KaaMeasureCorrectionIn,
    *,
    session: Transaction,
    caller: CallerDep,
    seals: SealsDep,
    accessed: AccessedDep,
    version: IfMatch,
) -> Response:
    """Correct what was recorded wrongly.

    The version before is kept with the reason. Needs participants:write as well.
    """
    row = await kaa_measures.correct(
        session, measure_id, body, expected=version, seals=seals, by=caller
    )
    accessed(row["person_id"])
    location = f"/kaa-measures/{measure_id}"
    return created(KaaMeasureOut.of(row), location=location, version=row["version"])


@router.post("/{kaaMeasureId}/retractions", scope=KAA, status_code=201, answers=KaaMeasureOut)
async def retract_kaa_measure(
    measure_id: MeasurePath,
    body: RetractionIn,
    *,
    session: Transaction,
    caller: CallerDep,
    accessed: AccessedDep,
    version: IfMatch,
) -> Response:
    """Take back a measure that never was.

    It counts for nothing from now on. Needs participants:write as well.
    """
    row = await kaa_measures.retract(
        session, measure_id, expected=version, reason=body.reason, by=caller
    )
    accessed(row["person_id"])
    location = f"/kaa-measures/{measure_id}"
    return created(KaaMeasureOut.of(row), location=location, version=row["version"])
