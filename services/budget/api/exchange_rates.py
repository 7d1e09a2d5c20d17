"""Exchange rates."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import Query, Request
from starlette.responses import Response

from services.budget import exchange_rates
from services.budget.api.parameters import POST, READ, BasisQuery
from services.budget.api.reading import reading_now_or_at
from services.budget.queries import exchange_rates as reads
from services.budget.schemas.exchange_rates import ExchangeRateIn, ExchangeRateOut
from shared.db import driver
from shared.dependencies import CallerDep, Transaction
from shared.paging import Page, Paging
from shared.responses import created
from shared.routing import ServiceRouter

router = ServiceRouter(prefix="/exchange-rates", tag="exchange-rates")

DayQuery = Annotated[
    date | None,
    Query(alias="validOn", description="Only the rates that hold on this day"),
]


@router.post("", scope=POST, status_code=201, answers=ExchangeRateOut, idempotent=True)
async def state_exchange_rate(
    body: ExchangeRateIn, session: Transaction, caller: CallerDep
) -> Response:
    """State an exchange rate.

    Rates are only added: a wrong one is corrected by stating the day's rate again, and what was
    computed at an earlier basis stays as it was.
    """
    conn = await driver(session)
    rate_id = await exchange_rates.state(conn, body.to_domain(), by=caller.subject)
    row = await reads.exchange_rate(conn, rate_id)
    return created(
        ExchangeRateOut.of(row), location=f"/exchange-rates?validOn={body.valid_on.isoformat()}"
    )


@router.get("", scope=READ)
async def list_exchange_rates(
    request: Request, paging: Paging, valid_on: DayQuery = None, basis: BasisQuery = None
) -> Page[ExchangeRateOut]:
    """List exchange rates.

    All that were ever stated, the newest day first; or those that hold on a day: of each
    currency the newest at or before it.
    """
    async with reading_now_or_at(request, basis) as (conn, at):
        rows, total = await reads.page(
            conn, day=valid_on, basis=at, limit=paging.limit, offset=paging.offset
        )
    return Page.of([ExchangeRateOut.of(row) for row in rows], total=total, paging=paging)
