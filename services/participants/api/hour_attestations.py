"""Attested hours of participation."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query
from starlette.responses import Response

from services.participants import hour_attestations, queries
from services.participants.api.parameters import READ, WRITE, LoggedReading, ProgrammeQuery
from services.participants.schemas.hours import (
    HourAttestationIn,
    HourAttestationOut,
    HourCorrectionIn,
    HourWithdrawalIn,
    Month,
    first_day,
)
from shared.db import driver
from shared.dependencies import AccessedDep, CallerDep, IfMatch, Reading, Transaction
from shared.paging import Page, Paging
from shared.responses import answered, created
from shared.routing import ServiceRouter

router = ServiceRouter(prefix="/hour-attestations", tag="hour-attestations")

AttestationPath = Annotated[UUID, Path(alias="attestationId", description="The attestation's id")]
EnrolmentQuery = Annotated[
    UUID | None, Query(alias="enrolmentId", description="Only this enrolment's")
]
MonthQuery = Annotated[Month | None, Query(alias="month", description="Only of this month")]
DiffersQuery = Annotated[
    bool | None,
    Query(alias="differsFromAttendance", description="Only what is not as the attendance is now"),
]


@router.post("", scope=WRITE, status_code=201, answers=HourAttestationOut, idempotent=True)
async def attest_hours(
    body: HourAttestationIn, session: Transaction, caller: CallerDep, accessed: AccessedDep
) -> Response:
    """Attest hours of participation.

    Of one enrolment in one month that it covers, at most thirteen hours for each day; with
    `fromAttendance`, what the attendance on record adds up to. Budget is told project, month
    and minutes when the programme stands for a project.
    """
    row = await hour_attestations.attest(
        session, body.enrolment_id, month=body.first_day, minutes=body.minutes, by=caller
    )
    accessed(row["person_id"])
    return created(
        HourAttestationOut.of(row),
        location=f"/hour-attestations/{row['id']}",
        version=row["version"],
    )


@router.get("", scope=READ)
async def list_hour_attestations(
    session: Reading,
    caller: CallerDep,
    accessed: AccessedDep,
    paging: Paging,
    *,
    enrolment: EnrolmentQuery = None,
    programme: ProgrammeQuery = None,
    month: MonthQuery = None,
    differs: DiffersQuery = None,
) -> Page[HourAttestationOut]:
    """List attested hours of the caller's units.

    By month, withdrawn ones included. Whose hours are shown is logged.
    """
    rows, total = await queries.hour_attestations_page(
        await driver(session),
        by=caller,
        paging=paging,
        enrolment=enrolment,
        programme=programme,
        month=None if month is None else first_day(month),
        differs=differs,
    )
    accessed(*(row["person_id"] for row in rows))
    return Page.of([HourAttestationOut.of(row) for row in rows], total=total, paging=paging)


@router.get("/{attestationId}", scope=READ, answers=HourAttestationOut)
async def read_hour_attestation(
    attestation_id: AttestationPath,
    session: LoggedReading,
    caller: CallerDep,
    accessed: AccessedDep,
) -> Response:
    """Read one attestation of hours.

    The ETag names its version.
    """
    conn = await driver(session)
    row = await queries.one(conn, queries.HOUR_ATTESTATION, attestation_id, by=caller)
    accessed(row["person_id"])
    return answered(HourAttestationOut.of(row), version=row["version"])


@router.post(
    "/{attestationId}/corrections", scope=WRITE, status_code=201, answers=HourAttestationOut
)
async def correct_hours(
    attestation_id: AttestationPath,
    body: HourCorrectionIn,
    *,
    session: Transaction,
    caller: CallerDep,
    accessed: AccessedDep,
    version: IfMatch,
) -> Response:
    """Attest other hours instead.

    The version before is kept with the reason, and budget is told the new one.
    """
    row = await hour_attestations.correct(
        session,
        attestation_id,
        minutes=body.minutes,
        reason=body.reason,
        expected=version,
        by=caller,
    )
    accessed(row["person_id"])
    return created(
        HourAttestationOut.of(row),
        location=f"/hour-attestations/{attestation_id}",
        version=row["version"],
    )


@router.post(
    "/{attestationId}/withdrawals", scope=WRITE, status_code=201, answers=HourAttestationOut
)
async def withdraw_hours(
    attestation_id: AttestationPath,
    body: HourWithdrawalIn,
    *,
    session: Transaction,
    caller: CallerDep,
    accessed: AccessedDep,
    version: IfMatch,
) -> Response:
    """Withdraw an attestation.

    Nobody vouches for the hours any more; the month can be attested anew.
    """
    row = await hour_attestations.withdraw(
        session, attestation_id, reason=body.reason, expected=version, by=caller
    )
    accessed(row["person_id"])
    return created(
        HourAttestationOut.of(row),
        location=f"/hour-attestations/{attestation_id}",
        version=row["version"],
    )
