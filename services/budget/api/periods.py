"""Periods of the ledger."""

from __future__ import annotations

from starlette.responses import Response

from services.budget import periods
from services.budget.api.parameters import CLOSE, READ, PeriodPath, YearQuery
from services.budget.queries import ledger
from services.budget.schemas.ledger import (
    FiscalYearIn,
    FiscalYearsOut,
    PeriodOut,
    PeriodsOut,
    ReopeningIn,
)
from shared.db import driver
from shared.dependencies import CallerDep, Reading, Transaction
from shared.responses import created
from shared.routing import ServiceRouter

years = ServiceRouter(prefix="/fiscal-years", tag="fiscal-years")
router = ServiceRouter(prefix="/periods", tag="periods")


@years.post("", scope=CLOSE, status_code=201, answers=PeriodsOut, idempotent=True)
async def open_fiscal_year(body: FiscalYearIn, session: Transaction, caller: CallerDep) -> Response:
    """Open a year's periods.

    Fifteen of them: 00 for the opening balances, 01-12, and the closing periods 13 and 14. A
    year is named by the calendar year that it ends in.
    """
    conn = await driver(session)
    await periods.open_year(conn, year=body.year, first_day=body.first_day, by=caller.subject)
    rows = await ledger.periods_of(conn, body.year)
    return created(PeriodsOut.of(rows), location=f"/periods?year={body.year}")


@years.get("", scope=READ)
async def list_fiscal_years(session: Reading) -> FiscalYearsOut:
    """List fiscal years.

    Every one that has been opened, with its first and last day.
    """
    return FiscalYearsOut.of((await ledger.fiscal_years(await driver(session))).values())


@router.get("", scope=READ)
async def list_periods(session: Reading, year: YearQuery = None) -> PeriodsOut:
    """List periods.

    With what last happened to each.
    """
    return PeriodsOut.of(await ledger.periods_of(await driver(session), year))


@router.get("/{period}", scope=READ)
async def read_period(period: PeriodPath, session: Reading) -> PeriodOut:
    """Read one period.

    With what last happened to it.
    """
    return PeriodOut.of(await ledger.period(await driver(session), period))


@router.post("/{period}/closures", scope=CLOSE, status_code=201, answers=PeriodOut, idempotent=True)
async def close_period(period: PeriodPath, session: Transaction, caller: CallerDep) -> Response:
    """Close a period.

    Vouchers being booked in it finish first; later ones are refused.
    """
    conn = await driver(session)
    await periods.close(conn, period=period, by=caller.subject)
    return created(PeriodOut.of(await ledger.period(conn, period)), location=f"/periods/{period}")


@router.post(
    "/{period}/reopenings", scope=CLOSE, status_code=201, answers=PeriodOut, idempotent=True
)
async def reopen_period(
    period: PeriodPath, body: ReopeningIn, session: Transaction, caller: CallerDep
) -> Response:
    """Reopen a closed period.

    Needs a reason, which every later statement that uses the period shows.
    """
    conn = await driver(session)
    await periods.reopen(conn, period=period, reason=body.reason, by=caller.subject)
    return created(PeriodOut.of(await ledger.period(conn, period)), location=f"/periods/{period}")
