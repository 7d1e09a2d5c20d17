"""Monthly participant files of ESF projects, and the codes that replace protected numbers."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Path, Query
from starlette.responses import Response

from services.participants import participant_files, queries
from services.participants.api.parameters import (
    READ,
    WRITE,
    Administrator,
    LoggedReading,
    ProgrammeQuery,
    SealsDep,
)
from services.participants.schemas.esf import (
    ParticipantFileOut,
    ParticipantFilesIn,
    ParticipantFilesOut,
    ReplacementCodeIn,
    ReplacementCodeOut,
)
from services.participants.schemas.hours import Month, first_day
from shared.db import driver
from shared.dependencies import AccessedDep, CallerDep, Reading, Transaction
from shared.paging import Page, Paging
from shared.responses import created
from shared.routing import ServiceRouter

router = ServiceRouter(prefix="/participant-files", tag="participant-files")
codes = ServiceRouter(prefix="/esf-replacement-codes", tag="esf-replacement-codes")

MEDIA_TYPE = "text/csv"
FilePath = Annotated[UUID, Path(alias="fileId", description="The issue's id")]
MonthQuery = Annotated[Month | None, Query(alias="month", description="Only of this month")]

_FILE: dict[str, Any] = {
    "responses": {
        "200": {
            "description": "The issue as CSV with semicolons, in UTF-8",
            "content": {
                MEDIA_TYPE: {
                    "schema": {"type": "string", "format": "binary"},
                    "example": (
                        "personnummer;startdatum;slutdatum;timmar\r\n"
                        "202001092382;2024-10-14;;42:30\r\n"
                    ),
                }
            },
        }
    }
}


@router.post("", scope=WRITE, status_code=201, answers=ParticipantFilesOut, idempotent=True)
async def issue_participant_files(
    body: ParticipantFilesIn, session: Transaction, caller: CallerDep
) -> Response:
    """Bring a project's participant files up to date.

    Issues each month up to the one named that has no file yet, and once more each month whose
    content has changed since; no other. Needs `participants:protected` as well, and a token
    for every unit that takes part.
    """
    rows = await participant_files.issue(
        session, body.programme, through=body.last_month, reason=body.reason, by=caller
    )
    issued = ParticipantFilesOut(files=[ParticipantFileOut.of(row) for row in rows])
    return created(issued, location="/participant-files")


@router.get("", scope=READ)
async def list_participant_files(
    session: Reading,
    paging: Paging,
    programme: ProgrammeQuery = None,
    month: MonthQuery = None,
) -> Page[ParticipantFileOut]:
    """List what was issued.

    The whole series, the latest first. Says how many rows a file has, and nothing of whom.
    """
    rows, total = await queries.participant_files_page(
        await driver(session),
        paging=paging,
        programme=programme,
        month=None if month is None else first_day(month),
    )
    return Page.of([ParticipantFileOut.of(row) for row in rows], total=total, paging=paging)


@router.get("/{fileId}", scope="participants:identity", openapi=_FILE)
async def read_participant_file(
    file_id: FilePath,
    session: LoggedReading,
    caller: CallerDep,
    accessed: AccessedDep,
    seals: SealsDep,
) -> Response:
    """Read an issue as it was given out.

    Written anew from the records at its basis, with the same bytes each time. Needs
    `participants:protected` as well; everyone in the file is logged as read.
    """
    file, content, people = await participant_files.content(
        session, file_id, seals=seals, by=caller
    )
    accessed(*people, purpose="participant_file")
    name = f"{file['programme']}-{file['month']:%Y-%m}-{file['issue']}.csv"
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="{name}"',
    }
    return Response(content, media_type=MEDIA_TYPE, headers=headers)


@codes.get("", scope=READ)
async def list_replacement_codes(session: Reading, paging: Paging) -> Page[ReplacementCodeOut]:
    """List the codes that replace numbers of protected people.

    The last one recorded of a sex counts.
    """
    rows, total = await queries.replacement_codes_page(await driver(session), paging=paging)
    return Page.of([ReplacementCodeOut.of(row) for row in rows], total=total, paging=paging)


@codes.post("", scope=WRITE, status_code=201, answers=ReplacementCodeOut, idempotent=True)
async def record_replacement_code(
    body: ReplacementCodeIn, session: Transaction, by: Administrator
) -> Response:
    """Record a code that the fund has published.

    For tokens that cover all units. Files issued before keep the code of their time.
    """
    row = await participant_files.record_code(
        session, sex=body.sex, suffix=body.suffix, source=body.source, by=by
    )
    return created(ReplacementCodeOut.of(row), location="/esf-replacement-codes")
