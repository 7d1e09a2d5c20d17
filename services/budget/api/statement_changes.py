"""Why the committee's statements moved."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request

from services.budget import statement_changes
from services.budget.api.parameters import READ, BasisQuery, RangeQuery
from services.budget.schemas.statement_changes import StatementChangesOut
from shared.basis import reading_at
from shared.db import driver
from shared.figures.change_answers import require_earlier
from shared.models import Instant
from shared.routing import ServiceRouter

router = ServiceRouter(prefix="/statement-changes", tag="statement-changes")

SinceQuery = Annotated[Instant, Query(alias="since", description="The earlier basis")]


@router.get("", scope=READ)
async def list_statement_changes(
    request: Request, period: RangeQuery, since: SinceQuery, basis: BasisQuery = None
) -> StatementChangesOut:
    """List why the statements moved from one basis to another.

    Every amount of every statement, and of what deviates, before and after, with its difference
    in seven parts that sum to it to the öre. A voucher is a correction when it is booked with
    the reversal of what it replaces, a retraction when nothing replaces what it takes back, late
    when its day lies on or before that of the earlier basis, otherwise new.
    """
    async with reading_at(request.app.state.services.db, basis) as (session, at):
        require_earlier(since, at)
        found = await statement_changes.statement_changes(await driver(session), period, since, at)
    return StatementChangesOut.of(found, period, since, at)
