"""Vouchers: booked, read, taken back."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from services.budget import vouchers
from services.budget.api.parameters import POST, READ, MaybeRangeQuery, PrefixQuery, VoucherPath
from services.budget.domain.vouchers import Draft, Entry
from services.budget.queries import ledger
from services.budget.schemas.ledger import ReversalIn, VoucherIn, VoucherOut
from shared.db import Connection, driver
from shared.dependencies import CallerDep, Reading, Transaction
from shared.paging import Page, Paging
from shared.responses import created
from shared.routing import ServiceRouter

router = ServiceRouter(prefix="/vouchers", tag="vouchers")

SeriesQuery = Annotated[
    str | None, Query(alias="series", pattern=r"^[A-Z]{1,4}$", description="Only this series")
]


@router.post("", scope=POST, status_code=201, answers=VoucherOut, idempotent=True)
async def book_voucher(body: VoucherIn, session: Transaction, caller: CallerDep) -> Response:
    """Book a voucher.

    Its postings sum to zero, its period is open, and it gets the next number of its series. It
    is never changed: a reversal takes it back.
    """
    conn = await driver(session)
    entries = [Entry(**dict(posting)) for posting in body.postings]
    draft = Draft(body.period, body.happened_on, body.text, entries)
    made = await vouchers.book(conn, [draft], series=body.series, by=caller.subject)
    return await _created(conn, made[0])


@router.get("", scope=READ)
async def list_vouchers(
    session: Reading,
    paging: Paging,
    period: MaybeRangeQuery,
    series: SeriesQuery = None,
    account: PrefixQuery = "",
) -> Page[VoucherOut]:
    """List vouchers with their postings.

    In the order of their numbers; `prefix` is the beginning of an account that they post to.
    """
    conn = await driver(session)
    rows, total = await ledger.vouchers(
        conn,
        periods=period,
        series=series,
        account=account,
        limit=paging.limit,
        offset=paging.offset,
    )
    postings = await ledger.postings(conn, [row["id"] for row in rows])
    return Page.of([VoucherOut.of(row, postings) for row in rows], total=total, paging=paging)


@router.get("/{voucherId}", scope=READ)
async def read_voucher(voucher_id: VoucherPath, session: Reading) -> VoucherOut:
    """Read one voucher.

    With its postings, and the reversal that took it back, if any.
    """
    return await _shown(await driver(session), voucher_id)


@router.post(
    "/{voucherId}/reversals", scope=POST, status_code=201, answers=VoucherOut, idempotent=True
)
async def reverse_voucher(
    voucher_id: VoucherPath, body: ReversalIn, session: Transaction, caller: CallerDep
) -> Response:
    """Take a voucher back.

    Books its mirror image with a reason, in its own period or a later one of the same year.
    """
    conn = await driver(session)
    made = await vouchers.reverse(
        conn,
        voucher_id,
        reason=body.reason,
        period=body.period,
        happened_on=body.happened_on,
        by=caller.subject,
    )
    return await _created(conn, made)


async def _created(conn: Connection, voucher_id: UUID) -> Response:
    return created(await _shown(conn, voucher_id), location=f"/vouchers/{voucher_id}")


async def _shown(conn: Connection, voucher_id: UUID) -> VoucherOut:
    head = await ledger.voucher(conn, voucher_id)
    return VoucherOut.of(head, await ledger.postings(conn, [voucher_id]))
