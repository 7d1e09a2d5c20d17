"""Rates of follow-ups."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import Query, Request
from pydantic.alias_generators import to_camel

from services.participants import follow_up_rates
from services.participants.figures.definitions import FIGURES
from services.participants.follow_up_rates import ASKING, PARTS, Horizon
from services.participants.schemas.follow_up import RateOut, RatesOut
from shared.db import driver
from shared.dependencies import CallerDep
from shared.figures.parameters import BasisQuery, ByQuery, PeriodText, filter_parameter
from shared.figures.standing.reading import reading_figures
from shared.routing import ServiceRouter

router = ServiceRouter(prefix="/follow-ups", tag="follow-up-rates")

HorizonQuery = Annotated[
    Horizon, Query(alias="after", description="How long after people left they are asked")
]
_BREAKDOWNS = FIGURES.named(PARTS[Horizon.THREE_MONTHS][0]).dimensions


@router.get(
    "/rates",
    scope="figures:read",
    openapi={"parameters": [filter_parameter(name) for name in _BREAKDOWNS]},
)
async def read_rates(
    *,
    request: Request,
    caller: CallerDep,
    period: PeriodText,
    after: HorizonQuery = Horizon.THREE_MONTHS,
    basis: BasisQuery = None,
    by: ByQuery = None,
) -> RatesOut:
    """Read what became of people who left.

    Of the follow-ups that fell due in a period, at a basis: how many, how many were answered, the
    shares in work and studies of those, and what the shares of all are at the least and at the
    most. Every breakdown of the figures can be given as a parameter too.
    """
    filters = ASKING.filters(request, besides="after")
    query, restriction = ASKING.restricted(
        ASKING.query(PARTS[after][0], period, by or [], filters, []), caller
    )
    async with reading_figures(request.app.state.services.db, basis) as (session, at):
        found = await follow_up_rates.rates(await driver(session), replace(query, basis=at), after)
    names = [to_camel(name) for name in query.by]
    return RatesOut(
        period=str(query.period),
        basis=at,
        counted_to=found.counted_to,
        parts=list(PARTS[after]),
        restriction=restriction,
        rates=[
            RateOut.of(tally, dict(zip(names, cell, strict=True))) for cell, tally in found.cells
        ],
        total=RateOut.of(found.total, {}),
    )
