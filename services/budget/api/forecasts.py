"""Forecasts, what is proposed for them, and how right they were."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request
from starlette.responses import Response

from services.budget import forecasts
from services.budget.api.parameters import POST, READ, BasisQuery, RangeQuery, YearQuery
from services.budget.domain.periods import PeriodRange
from services.budget.queries import forecasts as reads
from services.budget.schemas.forecasts import (
    AccuracyOut,
    ForecastIn,
    ForecastOut,
    ForecastsOut,
    ProposalsOut,
)
from shared.basis import reading_at
from shared.db import driver
from shared.dependencies import CallerDep, Transaction
from shared.responses import created
from shared.routing import ServiceRouter

router = ServiceRouter(prefix="/forecasts", tag="forecasts")
proposals = ServiceRouter(prefix="/forecast-proposals", tag="forecast-proposals")
accuracy = ServiceRouter(prefix="/forecast-accuracy", tag="forecast-accuracy")

OneYear = Annotated[int, Query(alias="year", ge=1900, le=2199, description="The forecast year")]


@router.post("", scope=POST, status_code=201, answers=ForecastOut, idempotent=True)
async def give_forecast(body: ForecastIn, session: Transaction, caller: CallerDep) -> Response:
    """Give a forecast.

    What the year will come to by row, said at T1, T2 or the year's end. Each amount keeps the
    proposal that stood there. A further forecast of the occasion needs a reason; all are kept.
    """
    conn = await driver(session)
    given = {line.row: line.amount for line in body.lines}
    said = body.model_dump(exclude={"lines"})
    forecast_id = await forecasts.give(conn, **said, lines=given, by=caller.subject)
    made = ForecastOut.of(await reads.one_forecast(conn, forecast_id))
    return created(made, location=f"/forecasts?year={body.year}")


@router.get("", scope=READ)
async def list_forecasts(
    request: Request, year: YearQuery = None, basis: BasisQuery = None
) -> ForecastsOut:
    """List forecasts.

    By year and occasion, every version of each; a later one never hides an earlier one.
    """
    async with reading_at(request.app.state.services.db, basis) as (session, at):
        years = None if year is None else (year, year)
        return ForecastsOut.of(await reads.forecasts(await driver(session), at, years), at)


@proposals.get("", scope=READ)
async def list_forecast_proposals(
    request: Request, period: RangeQuery, basis: BasisQuery = None
) -> ProposalsOut:
    """Propose forecasts.

    From the year so far at the end of the period and up to three earlier years' own pattern,
    closing periods included; a row without an earlier year gets the reason, never a guess.
    """
    of = PeriodRange(period.start_of_year, period.last)
    async with reading_at(request.app.state.services.db, basis) as (session, at):
        return ProposalsOut.of(await forecasts.proposals(await driver(session), of, at))


@accuracy.get("", scope=READ)
async def read_forecast_accuracy(
    request: Request, year: OneYear, basis: BasisQuery = None
) -> AccuracyOut:
    """Compare forecasts with the outcome.

    Every kept forecast of the year beside what the year came to, in kronor and per cent, and
    by how much each occasion's forecasts miss to one side over all complete years up to it.
    """
    async with reading_at(request.app.state.services.db, basis) as (session, at):
        return AccuracyOut.of(await forecasts.accuracy(await driver(session), year, at), at)
