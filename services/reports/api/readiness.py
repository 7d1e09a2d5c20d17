"""Which reports of money can be made: their periods are closed."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from services.reports import readiness
from services.reports.schemas.readiness import ReadinessesOut, ReadinessOut
from shared.db import driver
from shared.routing import Reading, ServiceRouter

router = ServiceRouter(prefix="/ready-periods", tag="ready-periods")

YearQuery = Annotated[
    int, Query(alias="year", ge=1900, le=2199, description="Whose tertials are listed")
]


@router.get("", scope="reports:read")
async def list_ready_periods(session: Reading, year: YearQuery) -> ReadinessesOut:
    """List which tertials can be reported.

    A tertial is ready when budget has closed every month from the year's first to its last,
    and not any more when one of them is reopened.
    """
    found = await readiness.of_year(await driver(session), year)
    return ReadinessesOut(items=[ReadinessOut.of(one) for one in found])
