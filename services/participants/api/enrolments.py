"""Enrolments: made, ended, corrected, retracted."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query
from starlette.responses import Response

from services.participants import enrolments, queries
from services.participants.api.parameters import (
    READ,
    WRITE,
    LoggedReading,
    OnDay,
    PersonQuery,
    ProgrammeQuery,
    UnitQuery,
)
from services.participants.schemas.enrolment import (
    CorrectionIn,
    EnrolmentIn,
    EnrolmentOut,
    ExitIn,
    RetractionIn,
)
from services.participants.schemas.enrolment_history import EnrolmentHistoryOut
from shared.db import driver
from shared.dependencies import AccessedDep, CallerDep, IfMatch, Reading, Transaction
from shared.models import Instant
from shared.paging import Page, Paging
from shared.records import record_history
from shared.responses import answered, created
from shared.routing import ServiceRouter

router = ServiceRouter(prefix="/enrolments", tag="enrolments")

BasisQuery = Annotated[
    Instant | None, Query(alias="basis", description="As it was known at this instant")
]
EnrolmentPath = Annotated[UUID, Path(alias="enrolmentId", description="The enrolment's id")]


@router.post("", scope=WRITE, status_code=201, answers=EnrolmentOut, idempotent=True)
async def enrol_person(
    body: EnrolmentIn, session: Transaction, caller: CallerDep, accessed: AccessedDep
) -> Response:
    """Enrol a person in a programme at a unit.

    Sex, age group and district of the entry day are frozen on the enrolment. Each rule that is
    broken has its own code.
    """
    accessed(body.person_id)
    row = await enrolments.enrol(session, body, by=caller)
    return created(
        EnrolmentOut.of(row), location=f"/enrolments/{row['id']}", version=row["version"]
    )


@router.get("", scope=READ)
async def list_enrolments(
    session: Reading,
    caller: CallerDep,
    accessed: AccessedDep,
    paging: Paging,
    *,
    unit: UnitQuery = None,
    programme: ProgrammeQuery = None,
    person: PersonQuery = None,
    on: OnDay = None,
) -> Page[EnrolmentOut]:
    """List enrolments at the caller's units.

    With `on`, those that stand on that day. People with protected identity are left out
    without participants:protected. Whose enrolments are shown is logged.
    """
    rows, total = await queries.enrolments_page(
        await driver(session),
        by=caller,
        paging=paging,
        unit=unit,
        programme=programme,
        person=person,
        on=on,
    )
    accessed(*(row["person_id"] for row in rows))
    return Page.of([EnrolmentOut.of(row) for row in rows], total=total, paging=paging)


@router.get("/{enrolmentId}", scope=READ, answers=EnrolmentOut)
async def read_enrolment(
    enrolment_id: EnrolmentPath, session: LoggedReading, caller: CallerDep, accessed: AccessedDep
) -> Response:
    """Read one enrolment.

    The ETag names its version.
    """
    row = await queries.one(await driver(session), queries.ENROLMENT, enrolment_id, by=caller)
    accessed(row["person_id"])
    return answered(EnrolmentOut.of(row), version=row["version"])


@router.get("/{enrolmentId}/versions", scope=READ, answers=EnrolmentHistoryOut)
async def read_enrolment_versions(
    enrolment_id: EnrolmentPath,
    session: LoggedReading,
    caller: CallerDep,
    accessed: AccessedDep,
    basis: BasisQuery = None,
) -> Response:
    """Read what was known about an enrolment, version by version.

    Each with the instant from which it was known, and why and by whom it was changed. With
    `basis`, as it was known at that instant.
    """
    conn = await driver(session)
    row = await queries.one(conn, queries.ENROLMENT, enrolment_id, by=caller)
    accessed(row["person_id"])
    versions = await record_history(conn, "enrolment", enrolment_id)
    return answered(EnrolmentHistoryOut.of(enrolment_id, versions, basis), version=row["version"])


@router.post(
    "/{enrolmentId}/exits", scope=WRITE, status_code=201, answers=EnrolmentOut, idempotent=True
)
async def exit_enrolment(
    enrolment_id: EnrolmentPath,
    body: ExitIn,
    session: Transaction,
    caller: CallerDep,
    accessed: AccessedDep,
) -> Response:
    """End an enrolment.

    A follow-up is planned with it and opens by itself on the day it falls due.
    """
    row = await enrolments.exit_enrolment(session, enrolment_id, body, by=caller)
    accessed(row["person_id"])
    return created(
        EnrolmentOut.of(row), location=f"/enrolments/{enrolment_id}", version=row["version"]
    )


@router.post("/{enrolmentId}/corrections", scope=WRITE, status_code=201, answers=EnrolmentOut)
async def correct_enrolment(
    enrolment_id: EnrolmentPath,
    body: CorrectionIn,
    *,
    session: Transaction,
    caller: CallerDep,
    accessed: AccessedDep,
    version: IfMatch,
) -> Response:
    """Correct what was recorded wrongly.

    The version before is kept with the reason; figures of earlier bases do not move.
    """
    row = await enrolments.correct(session, enrolment_id, body, expected=version, by=caller)
    accessed(row["person_id"])
    return created(
        EnrolmentOut.of(row), location=f"/enrolments/{enrolment_id}", version=row["version"]
    )


@router.post("/{enrolmentId}/retractions", scope=WRITE, status_code=201, answers=EnrolmentOut)
async def retract_enrolment(
    enrolment_id: EnrolmentPath,
    body: RetractionIn,
    *,
    session: Transaction,
    caller: CallerDep,
    accessed: AccessedDep,
    version: IfMatch,
) -> Response:
    """Take back an enrolment that never was true.

    It stays readable, marked as retracted, and counts for nothing from now on.
    """
    row = await enrolments.retract(
        session, enrolment_id, expected=version, reason=body.reason, by=caller
    )
    accessed(row["person_id"])
    return created(
        EnrolmentOut.of(row), location=f"/enrolments/{enrolment_id}", version=row["version"]
    )
