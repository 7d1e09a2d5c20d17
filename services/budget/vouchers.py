"""Booking: the single path by which anything reaches the ledger."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.budget.domain.periods import LAST, year_of
from services.budget.domain.vouchers import Draft, Entry
from services.budget.errors import (
    AlreadyReversed,
    BookedByDelivery,
    ReversalElsewhere,
    ReversalOfReversal,
    VoucherNotFound,
)
from services.budget.events import ROUTES, VoucherPosted
from services.budget.voucher_checks import check
from shared import outbox
from shared.db import Connection
from shared.events import new_id


@dataclass(frozen=True, slots=True)
class Correction:
    """Which voucher a draft takes back, and why."""

    reversal_of: UUID
    reason: str


async def book(
    conn: Connection,
    drafts: Sequence[Draft],
    *,
    series: str,
    by: str,
    delivery: UUID | None = None,
    corrections: Sequence[Correction | None] = (),
) -> list[UUID]:
    """Book vouchers of one year in one series, numbered in the order given.

    Any number of drafts costs the same few statements. The database checks everything again
    when the transaction ends.

    Raises:
        VoucherUnbalanced, VoucherTooSmall, VoucherInAnotherYear: a draft is no voucher.
        PeriodNotFound, PeriodClosed: the period takes no vouchers.
        CodePartNotValid: an account, counterpart or object is unknown or not in use that day.

    """
    await check(conn, drafts)
    ids = [new_id() for _ in drafts]
    year = year_of(drafts[0].period)
    last = await conn.fetchval("select reserve_voucher_numbers($1, $2)", series, year)
    fixes = list(corrections) or [None] * len(drafts)
    await conn.copy_records_to_table(
        "voucher",
        columns=_VOUCHER,
        records=[
            (
                id_,
                series,
                year,
                last + at,
                draft.period,
                draft.covers_from or draft.period,
                draft.happened_on,
                draft.text,
                fix.reversal_of if fix else None,
                fix.reason if fix else None,
                delivery,
                by,
            )
            for at, (id_, draft, fix) in enumerate(zip(ids, drafts, fixes, strict=True), 1)
        ],
    )
    await _copy_postings(conn, ids, drafts)
    events = [
        VoucherPosted(voucher_id=i, period=d.period) for i, d in zip(ids, drafts, strict=True)
    ]
    await outbox.record(conn, events, ROUTES)
    return ids


async def reverse(
    conn: Connection,
    voucher_id: UUID,
    *,
    reason: str,
    period: int | None,
    happened_on: date | None,
    by: str,
) -> UUID:
    """Take a voucher back by its mirror image, in its own period or a later one of the year.

    Raises:
        VoucherNotFound: there is none.
        BookedByDelivery: deliver the table again instead.
        AlreadyReversed, ReversalOfReversal: nothing is taken back twice.
        ReversalElsewhere: the period is an earlier one, or of another year.
        PeriodClosed, VoucherInAnotherYear: see `book`.

    """
    head = await conn.fetchrow(_REVERSIBLE, voucher_id)
    if head is None:
        raise VoucherNotFound
    if head["delivery_id"] is not None:
        raise BookedByDelivery
    if head["reversal_of"] is not None:
        raise ReversalOfReversal
    if head["reversed"]:
        raise AlreadyReversed
    draft = await draft_of(conn, voucher_id)
    if period is not None and not draft.period <= period <= year_of(draft.period) * 100 + LAST:
        raise ReversalElsewhere
    mirrored = draft.reversed(
        text=f"Rättelse av {head['series']} {head['number']}",
        period=period,
        happened_on=happened_on or draft.happened_on,
    )
    correction = Correction(voucher_id, reason)
    made = await book(conn, [mirrored], series=head["series"], by=by, corrections=[correction])
    return made[0]


async def draft_of(conn: Connection, voucher_id: UUID) -> Draft:
    """Return a booked voucher as the draft it was made of."""
    head = await conn.fetchrow(
        "select period, covers_from, happened_on, text from voucher where id = $1", voucher_id
    )
    if head is None:
        raise VoucherNotFound
    rows = await conn.fetch(
        """
        select account, counterpart, amount, project, responsibility, activity,
               objects::text as objects, text
        from posting where voucher_id = $1 order by id
        """,
        voucher_id,
    )
    return Draft(
        period=head["period"],
        happened_on=head["happened_on"],
        text=head["text"],
        entries=[Entry(**{**row, "objects": json.loads(row["objects"])}) for row in rows],
        covers_from=head["covers_from"],
    )


_VOUCHER = (
    "id",
    "series",
    "year",
    "number",
    "period",
    "covers_from",
    "happened_on",
    "text",
    "reversal_of",
    "reason",
    "delivery_id",
    "by",
)
_POSTING = (
    "voucher_id",
    "period",
    "happened_on",
    "account",
    "counterpart",
    "project",
    "responsibility",
    "activity",
    "amount",
    "objects",
    "text",
)
_REVERSIBLE = """
    select v.series, v.number, v.delivery_id, v.reversal_of,
           exists (select from voucher r where r.reversal_of = v.id) as reversed
    from voucher v where v.id = $1
"""


async def _copy_postings(conn: Connection, ids: list[UUID], drafts: Sequence[Draft]) -> None:
    await conn.copy_records_to_table(
        "posting",
        columns=_POSTING,
        records=[
            (
                id_,
                draft.period,
                draft.happened_on,
                entry.account,
                entry.counterpart,
                entry.project,
                entry.responsibility,
                entry.activity,
                entry.amount,
                json.dumps(dict(entry.objects)),
                entry.text,
            )
            for id_, draft in zip(ids, drafts, strict=True)
            for entry in draft.entries
        ],
    )
