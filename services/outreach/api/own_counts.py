"""Operations' own numbers."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

import msgspec
from fastapi import Request
from starlette.responses import Response

from services.outreach import own_counts
from services.outreach.own_counts import ASKING, FILTERS, FIRST
from services.outreach.schemas.own_counts import OwnCountsOut
from shared.basis import reading_at
from shared.db import driver
from shared.dependencies import CallerDep
from shared.figures.parameters import BasisQuery, PeriodText, filter_parameter
from shared.responses import kept_bytes
from shared.routing import ServiceRouter

router = ServiceRouter(prefix="/own-counts", tag="own-counts")


@router.get(
    "",
    scope="figures:read",
    answers=OwnCountsOut,
    openapi={"parameters": [filter_parameter(name) for name in FILTERS]},
)
async def read_own_counts(
    request: Request, caller: CallerDep, period: PeriodText, basis: BasisQuery = None
) -> Response:
    """Read operations' own numbers side by side.

    What each operation counted in a period by its own rules, at a basis, in its own unit. They
    are never added; where the rule changed inside the period there is a number for each rule.
    """
    query = ASKING.query(FIRST.name, period, [], ASKING.filters(request), [])
    query, restriction = ASKING.restricted(query, caller)
    async with reading_at(request.app.state.services.db, basis) as (session, at):
        conn = await driver(session)
        found = await own_counts.own_counts(conn, replace(query, basis=at), restriction)
    body = msgspec.json.encode(found)
    return kept_bytes(request, body, tag=sha256(body).hexdigest()[:32])
