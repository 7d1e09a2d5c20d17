"""Deviations, the threshold above which they are commented, and the comments."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request
from starlette.responses import Response

from services.budget import deviations
from services.budget.api.parameters import CLOSE, POST, READ, BasisQuery, RangeQuery
from services.budget.domain.periods import PeriodRange
from services.budget.queries import deviations as reads
from services.budget.schemas.deviations import (
    CommentIn,
    CommentOut,
    DeviationsOut,
    ThresholdIn,
    ThresholdOut,
    ThresholdsOut,
)
from shared.basis import reading_at
from shared.db import driver
from shared.dependencies import CallerDep, Reading, Transaction
from shared.paging import Page, Paging
from shared.responses import created
from shared.routing import ServiceRouter

router = ServiceRouter(prefix="/deviations", tag="deviations")
thresholds = ServiceRouter(prefix="/deviation-thresholds", tag="deviation-thresholds")
comments = ServiceRouter(prefix="/deviation-comments", tag="deviation-comments")

OnePeriod = Annotated[
    int | None,
    Query(alias="period", ge=190000, le=219914, description="Only this, YYYYPP: 202008"),
]


@router.get("", scope=READ)
async def list_deviations(
    request: Request, period: RangeQuery, basis: BasisQuery = None
) -> DeviationsOut:
    """List deviations.

    Every row of the settlement at the end of the period: its budget minus the newest forecast
    of the year, or minus the outcome where there is none; whether it needs a comment with cause
    and action, and whether there is one that still fits. Then every project that has not ended:
    its total decided cost and income and the year's budget minus the forecasts, where known.
    """
    of = PeriodRange(period.start_of_year, period.last)
    async with reading_at(request.app.state.services.db, basis) as (session, at):
        found = await deviations.deviations_of(await driver(session), of, at)
    return DeviationsOut.of(found, of, at)


@thresholds.post("", scope=CLOSE, status_code=201, answers=ThresholdOut, idempotent=True)
async def set_deviation_threshold(
    body: ThresholdIn, session: Transaction, caller: CallerDep
) -> Response:
    """Set the threshold for comments.

    A share of what was budgeted, an amount, or both (then a deviation has to pass both), from
    a day on; earlier periods keep theirs.
    """
    conn = await driver(session)
    made = await deviations.set_threshold(
        conn, body.subject_kind, body.to_domain(), by=caller.subject
    )
    row = next(row for row in await reads.thresholds(conn) if row["id"] == made)
    return created(ThresholdOut.of(row), location="/deviation-thresholds")


@thresholds.get("", scope=READ)
async def list_deviation_thresholds(session: Reading) -> ThresholdsOut:
    """List thresholds for comments.

    In the order they come into force; of two from one day the one recorded later counts.
    """
    return ThresholdsOut.of(await reads.thresholds(await driver(session)))


@comments.post("", scope=POST, status_code=201, answers=CommentOut, idempotent=True)
async def comment_on_deviation(
    body: CommentIn, session: Transaction, caller: CallerDep
) -> Response:
    """Comment on a deviation.

    Its cause and the action taken, kept with the amount that it was written about. Writing
    again adds a version; earlier ones are kept.
    """
    conn = await driver(session)
    made = await deviations.comment(conn, body.to_domain(), basis=body.basis, by=caller.subject)
    shown = CommentOut.of(await reads.one_comment(conn, made))
    return created(shown, location=f"/deviation-comments?period={body.period}")


@comments.get("", scope=READ)
async def list_deviation_comments(
    session: Reading, paging: Paging, period: OnePeriod = None
) -> Page[CommentOut]:
    """List comments on deviations.

    Every version, by period and subject.
    """
    rows, total = await reads.all_comments(
        await driver(session), period, limit=paging.limit, offset=paging.offset
    )
    return Page.of([CommentOut.of(row) for row in rows], total=total, paging=paging)
