"""Reports as files: a page, a workbook, a text to continue in, a document to print."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path, Request
from starlette.responses import Response

from services.reports import committee_reports, kept_reports, reporting
from services.reports.api.assembling import answered, cache_of
from services.reports.api.parameters import QuestionDep, ReportPath
from services.reports.api.standing import standing
from services.reports.publication.formats import WRITERS, FileFormat, file_name, written
from services.reports.publication.imprints import Standing
from shared.db import driver
from shared.routing import CallerDep, Reading, ServiceRouter, kept_bytes

router = ServiceRouter(prefix="", tag="files")

FormatPath = Annotated[FileFormat, Path(alias="fileFormat", description="The file's format")]

_FILES: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {writer.media_type: {} for writer in WRITERS.values()},
        "description": "The report as a file",
    }
}


@router.get("/committee-report-files/{fileFormat}", scope="reports:read", responses=_FILES)
async def read_committee_report_file(
    request: Request, file_format: FormatPath, caller: CallerDep, asked: QuestionDep
) -> Response:
    """Assemble a committee report as a file.

    The same report as `/committee-report-data` gives: the same words and numbers in every format.
    """
    document, body = await answered(request, caller, asked)
    tag = reporting.tag_of(body)
    return await _file(request, body, asked, file_format, tag=tag, cache=cache_of(document))


@router.get(
    "/committee-reports/{reportId}/files/{fileFormat}",
    scope="reports:committee",
    responses=_FILES,
)
async def read_kept_report_file(
    request: Request, report_id: ReportPath, file_format: FormatPath, session: Reading
) -> Response:
    """Read a kept committee report as a file.

    Made of the very bytes that are kept; it says by whom and when they were attested, whether a
    newer report has replaced it, and which periods were opened again since.
    """
    conn = await driver(session)
    row = await kept_reports.found(conn, report_id)
    body = await kept_reports.content(conn, report_id)
    asked = committee_reports.question(row, basis=row["basis"])
    said, _ = await standing(conn, row)
    tag = f"{row['content_hash']}-{said.tag}"
    return await _file(request, body, asked, file_format, tag=tag, said=said)


async def _file(
    request: Request,
    body: bytes,
    asked: reporting.Request,
    file_format: FileFormat,
    *,
    tag: str,
    said: Standing | None = None,
    cache: str = "private, no-cache",
) -> Response:
    answer = kept_bytes(
        request,
        await written(body, asked, file_format, standing=said),
        tag=f"{tag}-{file_format}",
        media_type=WRITERS[file_format].media_type,
        cache=cache,
    )
    placed = "inline" if file_format is FileFormat.HTML else "attachment"
    answer.headers["Content-Disposition"] = f'{placed}; filename="{file_name(asked, file_format)}"'
    return answer
