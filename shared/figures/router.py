"""The routes by which a service answers for its figures."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import msgspec
from fastapi import Request
from starlette.responses import Response

from shared.auth import Caller
from shared.basis import reading_at, settled_basis
from shared.clock import rfc3339
from shared.db import driver
from shared.figures.answers import (
    LastDeliveries,
    Remarks,
    answer,
    describe,
    last_delivery,
)
from shared.figures.asking import Asking
from shared.figures.change_answers import change_answer, require_earlier
from shared.figures.change_schemas import FigureChangesIn, FigureChangesOut
from shared.figures.counting_rules import CountingRules
from shared.figures.definitions import Figures, Query
from shared.figures.lineage import fact_out, facts_behind
from shared.figures.parameters import (
    BasisQuery,
    ByQuery,
    FigureName,
    PeriodText,
    PlusQuery,
    StepQuery,
    filter_parameter,
)
from shared.figures.schemas import (
    BasisOut,
    FactOut,
    FigureAnswersOut,
    FigureDefinitionsOut,
    FigureOut,
    FigureQueriesIn,
    FigureSeriesOut,
)
from shared.figures.series import series
from shared.figures.standing.reading import reading_figures
from shared.paging import Page, Paging
from shared.routing import CallerDep, ServiceRouter, kept_bytes

if TYPE_CHECKING:
    from shared.context import ServiceContext
    from shared.db import Connection, Database

Answer = dict[str, Any]

Hidden = Callable[[Caller], str | None]
"""``(caller)`` gives a SELECT of the subjects whom the caller may not see; None hides nobody."""


def _nobody(_caller: Caller) -> None:
    """Hide nobody: for facts about no person, or none to protect."""


def figures_router(
    figures: Figures,
    *,
    deliveries: LastDeliveries = last_delivery,
    remarks: Remarks | None = None,
    counting_rules: CountingRules | None = None,
    restricted_by: str | None = "unit",
    hidden: Hidden = _nobody,
    guarded: Collection[str] = (),
) -> ServiceRouter:
    """Return the routes of a service's figures: ``/basis``, ``/figures``, batches and changes.

    Answers read a settled basis through `shared.basis.reading_at`; a basis that is not settled
    yet is refused with 409 ``basis_not_settled``.

    Args:
        figures: what the service answers for.
        deliveries: how to find a register's last delivery at a basis.
        remarks: notes that depend on the service's own records.
        counting_rules: the dated rules that figures are counted by, where there are such.
        restricted_by: the dimension that a caller's units restrict: someone whose token covers
            some units gets figures with this dimension for those units only, and a note says so.
        hidden: whose facts a caller is not shown one by one; figures count them all the same.
        guarded: dimensions by which nobody is told to have come and gone between two bases
            (`shared.figures.change_answers.change_answer`).

    """
    asking = Asking(figures, restricted_by)
    routes = _Routes(figures, deliveries, remarks, counting_rules, asking, hidden, guarded)
    filters = {"parameters": [filter_parameter(name) for name in figures.dimensions]}
    router = ServiceRouter(prefix="", tag="figures")
    add = partial(router.add, scope="figures:read")
    add("GET", "/basis", routes.read_basis)
    add("GET", "/figures", routes.list_figures, answers=FigureDefinitionsOut)
    figure = "/figures/{figure}"
    add("GET", figure, routes.read_figure, answers=FigureOut, openapi=filters)
    add("GET", f"{figure}/series", routes.read_series, answers=FigureSeriesOut, openapi=filters)
    add("POST", "/figure-queries", routes.query_figures, answers=FigureAnswersOut)
    add("POST", "/figure-changes", routes.explain_figures, answers=FigureChangesOut)
    rows = routes.list_figure_rows
    router.add("GET", f"{figure}/rows", rows, scope="figures:rows", openapi=filters)
    return router


@dataclass(frozen=True)
class _Routes:
    figures: Figures
    deliveries: LastDeliveries
    remarks: Remarks | None
    counting_rules: CountingRules | None
    asking: Asking
    hidden: Hidden
    guarded: Collection[str]

    async def read_basis(self, request: Request) -> BasisOut:
        """Read the newest basis.

        Everything recorded at or before it is visible for ever: a figure asked for with it
        answers the same whenever it is asked for.
        """
        return BasisOut(settled_at=await settled_basis(_db(request)))

    async def list_figures(self, request: Request) -> Response:
        """List the figures of the service.

        What each one counts, in which unit, and by what it can be broken down.
        """
        body = msgspec.json.encode({"figures": [describe(each) for each in self.figures]})
        return _kept(request, body)

    async def read_figure(
        self,
        *,
        request: Request,
        figure: FigureName,
        caller: CallerDep,
        period: PeriodText,
        basis: BasisQuery = None,
        by: ByQuery = None,
        plus: PlusQuery = None,
    ) -> Response:
        """Read one figure.

        For a period, at a basis, by breakdowns. Every breakdown of the figure can be given as
        a parameter too, repeated for several values, and then only those values count.
        """
        query = self.asking.query(
            figure, period, by or [], self.asking.filters(request), plus or []
        )
        async with reading_figures(_db(request), basis) as (session, at):
            answered = await self._answer(await driver(session), query, caller=caller, basis=at)
        return _kept(request, msgspec.json.encode(answered))

    async def read_series(
        self,
        *,
        request: Request,
        figure: FigureName,
        caller: CallerDep,
        period: PeriodText,
        step: StepQuery,
        basis: BasisQuery = None,
        by: ByQuery = None,
        plus: PlusQuery = None,
    ) -> Response:
        """Read a figure over several periods.

        One point for each year, tertial, quarter or month of the period, each counted for
        itself, with the series breaks between them and the runs of points that may be joined.
        """
        filters = self.asking.filters(request, besides="step")
        query = self.asking.query(figure, period, by or [], filters, plus or [])
        async with reading_figures(_db(request), basis) as (session, at):
            restricted, restriction = self.asking.restricted(replace(query, basis=at), caller)
            answered = await series(
                await driver(session),
                self.figures,
                restricted,
                step,
                deliveries=self.deliveries,
                remarks=self.remarks,
                counting_rules=self.counting_rules,
                restriction=restriction,
            )
        return _kept(request, msgspec.json.encode(answered))

    async def query_figures(
        self, request: Request, body: FigureQueriesIn, caller: CallerDep
    ) -> Response:
        """Read several figures at one basis.

        All in one transaction, so that they belong together. POST although nothing changes:
        the questions of one report do not fit in an address. A question that cannot be
        answered refuses the batch and says which one it is.
        """
        async with reading_figures(_db(request), body.basis) as (session, at):
            answers = await self.asking.each(
                body.queries, partial(self._answer, await driver(session), caller=caller, basis=at)
            )
        return _kept(request, msgspec.json.encode({"basis": rfc3339(at), "answers": answers}))

    async def explain_figures(
        self, request: Request, body: FigureChangesIn, caller: CallerDep
    ) -> Response:
        """Explain why figures moved from one basis to another.

        The difference of each row and total in seven parts, which sum to it exactly: new facts,
        late facts, corrections, retractions, merges, changed rules and changed areas. The
        questions are those of a figure query, and before and after are its answers.
        """
        async with reading_at(_db(request), body.basis) as (session, at):
            require_earlier(body.since, at)
            conn = await driver(session)
            explain = partial(self._change, conn, caller=caller, basis=at, since=body.since)
            items = await self.asking.each(body.queries, explain)
        told = {"since": rfc3339(body.since), "basis": rfc3339(at), "items": items}
        return _kept(request, msgspec.json.encode(told))

    async def list_figure_rows(
        self,
        *,
        request: Request,
        figure: FigureName,
        caller: CallerDep,
        paging: Paging,
        period: PeriodText,
        basis: BasisQuery = None,
    ) -> Page[FactOut]:
        """List the facts behind a figure.

        Which records it was added up from, how much each counts and when it happened, with
        every correction. For a flow or a stock the amounts sum to the figure's total, unless
        there is somebody among them whom the caller may not see.
        """
        query = self.asking.query(figure, period, [], self.asking.filters(request), [])
        async with reading_at(_db(request), basis) as (session, at):
            query = replace(query, basis=at)
            if self.asking.restricted_by not in self.figures.named(figure).dimensions:
                caller.require_unit(None)
            self.asking.require_scopes_of_rows(figure, caller)
            query, _ = self.asking.restricted(query, caller)
            (definition,) = self.figures.checked(query)
            facts, total = await facts_behind(
                await driver(session),
                definition,
                query,
                limit=paging.limit,
                offset=paging.offset,
                hidden=self.hidden(caller),
            )
        items = [fact_out(definition, fact) for fact in facts]
        return Page.of(items, total=total, paging=paging)

    async def _change(
        self, conn: Connection, query: Query, *, caller: Caller, basis: datetime, since: datetime
    ) -> Answer:
        restricted, restriction = self.asking.restricted(replace(query, basis=basis), caller)
        return await change_answer(
            conn,
            self.figures,
            restricted,
            since,
            remarks=self.remarks,
            restriction=restriction,
            guarded=self.guarded,
        )

    async def _answer(
        self, conn: Connection, query: Query, *, caller: Caller, basis: datetime
    ) -> Answer:
        restricted, restriction = self.asking.restricted(replace(query, basis=basis), caller)
        return await answer(
            conn,
            self.figures,
            restricted,
            deliveries=self.deliveries,
            remarks=self.remarks,
            counting_rules=self.counting_rules,
            restriction=restriction,
        )


def _db(request: Request) -> Database:
    context: ServiceContext = request.app.state.services
    return context.db


def _kept(request: Request, body: bytes) -> Response:
    return kept_bytes(request, body, tag=sha256(body).hexdigest()[:32])
