"""Committee reports that are kept: drafts, frozen and attested ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from fastapi import Query, Request
from starlette.responses import Response

from services.reports import committee_reports, kept_reports, readiness
from services.reports.api.assembling import assembled, ledger, settings_of
from services.reports.api.parameters import AreaQuery, ProgrammeQuery, ReportPath
from services.reports.committee_reports import Signing
from services.reports.schemas.committee_reports import (
    AttestIn,
    CommitteeReportIn,
    ContentOut,
    HistoryOut,
    RefreshIn,
    ReportOut,
    ReportState,
    StepOut,
    ThawIn,
)
from services.reports.schemas.documents import CommitteeReportOut
from shared.db import Connection, driver
from shared.responses import answered, created
from shared.routing import (
    CallerDep,
    IfMatch,
    Opening,
    Page,
    Paging,
    Reading,
    ServiceRouter,
    Transaction,
    kept_bytes,
)

if TYPE_CHECKING:
    from asyncpg import Record

    from shared.context import ServiceContext

router = ServiceRouter(prefix="/committee-reports", tag="committee-reports")

READ, WRITE, ATTEST = "reports:committee", "reports:write", "reports:attest"

StateQuery = Annotated[ReportState | None, Query(alias="state", description="Any, left out")]
TemplateFilter = Annotated[
    str | None, Query(alias="template", max_length=80, description="Reports of this template")
]
PeriodFilter = Annotated[
    str | None, Query(alias="period", max_length=21, description="Reports of this very period")
]
NumberQuery = Annotated[
    int | None,
    Query(alias="number", ge=1, le=1_000_000, description="An earlier content; the newest"),
]


@router.post("", scope=WRITE, status_code=201, answers=ReportOut, idempotent=True)
async def make_committee_report(
    request: Request, body: CommitteeReportIn, opening: Opening, caller: CallerDep
) -> Response:
    """Make a committee report.

    Assembles it as `/committee-report-data` does and keeps it as a draft, with its basis and
    the hash of its bytes. The token needs `reports:committee` too, and every unit: what is
    attested is never a part that looks like the whole.
    """
    _require_whole(caller)
    asked = body.to_question()
    document = await assembled(request, caller, asked)
    conn = await driver(await opening())
    made = await committee_reports.make(
        conn, asked, document, replacing=body.to_replacing(), by=caller
    )
    row = await kept_reports.found(conn, made)
    (shown,) = await _shown(conn, [row])
    return created(shown, location=f"/committee-reports/{made}", version=row["version"])


@router.get("", scope=READ)
async def list_committee_reports(
    *,
    session: Reading,
    paging: Paging,
    template: TemplateFilter = None,
    period: PeriodFilter = None,
    area: AreaQuery = None,
    programme: ProgrammeQuery = None,
    state: StateQuery = None,
) -> Page[ReportOut]:
    """List committee reports.

    Newest first.
    """
    conditions: dict[str, str | None] = {
        "template": template,
        "period": period,
        "area": area,
        "programme": programme,
        "state": state,
    }
    conn = await driver(session)
    rows, total = await kept_reports.listed(
        conn, conditions, limit=paging.limit, offset=paging.offset
    )
    return Page.of(await _shown(conn, rows), total=total, paging=paging)


@router.get("/{reportId}", scope=READ, answers=ReportOut)
async def read_committee_report(report_id: ReportPath, session: Reading) -> Response:
    """Read a committee report.

    Its state, basis and content hash; the content itself is at `/contents`.
    """
    return await _answered(await driver(session), report_id)


@router.get("/{reportId}/contents", scope=READ, answers=CommitteeReportOut, kept=True)
async def read_committee_report_content(
    request: Request, report_id: ReportPath, session: Reading, number: NumberQuery = None
) -> Response:
    """Read a committee report's content.

    The very bytes that its hash is of.
    """
    conn = await driver(session)
    body = await kept_reports.content(conn, report_id, number)
    tag = f"{report_id}-{number}" if number else (await _hash(conn, report_id))
    return kept_bytes(request, body, tag=tag)


@router.get("/{reportId}/steps", scope=READ)
async def list_committee_report_steps(report_id: ReportPath, session: Reading) -> HistoryOut:
    """List a committee report's steps.

    What was done with it, by whom and when, and every content it has had.
    """
    conn = await driver(session)
    await kept_reports.found(conn, report_id)
    return HistoryOut(
        steps=[StepOut.of(row) for row in await kept_reports.steps(conn, report_id)],
        contents=[ContentOut.of(row) for row in await kept_reports.contents(conn, report_id)],
    )


@router.post("/{reportId}/refreshments", scope=WRITE, answers=ReportOut)
async def refresh_committee_report(
    *,
    request: Request,
    report_id: ReportPath,
    body: RefreshIn,
    version: IfMatch,
    opening: Opening,
    caller: CallerDep,
) -> Response:
    """Refresh a draft.

    At a newer basis; the contents it had before are kept.
    """
    _require_whole(caller)
    context: ServiceContext = request.app.state.services
    async with context.db.read() as reading:
        report = await kept_reports.found(await driver(reading), report_id)
    committee_reports.require_refreshable(report, version)
    asked = committee_reports.question(report, basis=body.basis)
    document = await assembled(request, caller, asked)
    conn = await driver(await opening())
    await committee_reports.refresh(conn, report_id, document, expected=version, by=caller)
    return await _answered(conn, report_id)


@router.post("/{reportId}/freezes", scope=WRITE, answers=ReportOut)
async def freeze_committee_report(
    report_id: ReportPath, version: IfMatch, session: Transaction, caller: CallerDep
) -> Response:
    """Freeze a draft.

    It can be attested as it stands, and not be refreshed until it is thawed.
    """
    conn = await driver(session)
    await committee_reports.freeze(conn, report_id, expected=version, by=caller)
    return await _answered(conn, report_id)


@router.post("/{reportId}/thaws", scope=WRITE, answers=ReportOut)
async def thaw_committee_report(
    report_id: ReportPath,
    body: ThawIn,
    version: IfMatch,
    session: Transaction,
    caller: CallerDep,
) -> Response:
    """Thaw a frozen report.

    It is a draft again, with a reason; an attested report is never thawed.
    """
    conn = await driver(session)
    await committee_reports.thaw(conn, report_id, reason=body.reason, expected=version, by=caller)
    return await _answered(conn, report_id)


@router.post("/{reportId}/attestations", scope=ATTEST, answers=ReportOut)
async def attest_committee_report(
    *,
    request: Request,
    report_id: ReportPath,
    body: AttestIn,
    version: IfMatch,
    session: Transaction,
    caller: CallerDep,
) -> Response:
    """Attest a frozen report.

    Binds its content hash and basis to a name, for good. Refused, with the list of what stands
    in the way, while anything is missing, a tie is broken or a deviation lacks its comment.
    """
    _require_whole(caller)
    conn = await driver(session)
    signing = Signing(body.name, body.content_hash, four_eyes=settings_of(request).four_eyes)
    await committee_reports.attest(
        conn, report_id, signing, ledger(request, caller), expected=version, by=caller
    )
    return await _answered(conn, report_id)


async def _answered(conn: Connection, report_id: UUID) -> Response:
    row = await kept_reports.found(conn, report_id)
    (shown,) = await _shown(conn, [row])
    return answered(shown, version=row["version"])


async def _shown(conn: Connection, rows: Sequence[Record]) -> list[ReportOut]:
    about = [(row["template"], row["period"], row["basis"]) for row in rows]
    reopened = await readiness.reopened_since(conn, about)
    return [ReportOut.of(row, since) for row, since in zip(rows, reopened, strict=True)]


async def _hash(conn: Connection, report_id: UUID) -> str:
    row = await kept_reports.found(conn, report_id)
    content_hash: str = row["content_hash"]
    return content_hash


def _require_whole(caller: CallerDep) -> None:
    caller.require_scope(READ)
    committee_reports.require_every_unit(caller)
