"""What a voucher must be to be booked, said before the database would refuse it."""

from __future__ import annotations

from collections.abc import Sequence

from services.budget.domain import vouchers
from services.budget.domain.dimensions import objects_of
from services.budget.domain.periods import year_of
from services.budget.domain.vouchers import Draft
from services.budget.errors import (
    CodePartNotValid,
    PeriodClosed,
    PeriodNotFound,
    VoucherInAnotherYear,
    VoucherTooSmall,
    VoucherUnbalanced,
)
from services.budget.queries.ledger import fiscal_years
from shared.db import Connection
from shared.money import to_decimal_string


async def check(conn: Connection, drafts: Sequence[Draft]) -> None:
    """Refuse drafts that are no vouchers, in whatever way the first of them is none.

    Raises:
        VoucherUnbalanced, VoucherTooSmall, VoucherInAnotherYear: a draft is no voucher.
        PeriodNotFound, PeriodClosed: the period takes no vouchers.
        CodePartNotValid: an account, counterpart or object is unknown or not in use that day.

    """
    for draft in drafts:
        _check_sums(draft)
    await _check_periods(conn, sorted({draft.period for draft in drafts}))
    await _check_days(conn, drafts)
    await _check_code_parts(conn, drafts)
    await _check_objects(conn, drafts)


def _check_sums(draft: Draft) -> None:
    if len(draft.entries) < vouchers.MIN_POSTINGS:
        raise VoucherTooSmall
    difference = vouchers.imbalance(draft.entries)
    if difference:
        text = to_decimal_string(difference)
        raise VoucherUnbalanced(f"The postings sum to {text}, not to zero.", difference=text)


async def _check_periods(conn: Connection, wanted: list[int]) -> None:
    rows = await conn.fetch(
        "select period, state from ledger_period where period = any($1::int[])", wanted
    )
    states = {row["period"]: row["state"] for row in rows}
    for period in wanted:
        if period not in states:
            raise PeriodNotFound(f"Period {period} does not exist.")
        if states[period] == "closed":
            raise PeriodClosed(f"Period {period} is closed.")


async def _check_days(conn: Connection, drafts: Sequence[Draft]) -> None:
    years = await fiscal_years(conn)
    for draft in drafts:
        year = years.get(year_of(draft.period))
        if year is None or not year.holds(draft.happened_on):
            raise VoucherInAnotherYear


async def _check_code_parts(conn: Connection, drafts: Sequence[Draft]) -> None:
    for part in ("account", "counterpart"):
        used = {(getattr(e, part), draft.happened_on) for draft in drafts for e in draft.entries}
        faulty = await conn.fetch(
            f"""
            select distinct used.code from unnest($1::text[], $2::date[]) as used (code, day)
            left join lateral (
                select valid_from, valid_to from {part}_version v
                where v.code = used.code order by version desc limit 1) now on true
            where now.valid_from is null or used.day < now.valid_from or used.day > now.valid_to
            order by used.code
            """,
            [code for code, _ in used],
            [day for _, day in used],
        )
        if faulty:
            raise _not_in_use(part, [row["code"] for row in faulty])


async def _check_objects(conn: Connection, drafts: Sequence[Draft]) -> None:
    used = {
        (number, code, draft.happened_on)
        for draft in drafts
        for entry in draft.entries
        for number, code in objects_of(entry).items()
    }
    if not used:
        return
    faulty = await conn.fetch(
        """
        select distinct used.number, used.code
        from unnest($1::int[], $2::text[], $3::date[]) as used (number, code, day)
        left join lateral (
            select valid_from, valid_to from dimension_object_version v
            where v.number = used.number and v.code = used.code
            order by version desc limit 1) now on true
        where now.valid_from is null or used.day < now.valid_from or used.day > now.valid_to
        order by used.number, used.code
        """,
        *(list(column) for column in zip(*used, strict=True)),
    )
    if faulty:
        raise _not_in_use("objects", [f"{row['number']}:{row['code']}" for row in faulty])


def _not_in_use(part: str, codes: Sequence[str]) -> CodePartNotValid:
    shown = codes[:20]
    return CodePartNotValid(
        f"Not in use on the voucher's day: {part} {', '.join(shown)}.",
        invalid_parameters=[
            {
                "property": f"postings.{part}",
                "code": "code_part_not_valid",
                "reason": f"{part} {code} is unknown or not in use",
            }
            for code in shown
        ],
    )
