"""Where a number of a report comes from: its definition, its questions, its rows."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from fastapi import Path, Query, Request

from services.reports import kept_reports, lineage
from services.reports.api.assembling import assembled, keeper
from services.reports.api.parameters import QuestionDep, ReportPath
from services.reports.domain.tracing import traced
from services.reports.schemas.lineages import LineageOut, RowOut
from shared.db import driver
from shared.routing import CallerDep, Page, Paging, Reading, ServiceRouter

if TYPE_CHECKING:
    from services.reports.domain.assembly import Document

router = ServiceRouter(prefix="", tag="lineages")

READ = "reports:committee"

ItemPath = Annotated[
    str, Path(alias="itemKey", max_length=120, description="The item's key in the report")
]
CellQuery = Annotated[
    str,
    Query(
        alias="cell",
        max_length=200,
        pattern=r"^(/[A-Za-z0-9]{1,40}){2,6}$",
        description="Where the value stands in the item (JSON Pointer): /values/0 or"
        " /values/0/tables/1/rows/2",
    ),
]


@router.get("/committee-report-lineages/{itemKey}", scope=READ)
async def read_lineage(
    request: Request, item_key: ItemPath, caller: CallerDep, asked: QuestionDep
) -> LineageOut:
    """Read how a number came about.

    Its definition and version, what each service was asked and can be asked again, and the
    register behind it with its last delivery. A ratio says the same of what it divides.
    """
    document = await assembled(request, caller, asked)
    return LineageOut.of(traced(document, item_key), document["basis"])


@router.get("/committee-reports/{reportId}/lineages/{itemKey}", scope=READ)
async def read_kept_lineage(
    report_id: ReportPath, item_key: ItemPath, session: Reading
) -> LineageOut:
    """Read how a number of a kept report came about.

    Told by the report itself, whatever templates and definitions have become since.
    """
    document = await _kept(report_id, session)
    return LineageOut.of(traced(document, item_key), document["basis"])


@router.get("/committee-reports/{reportId}/lineages/{itemKey}/rows", scope=READ)
async def list_lineage_rows(
    *,
    request: Request,
    report_id: ReportPath,
    item_key: ItemPath,
    cell: CellQuery,
    session: Reading,
    paging: Paging,
    caller: CallerDep,
) -> Page[RowOut]:
    """List the rows behind a value.

    The records that it was added up from at the report's basis, with every correction: what
    they are and how much each counts, no person. The service that keeps them decides what the
    token may see; it needs `figures:rows`.
    """
    found: dict[str, Any] = await lineage.rows(
        await _kept(report_id, session),
        item_key,
        cell,
        partial(keeper, request, caller),
        limit=paging.limit,
        page=paging.page,
    )
    rows = [RowOut.model_validate(row) for row in found["items"]]
    return Page.of(rows, total=found["_meta"]["totalRecords"], paging=paging)


async def _kept(report_id: ReportPath, session: Reading) -> Document:
    body = await kept_reports.content(await driver(session), report_id)
    document: Document = msgspec.json.decode(body)
    return document
