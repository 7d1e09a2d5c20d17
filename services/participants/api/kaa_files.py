"""The half-yearly file on the responsibility for activity, its faults and its codes."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Path, Query
from starlette.responses import Response

from services.participants import kaa_files
from services.participants.api.kaa_memberships import KAA
from services.participants.api.parameters import Administrator, LoggedReading, SealsDep
from services.participants.domain.kaa_codes import CodeList
from services.participants.domain.kaa_file import HalfYear
from services.participants.queries import kaa_files as reads
from services.participants.schemas.kaa_files import (
    HalfYearText,
    KaaCodeMappingIn,
    KaaCodeMappingOut,
    KaaFileFaultOut,
    KaaFileIn,
    KaaFileOut,
)
from shared.db import driver
from shared.dependencies import AccessedDep, CallerDep, Reading, Transaction
from shared.paging import Page, Paging
from shared.responses import answered, created
from shared.routing import ServiceRouter

router = ServiceRouter(prefix="/kaa-files", tag="kaa-files")
faults = ServiceRouter(prefix="/kaa-file-faults", tag="kaa-file-faults")
mappings = ServiceRouter(prefix="/kaa-code-mappings", tag="kaa-code-mappings")

FilePath = Annotated[UUID, Path(alias="kaaFileId", description="The file's id")]
HalfQuery = Annotated[HalfYearText, Query(alias="halfYear", description="Which half-year")]
AnyHalf = Annotated[
    HalfYearText | None, Query(alias="halfYear", description="Only of this half-year")
]
ListQuery = Annotated[CodeList | None, Query(alias="codeList", description="Only of this list")]

_CSV: dict[str, Any] = {
    "responses": {
        "200": {
            "description": "The file as it was made: UTF-8, semicolons, one line per fact",
            "content": {
                "text/csv": {
                    "schema": {"type": "string", "format": "binary"},
                    "example": "block;halvar;kommun;personnummer;datum;slutdatum\r\n",
                }
            },
        }
    }
}


@router.post("", scope=KAA, status_code=201, answers=KaaFileOut, idempotent=True)
async def make_kaa_file(
    body: KaaFileIn,
    session: Transaction,
    caller: CallerDep,
    _by: Administrator,
    *,
    seals: SealsDep,
    accessed: AccessedDep,
) -> Response:
    """Make a half-year's file.

    It is refused with what is wrong before anything is given out, and replaces the one before.
    For tokens that cover all units, with participants:identity as well.
    """
    row = await kaa_files.make(session, body, seals=seals, by=caller)
    accessed(*row["subjects"], purpose=f"kaa-file {row['half_year']} {row['number']}")
    return created(KaaFileOut.of(row), location=f"/kaa-files/{row['id']}")


@router.get("", scope=KAA)
async def list_kaa_files(
    session: Reading, paging: Paging, _by: Administrator, half_year: AnyHalf = None
) -> Page[KaaFileOut]:
    """List the files that were made.

    For tokens that cover all units. Nothing in the list is about a person.
    """
    rows, total = await reads.files_page(
        await driver(session), half_year=half_year, limit=paging.limit, offset=paging.offset
    )
    return Page.of([KaaFileOut.of(row) for row in rows], total=total, paging=paging)


@router.get("/{kaaFileId}", scope=KAA, answers=KaaFileOut)
async def read_kaa_file(file_id: FilePath, session: Reading, _by: Administrator) -> Response:
    """Read about one file.

    With its basis and the hash of its bytes. For tokens that cover all units.
    """
    return answered(KaaFileOut.of(await reads.kaa_file(await driver(session), file_id)))


@router.get("/{kaaFileId}/contents", scope=KAA, openapi=_CSV)
async def take_out_kaa_file(
    file_id: FilePath,
    session: LoggedReading,
    caller: CallerDep,
    _by: Administrator,
    *,
    seals: SealsDep,
    accessed: AccessedDep,
) -> Response:
    """Take out a file.

    The same bytes each time. Who takes it out, and about whom it is, is logged. For tokens that
    cover all units, with participants:identity as well.
    """
    row, content = await kaa_files.content(await driver(session), file_id, seals=seals, by=caller)
    accessed(*row["subjects"], purpose=f"kaa-file {row['half_year']} {row['number']}")
    name = f"kaa-{row['half_year']}-{row['number']}.csv"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
    }
    return Response(content, media_type="text/csv", headers=headers)


@faults.get("", scope=KAA)
async def list_kaa_file_faults(
    session: LoggedReading,
    caller: CallerDep,
    _by: Administrator,
    paging: Paging,
    *,
    seals: SealsDep,
    accessed: AccessedDep,
    half_year: HalfQuery,
) -> Page[KaaFileFaultOut]:
    """List what is wrong with a half-year's file as it would be made now.

    Row by row, before anything is given out. For tokens that cover all units. Whom the faults
    are about is logged.
    """
    half = HalfYear.parse(half_year)
    made = await kaa_files.faults(await driver(session), half, seals=seals, by=caller)
    shown = made.faults[paging.offset : paging.offset + paging.limit]
    items = [KaaFileFaultOut.of(fault, made.person_of(fault)) for fault in shown]
    accessed(*(item.person_id for item in items))
    return Page.of(items, total=len(made.faults), paging=paging)


@mappings.post("", scope=KAA, status_code=201, answers=KaaCodeMappingOut, idempotent=True)
async def enter_kaa_code(
    body: KaaCodeMappingIn, session: Transaction, by: Administrator
) -> Response:
    """Enter the official code of an own code.

    From a day on; of one code and day, the last entry holds. For tokens that cover all units.
    """
    row = await kaa_files.map_code(session, body, by=by)
    return created(KaaCodeMappingOut.of(row), location="/kaa-code-mappings")


@mappings.get("", scope=KAA)
async def list_kaa_codes(
    session: Reading, paging: Paging, code_list: ListQuery = None
) -> Page[KaaCodeMappingOut]:
    """List official codes.

    Everything that was ever entered.
    """
    rows, total = await reads.mappings_page(
        await driver(session), name=code_list, limit=paging.limit, offset=paging.offset
    )
    return Page.of([KaaCodeMappingOut.of(row) for row in rows], total=total, paging=paging)
