"""Reading a report as it is now, and where its numbers come from."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

import msgspec
from markupsafe import Markup
from starlette.responses import RedirectResponse, Response

from services.reports import kept_reports
from services.reports.api.assembling import answered, assembled
from services.reports.domain.audience import Audience, Protection
from services.reports.domain.tracing import traced
from services.reports.front.frame import query
from services.reports.front.pages import Pages, Visit
from services.reports.publication import page
from services.reports.publication.compose import compose
from services.reports.publication.formats import WRITERS, FileFormat, file_name, written
from services.reports.publication.imprints import Standing, imprint
from services.reports.publication.model import Text
from services.reports.reporting import Request as Question
from shared.db import driver
from shared.errors import Invalid, NotFound

if TYPE_CHECKING:
    from uuid import UUID

    from asyncpg import Record

    from services.reports.domain.assembly import Document

pages = Pages()

Choice = TypeVar("Choice", Audience, Protection)


class BasisUnreadable(Invalid):
    code, title = "basis_unreadable", "The basis is not an instant"


class ChoiceUnknown(Invalid):
    code, title = "choice_unknown", "There is no such audience or protection"


@pages.get("/rapport", scope="reports:read")
async def read(visit: Visit) -> Response:
    """Show a report as it is now, or at a basis: exact; the public's is published first."""
    asked = question_of(visit)
    if asked.audience is Audience.PUBLIC:
        return to_publish(asked)
    document, body = await answered(visit.request, visit.session.caller, asked)
    fixed = replace(asked, basis=datetime.fromisoformat(document["basis"]))
    lineage = f"/rapport/ursprung?{params_of(fixed)}"
    return visit.show(
        "report_page.html",
        title=document["title"],
        body=await body_of(document, body, fixed, lineage, Standing()),
        asked=fixed,
        files=[
            (wanted, f"/rapport/fil?{params_of(fixed)}&format={wanted}") for wanted in FileFormat
        ],
    )


@pages.get("/rapport/fil", scope="reports:read")
async def take_home(visit: Visit) -> Response:
    """Give a report as a file."""
    asked = question_of(visit)
    if asked.audience is Audience.PUBLIC:
        return to_publish(asked)
    _, body = await answered(visit.request, visit.session.caller, asked)
    return await file_of(visit, body, asked, Standing())


@pages.get("/rapport/ursprung", scope="reports:committee")
async def trace(visit: Visit) -> Response:
    """Show where a number comes from."""
    asked = question_of(visit)
    document = await assembled(visit.request, visit.session.caller, asked)
    key = visit.request.query_params.get("uppgift", "")
    return visit.show(
        "lineage.html",
        title="Så kom uppgiften till",
        lineage=traced(document, key),
        basis=datetime.fromisoformat(document["basis"]),
        back=f"/rapport?{params_of(asked)}#{quote(key)}",
        rows=None,
        cells=[],
    )


def to_publish(asked: Question) -> Response:
    """Lead to where a report is published: reading an address must record nothing."""
    return RedirectResponse(f"/publicera?{params_of(asked)}", status_code=303)


def question_of(visit: Visit) -> Question:
    """Return the question that a page's address asks.

    Raises:
        BasisUnreadable: the basis is not an instant.

    """
    asked = visit.request.query_params
    text = asked.get("basis") or None
    try:
        basis = _instant(text) if text else None
    except (ValueError, OverflowError) as error:
        raise BasisUnreadable from error
    return Question(
        template=asked.get("template", "")[:80],
        period=asked.get("period", "")[:21],
        area=asked.get("area") or None,
        programme=asked.get("programme") or None,
        basis=basis,
        audience=_one_of(Audience, asked.get("audience")),
        protection=_one_of(Protection, asked.get("protection")),
    )


def _one_of(kind: type[Choice], text: str | None) -> Choice:
    """Return what an address names of an enumeration; without a name its first.

    Raises:
        ChoiceUnknown: it names something else: a misspelt public must not give exact numbers.

    """
    try:
        return kind(text) if text else next(iter(kind))
    except ValueError as error:
        raise ChoiceUnknown from error


def _instant(text: str) -> datetime:
    """Return an instant in UTC; one without its zone is a ValueError."""
    said = datetime.fromisoformat(text)
    if said.tzinfo is None:
        raise ValueError(text)
    return said.astimezone(UTC)


def params_of(asked: Question) -> str:
    """Return a question as the query of an address."""
    return query(
        template=asked.template,
        period=asked.period,
        area=asked.area,
        programme=asked.programme,
        basis=asked.basis.isoformat() if asked.basis else None,
        audience=asked.audience.value,
        protection=asked.protection.value,
    )


async def body_of(
    document: Document, body: bytes, asked: Question, lineage: str, standing: Standing
) -> Markup:
    """Return a report's page without its frame, every number with its way to its lineage.

    Made beside the event loop: the first pictures of a process take a second.
    """
    return await asyncio.to_thread(_laid_out, document, body, asked, lineage, standing)


def _laid_out(
    document: Document, body: bytes, asked: Question, lineage: str, standing: Standing
) -> Markup:
    publication = compose(document, imprint(document, body, asked, standing=standing))
    sections = tuple(
        replace(
            section,
            items=tuple(
                replace(item, lineage=f"{lineage}&uppgift={quote(item.key)}")
                if lineage and any(not isinstance(block, Text) for block in item.blocks)
                else item
                for item in section.items
            ),
        )
        for section in publication.sections
    )
    # made by our own template, which escapes everything that it shows
    return Markup(page.body(replace(publication, sections=sections)))  # noqa: S704


async def file_of(visit: Visit, body: bytes, asked: Question, standing: Standing) -> Response:
    """Return a document as the file that the address asks for.

    Raises:
        NotFound: there is no such format.

    """
    try:
        wanted = FileFormat(visit.request.query_params.get("format", ""))
    except ValueError as error:
        raise NotFound from error
    made = await written(body, asked, wanted, standing=standing)
    return Response(
        made,
        media_type=WRITERS[wanted].media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{file_name(asked, wanted)}"',
            "Cache-Control": "no-store",
        },
    )


async def kept(visit: Visit, report_id: UUID) -> tuple[Record, bytes, dict[str, Any]]:
    """Return a kept report, its content's bytes, and the document."""
    async with visit.context.db.read() as session:
        conn = await driver(session)
        row = await kept_reports.found(conn, report_id)
        body = await kept_reports.content(conn, report_id)
    return row, body, msgspec.json.decode(body)
