"""The register of vouchers: a ledger's journal, as the system that keeps it sends it.

NDJSON and JSON, one voucher a row::

    {"key": "2031-A-12", "happenedOn": "2031-03-15", "text": "Hyra mars", "postings": [
      {"account": "6010", "counterpart": "87", "amount": "12500.00", "responsibility": "4711"},
      {"account": "1930", "counterpart": "87", "amount": "-12500.00"}]}

CSV, one posting a line (see `voucher_lines`). ``key`` is what the sender calls the voucher, for
ever: sent again, an equal one writes nothing, and one that differs takes the booked one back and
is booked anew. A retraction takes it back for good.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, cast

import msgspec
from msgspec import Meta

from services.budget import bulk_booking
from services.budget.bulk_booking import Journal
from services.budget.domain.periods import is_period
from services.budget.figures import LEDGER
from services.budget.registers import staged_vouchers
from services.budget.registers.moved import moved_outcome
from services.budget.registers.staged_vouchers import DIGEST, UNDIVIDED
from services.budget.registers.voucher_lines import VoucherLines
from shared.db import Connection
from shared.deliveries import Batch, Register, Row, RowRefused
from shared.money import parse_kronor

NAME, SERIES = "vouchers", "VER"
MAX_POSTINGS = 10_000

Kronor = Annotated[str, Meta(pattern=r"^-?[0-9]{1,13}(\.[0-9]{1,2})?$")]
ObjectCode = Annotated[str, Meta(pattern=r"^[^\x00-\x1f\x7f]*$", max_length=40)]
Number = Annotated[str, Meta(pattern=r"^[1-9][0-9]{0,3}$")]


class PostingRow(
    msgspec.Struct, rename="camel", forbid_unknown_fields=True, kw_only=True, gc=False
):
    """One posting; debit positive, credit negative. Without a counterpart it is undivided."""

    account: Annotated[str, Meta(pattern="^[1-9][0-9]{1,5}$")]
    amount: Kronor
    counterpart: Annotated[str, Meta(pattern="^[0-9]{1,6}$")] = UNDIVIDED
    project: ObjectCode = ""
    responsibility: ObjectCode = ""
    activity: ObjectCode = ""
    objects: dict[Number, ObjectCode] = {}
    text: Annotated[str, Meta(max_length=300)] = ""


class VoucherRow(Row):
    """One voucher; without a period it is booked in the month of its day."""

    key: Annotated[str, Meta(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")]
    happened_on: date
    text: Annotated[str, Meta(min_length=1, max_length=300)]
    postings: Annotated[list[PostingRow], Meta(max_length=MAX_POSTINGS)]
    period: Annotated[int, Meta(ge=190_000, le=219_914)] | None = None


def _stage(row: VoucherRow) -> tuple[Any, ...]:
    if row.period is not None and not is_period(row.period):
        raise RowRefused("period", "not_a_period", "A period is YYYYPP, where PP is 00-14.")
    postings = row.postings
    return (
        row.key,
        row.period,
        None,
        row.happened_on,
        row.text,
        [posting.account for posting in postings],
        _said([_counterpart(posting.counterpart) for posting in postings]),
        _said([posting.project for posting in postings]),
        _said([posting.responsibility for posting in postings]),
        _said([posting.activity for posting in postings]),
        _said([_free(posting.objects) for posting in postings]),
        _said([posting.text for posting in postings]),
        [parse_kronor(posting.amount) for posting in postings],
    )


def _said(values: list[str]) -> list[str] | None:
    """Return what the postings say in one respect; null when none of them says anything."""
    return values if any(values) else None


def _counterpart(code: str) -> str:
    return "" if code == UNDIVIDED else code


def _free(objects: Mapping[str, str]) -> str:
    """Return free dimensions as JSON, the same however the sender ordered them."""
    return msgspec.json.encode(dict(sorted(objects.items()))).decode() if objects else ""


JOURNAL = Journal(NAME, SERIES, DIGEST)


async def _apply(conn: Connection, batch: Batch) -> None:
    await bulk_booking.book(conn, batch, JOURNAL)


async def _retract(conn: Connection, batch: Batch) -> None:
    await bulk_booking.take_back(conn, batch, JOURNAL)


VOUCHERS = Register(
    name=NAME,
    title="Verifikationer",
    row=VoucherRow,
    key=("key",),
    columns=staged_vouchers.COLUMNS,
    stage=cast("Any", _stage),
    parsers={"text/csv": VoucherLines},
    complete=staged_vouchers.complete(),
    checks=staged_vouchers.checks(NAME),
    compare=staged_vouchers.compare(NAME),
    match=staged_vouchers.match(NAME),
    size=staged_vouchers.size(NAME),
    apply=_apply,
    retract=_retract,
    constraints=staged_vouchers.CONSTRAINTS,
    journals=(LEDGER,),
    moved_figures=moved_outcome,
)
