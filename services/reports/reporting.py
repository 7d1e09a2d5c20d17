"""Assembling one report: what is asked for, gathered, put together, and turned into bytes."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import msgspec

from services.reports import queries
from services.reports.domain.assembly import Assembly, Document
from services.reports.domain.audience import Audience, Protection
from services.reports.domain.planning import FigureQuery, ProgrammeOfReport, plan, words
from services.reports.errors import ProgrammeNotKnown, TemplateNotFound
from services.reports.gathering import ProviderFailed, common_basis, gather
from services.reports.templates import TEMPLATES
from shared.auth import ScopeMissing
from shared.basis import reading_at, settled_basis
from shared.db import driver
from shared.periods import Period

if TYPE_CHECKING:
    from collections.abc import Mapping

    from services.reports.domain.districts import Division
    from services.reports.domain.planning import AreaOfReport, Plan
    from services.reports.gathering import Provider
    from services.reports.templates import Template
    from shared.db import Database


@dataclass(frozen=True)
class Request:
    """What a caller asks a report for."""

    template: str
    period: str
    area: str | None = None
    programme: str | None = None
    basis: datetime | None = None
    audience: Audience = Audience.COMMITTEE
    protection: Protection = Protection.SUPPRESSION


@dataclass(frozen=True)
class Outline:
    """What is known of a report before it is assembled."""

    title: str
    period: Period
    basis: datetime


async def assemble(
    db: Database,
    providers: Mapping[str, Provider],
    request: Request,
    *,
    time_budget: float,
) -> Document:
    """Return the report as a document.

    Raises:
        TemplateNotFound, PeriodOfWrongKind, AreaNeeded, AreaNotFound: the question.
        ProgrammeNeeded, ProgrammeNotFound, NotAPeriod: the question too.
        BasisNotSettled: the basis is later than what this service has settled.
        NothingToReport: every provider is away.

    """
    deadline = time.monotonic() + time_budget
    own_settled_at = await settled_basis(db, request.basis)
    template, period, area, programme = await about(db, providers, request, time_budget / 4)
    asked = plan(template, period, area, programme)
    gathering = gather(
        asked,
        providers,
        period=str(period),
        basis=request.basis,
        own_settled_at=own_settled_at,
        time_budget=deadline - time.monotonic(),
    )
    if request.basis is None:
        gathered = await gathering
        own = await _own(db, asked, gathered.basis)
    else:
        gathered, own = await asyncio.gather(gathering, _own(db, asked, request.basis))
    return Assembly(
        template, period, area, gathered, own.references, programme=programme, division=own.division
    ).document()


@dataclass(frozen=True)
class _Own:
    """What this service itself knows of what a report says."""

    references: Mapping[tuple[str, str], list[dict[str, Any]]]
    division: Division


async def _own(db: Database, asked: Plan, basis: datetime) -> _Own:
    async with reading_at(db, basis) as (session, at):
        conn = await driver(session)
        return _Own(
            await queries.references(conn, asked.references, at), await queries.division(conn)
        )


async def outline(
    db: Database,
    providers: Mapping[str, Provider],
    request: Request,
    *,
    time_budget: float,
) -> Outline:
    """Return what a report will be called and the basis it will have, before it is assembled.

    Raises:
        as `assemble` does.

    """
    own_settled_at = await settled_basis(db, request.basis)
    template, period, area, programme = await about(db, providers, request, time_budget / 4)
    asked = plan(template, period, area, programme)
    basis = request.basis or await common_basis(
        asked, providers, own_settled_at, time_budget / 2, {}
    )
    title = template.title.format_map(words(period, area, programme))
    return Outline(title, period, basis)


def template_named(name: str) -> Template:
    """Return a template.

    Raises:
        TemplateNotFound: none has the name.

    """
    template = TEMPLATES.get(name)
    if template is None:
        raise TemplateNotFound(name[:80], sorted(TEMPLATES))
    return template


def encode(document: Document) -> tuple[bytes, str]:
    """Return a document as bytes, always the same for the same document, and their tag."""
    body = msgspec.json.encode(document)
    return body, tag_of(body)


def tag_of(body: bytes) -> str:
    """Return the tag of a document's bytes."""
    return sha256(body).hexdigest()[:32]


async def about(
    db: Database, providers: Mapping[str, Provider], request: Request, time_budget: float
) -> tuple[Template, Period, AreaOfReport | None, ProgrammeOfReport | None]:
    """Return what a question is about.

    Raises:
        TemplateNotFound, AreaNotFound, NotAPeriod: the question.
        ProgrammeNotFound, ProgrammeNotKnown: the question too.

    """
    template = template_named(request.template)
    period = Period.parse(request.period)
    area = await _area(db, request.area, period)
    programme = None
    if request.programme is not None:
        programme = await _programme(
            request.programme, period, providers["participants"], time_budget
        )
    return template, period, area, programme


async def _programme(
    code: str, period: Period, participants: Provider, time_budget: float
) -> ProgrammeOfReport:
    """Return a programme with its project; without, if that could not be asked.

    Who may read figures and no programmes is not shown zeros for a name that is mistyped.

    Raises:
        ProgrammeNotFound: there is none.
        ProgrammeNotKnown: there is none that the caller can see by the figures.

    """
    try:
        async with asyncio.timeout(time_budget):
            try:
                return ProgrammeOfReport(code, await participants.project_of(code))
            except ProviderFailed as failed:
                hidden = failed.reason == ScopeMissing.code
                if hidden and not await _in_operation(code, period, participants):
                    raise ProgrammeNotKnown(code, str(period)) from failed
                return ProgrammeOfReport(code, unknown=failed.reason)
    except TimeoutError:
        return ProgrammeOfReport(code, unknown="timeout")
    except ProviderFailed as failed:
        return ProgrammeOfReport(code, unknown=failed.reason)


async def _in_operation(code: str, period: Period, participants: Provider) -> bool:
    """Tell by a figure whether a programme was in operation at the end of a month of a period."""
    month = Period.month(period.first.year, period.first.month)
    days = [period.first]
    while month.last <= period.last:
        days.append(month.last)
        month = month.next
    where = (("programme", (code,)),)
    asked = [FigureQuery("programmes", day.isoformat(), (), where) for day in days]
    answers = await participants.figures(asked, await participants.settled_at())
    return any(answer.get("total") for answer in answers)


async def _area(db: Database, code: str | None, period: Period) -> AreaOfReport | None:
    if code is None:
        return None
    async with db.read() as session:
        return await queries.area_on(await driver(session), code, period.last)
