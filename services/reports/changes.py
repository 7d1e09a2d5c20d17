"""Why the numbers of a report moved between two bases: asked, gathered and put together."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from services.reports import queries, reporting
from services.reports.asking_changes import gather_changes
from services.reports.domain.assembly import Assembly
from services.reports.domain.audience import Audience
from services.reports.domain.explaining import Explanation, Kept, counted_tables
from services.reports.domain.planning import plan
from services.reports.domain.series_steps import series_at_steps
from services.reports.domain.stepping import gathered_at_steps
from services.reports.errors import ChangesNotPublic
from services.reports.gathering import common_basis, gather
from shared.basis import reading_at, settled_basis
from shared.db import driver
from shared.figures.change_answers import require_earlier

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from datetime import datetime

    from services.reports.asking_changes import Explaining
    from services.reports.domain.assembly import Document
    from services.reports.domain.planning import (
        AreaOfReport,
        FigureQuery,
        Plan,
        ProgrammeOfReport,
    )
    from services.reports.domain.table_steps import CountedTable
    from services.reports.gathering import Gathered, Provider
    from services.reports.reporting import Request
    from services.reports.templates import Template
    from shared.db import Database
    from shared.periods import Period


@dataclass(frozen=True)
class Services:
    """Every provider as it answers the caller, and as it explains its changes."""

    answering: Mapping[str, Provider]
    explaining: Mapping[str, Explaining]


@dataclass(frozen=True)
class Between:
    """Two bases of one report, and the kept report that stands at one of them, if any."""

    since: datetime
    basis: datetime | None
    kept: Kept | None = None

    @classmethod
    def of_kept(cls, document: Document, basis: datetime, other: datetime) -> Between:
        """Return the way between a kept report's basis and another one, whichever is earlier.

        Raises:
            NotEarlier: they are the same.

        """
        if other > basis:
            return cls(basis, other, Kept(document, is_later=False))
        require_earlier(other, basis)
        return cls(other, basis, Kept(document, is_later=True))


async def changes(
    db: Database, services: Services, asked: Request, between: Between, *, time_budget: float
) -> Document:
    """Return how every value of a report came from one basis to another.

    A provider that is away, or does not explain itself, costs its own items only.

    Args:
        db: this service's.
        services: asked on behalf of the caller.
        asked: the report.
        between: the two bases.
        time_budget: seconds for everything together.

    Raises:
        ChangesNotPublic: exact differences are for the committee.
        TemplateNotFound, PeriodOfWrongKind, AreaNeeded, AreaNotFound: the question.
        ProgrammeNeeded, ProgrammeNotFound, NotAPeriod: the question too.
        NotEarlier, BasisNotSettled: the bases.
        NothingToReport: every provider is away.

    """
    if asked.audience is not Audience.COMMITTEE:
        raise ChangesNotPublic
    deadline = time.monotonic() + time_budget
    settled = await settled_basis(db, between.basis)
    about = _About(*await reporting.about(db, services.answering, asked, time_budget / 4))
    wanted = plan(*about)
    basis = between.basis or await common_basis(
        wanted, services.answering, settled, time_budget / 4, {}
    )
    require_earlier(between.since, basis)
    # Half of what is left: the services must then also explain what they answered.
    half = (deadline - time.monotonic()) / 2

    def gathered_at(at: datetime) -> Awaitable[Gathered]:
        return gather(
            wanted,
            services.answering,
            period=str(about.period),
            basis=at,
            own_settled_at=settled,
            time_budget=half,
        )

    earlier, later = await asyncio.gather(gathered_at(between.since), gathered_at(basis))
    assembled = await _assembling(db, about, wanted, between.since, basis)
    ends = (assembled(earlier, 0), assembled(later, -1))
    tables = counted_tables(about.template, about[1:], ends, later.readings)
    explained = await gather_changes(
        _questions(later, tables),
        services.explaining,
        statements_of=str(about.period) if _needs_statements(wanted) else None,
        since=between.since,
        basis=basis,
        time_budget=deadline - time.monotonic(),
    )
    steps = gathered_at_steps(earlier, later, explained)
    documents = [assembled(gathered, step) for step, gathered in enumerate(steps)]
    return Explanation(documents, tables, explained, between.kept).document()


async def _assembling(
    db: Database, about: _About, wanted: Plan, since: datetime, basis: datetime
) -> Callable[[Gathered, int], Document]:
    """Return what assembles a report at a step, with what this service itself knows there."""
    async with reading_at(db, basis) as (session, _):
        conn = await driver(session)
        published = await queries.reference_history(conn, wanted.references, basis)
        division = await queries.division(conn)
    series = series_at_steps(published, since)

    def assembled(gathered: Gathered, step: int) -> Document:
        return Assembly(
            about.template,
            about.period,
            about.area,
            gathered,
            series[step],
            programme=about.programme,
            division=division,
        ).document()

    return assembled


class _About(NamedTuple):
    """What a question is about, as `reporting.about` finds it."""

    template: Template
    period: Period
    area: AreaOfReport | None
    programme: ProgrammeOfReport | None


def _questions(later: Gathered, tables: Mapping[str, CountedTable]) -> dict[str, list[FigureQuery]]:
    """Return the figures to be explained by service: those shown, and those in tables."""
    asked: dict[str, dict[FigureQuery, None]] = {}
    for service, query in later.figures:
        if not query.counted:
            continue
        asked.setdefault(service, {})[query] = None
    for table in tables.values():
        asked.setdefault(table.service, {}).update(dict.fromkeys(table.questions()))
    return {service: list(queries) for service, queries in asked.items()}


def _needs_statements(wanted: Plan) -> bool:
    sources = {reading.source for readings in wanted.readings.values() for reading in readings}
    return bool(wanted.statements) or "deviations" in sources
