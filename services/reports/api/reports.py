"""The aggregation endpoint: one committee report from all services, as data and as a page."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import Response

from services.reports import reporting
from services.reports.api.assembling import answered, cache_of
from services.reports.api.parameters import QuestionDep
from services.reports.publication.formats import FileFormat, written
from services.reports.schemas.documents import CommitteeReportOut, TemplateOut, TemplatesOut
from services.reports.templates import TEMPLATES
from shared.routing import CallerDep, ServiceRouter, kept_bytes

router = ServiceRouter(prefix="", tag="committee-report-data")


@router.get("/committee-report-data", scope="reports:read", answers=CommitteeReportOut)
async def read_committee_report_data(
    request: Request,
    caller: CallerDep,
    asked: QuestionDep,
) -> Response:
    """Assemble a committee report.

    Asks participants, outreach and budget at once with the caller's own token, which needs
    the scopes `figures:read` and, for statements, `budget:read` there. A provider that fails or
    is late makes its sections `unavailable` with the reason and the report `partial`.

    `audience=committee` gives exact numbers and needs the scope `reports:committee`.
    `audience=public` protects small counts, and every answer is a recorded release: the same
    question at the same basis gives the same bytes, whatever is released later. It needs a
    token that covers every unit.
    """
    document, body = await answered(request, caller, asked)
    return kept_bytes(request, body, tag=reporting.tag_of(body), cache=cache_of(document))


@router.get(
    "/committee-report-pages",
    scope="reports:read",
    responses={200: {"content": {"text/html": {}}, "description": "The report as a page"}},
)
async def read_committee_report_page(
    request: Request,
    caller: CallerDep,
    asked: QuestionDep,
) -> Response:
    """Assemble a committee report as a page to read and print.

    The same report as `/committee-report-data` gives, in Swedish, for screen and paper.
    """
    document, body = await answered(request, caller, asked)
    return kept_bytes(
        request,
        await written(body, asked, FileFormat.HTML),
        tag=f"{reporting.tag_of(body)}-page",
        media_type="text/html; charset=utf-8",
        cache=cache_of(document),
    )


@router.get("/templates", scope="reports:read")
async def list_templates() -> TemplatesOut:
    """List the kinds of report that can be asked for."""
    return TemplatesOut(
        templates=[
            TemplateOut(
                name=template.name,
                title=template.title,
                period_kind=template.period_kind,
                needs_area=template.needs_area,
                needs_programme=template.needs_programme,
                sections=[section.title for section in template.sections],
            )
            for template in TEMPLATES.values()
        ]
    )
