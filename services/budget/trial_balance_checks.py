"""What is wrong with a delivered trial balance, told so that its sender can put it right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import asyncpg

from services.budget.domain import trial_balance
from services.budget.domain.explanations import (
    Explanation as Reason,
)
from services.budget.domain.explanations import (
    MisreadRow,
    SlidColumns,
    explain,
)
from services.budget.domain.footing import Failure, failures
from services.budget.domain.periods import PeriodRange
from services.budget.domain.tables import Table
from services.budget.domain.vouchers import imbalance
from services.budget.queries.trial_balances import held_of_year, table_of
from shared.db import Connection
from shared.deliveries import Delivery, Explanation, RowError, Verdict
from shared.money import to_decimal_string

MAX_ROWS = 20_000
"""A table is booked in one piece."""

_CODES = {
    "classes_sum_to_total": "classes_do_not_sum_to_total",
    "opening_and_change_make_closing": "opening_and_change_do_not_make_closing",
    "rows_sum_to_stated_sum": "rows_do_not_sum_to_stated_sum",
    "balances": "does_not_balance",
}
_WORDS = {
    "classes_sum_to_total": "The classes sum to {computed}, the total says {stated}.",
    "opening_and_change_make_closing": (
        "Opening and change make {computed}, the closing balance says {stated}."
    ),
    "rows_sum_to_stated_sum": "The rows sum to {computed}, this row says {stated}.",
    "balances": "Assets and liabilities with equity sum to {stated}, not to zero.",
}


async def check_tables(
    conn: Connection,
    delivery: Delivery,  # noqa: ARG001  what a rule over a whole delivery is given
) -> Verdict:
    """Return every failing cell of every delivered table, and the likeliest reason.

    Rows that are held and not delivered again count as part of their table.
    """
    rows = await conn.fetch("select *, line as code from staging order by row_no")
    if len(rows) > MAX_ROWS:
        return Verdict(
            [RowError(MAX_ROWS + 1, "too_many_rows", f"A delivery holds {MAX_ROWS} rows at most.")]
        )
    errors: list[RowError] = []
    reasons: list[str] = []
    code = None
    keys = sorted({(row["statement"], row["first_period"], row["last_period"]) for row in rows})
    for statement, first, last in keys:
        of = PeriodRange(first, last)
        own = [r for r in rows if (r["statement"], r["first_period"], r["last_period"])
               == (statement, first, last)]  # fmt: skip
        errors += await _period_errors(conn, of, own)
        table = await _whole(conn, statement, of, own)
        found = failures(table) or _unbookable(table)
        errors += [_row_error(failure, own) for failure in found]
        for reason in explain(table, found):
            code = code or ("columns_slid" if isinstance(reason, SlidColumns) else "row_misread")
            reasons.append(_told(statement, reason, table, found))
    explanation = Explanation(code, " ".join(reasons)) if code else None
    return Verdict(errors, explanation)


def _unbookable(table: Table) -> list[Failure]:
    """Return why a table without a fault of its own still makes no balanced vouchers.

    It may have left out the columns in which a balance sheet is seen not to balance.
    """
    last = table.accounts[-1] if table.accounts else table.rows[-1]
    return [
        Failure(last.row_no, last.label.code, column, "balances", net, 0)
        for column, entries in (
            ("opening", trial_balance.opening_entries(table)),
            ("total", trial_balance.movement_entries(table)),
        )
        if (net := imbalance(entries))
    ]


async def _whole(
    conn: Connection, statement: str, of: PeriodRange, own: list[asyncpg.Record]
) -> Table:
    delivered = table_of(statement, own)
    held = await held_of_year(conn, of.year, statements=[statement])
    kept = next((h.table.rows for h in held if h.range == of), ())
    codes = {row.label.code for row in delivered.rows}
    first = own[0]["row_no"]
    rest = [replace(row, row_no=first) for row in kept if row.label.code not in codes]
    return Table(delivered.layout, [*delivered.rows, *rest])


async def _period_errors(
    conn: Connection, of: PeriodRange, own: Sequence[asyncpg.Record]
) -> list[RowError]:
    """Refuse a table whose periods do not exist or are closed, later tables' periods included."""
    states = dict(
        await conn.fetch(
            """
            select period, state from ledger_period where period = any($1::int[])
               or period in (select last_period from trial_balance
                             where statement = $2 and last_period / 100 = $3 and last_period > $4)
            """,
            [of.opening, of.last],
            own[0]["statement"],
            of.year,
            of.last,
        )
    )
    key = _key(own[0])
    if of.last not in states:
        detail = f"The year {of.year} has not been opened."
        return [RowError(own[0]["row_no"], "unknown_period", detail, "period", key)]
    return [
        RowError(own[0]["row_no"], "period_closed", f"Period {p} is closed.", "period", key)
        for p, state in sorted(states.items())
        if state == "closed"
    ]


def _row_error(failure: Failure, own: Sequence[asyncpg.Record]) -> RowError:
    amounts = {
        "stated": to_decimal_string(failure.stated),
        "computed": to_decimal_string(failure.computed),
    }
    row = next(r for r in own if r["row_no"] == failure.row_no)
    return RowError(
        failure.row_no,
        _CODES[failure.rule],
        _WORDS[failure.rule].format(**amounts),
        _field(failure.column),
        f"{row['statement']}|{row['period']}|{failure.code}",
        to_decimal_string(failure.difference),
    )


def _key(row: asyncpg.Record) -> str:
    return f"{row['statement']}|{row['period']}|{row['line']}"


def _field(column: str) -> str:
    return "municipalCompany" if column == "municipal_company" else column


def _told(statement: str, reason: Reason, table: Table, found: Sequence[Failure]) -> str:
    match reason:
        case MisreadRow():
            return _told_misread(statement, reason, table)
        case SlidColumns():
            return _told_slide(statement, reason, found)


def _told_misread(statement: str, reason: MisreadRow, table: Table) -> str:
    row = next(r for r in table.accounts if r.label.code == reason.code)
    cells = "; ".join(
        f"{_field(column)} {to_decimal_string(ore)} instead of"
        f" {to_decimal_string(row.value(column))}"
        for column, ore in reason.proposed.items()
    )
    return (
        f"{statement}: row {reason.code} alone explains every failure, if it was misread: {cells}."
    )


def _told_slide(statement: str, reason: SlidColumns, found: Sequence[Failure]) -> str:
    rows = {failure.code for failure in found if failure.rule != "rows_sum_to_stated_sum"}
    beside = "above" if reason.direction == "down" else "below"
    columns = ", ".join(
        f"{_field(column)} in rows {first}-{last}"
        for column, (first, last) in reason.columns.items()
    )
    left = f"; row {', '.join(reason.left)} does not" if reason.left else ""
    cells = "; ".join(
        f"{code} " + ", ".join(f"{_field(c)} {to_decimal_string(ore)}" for c, ore in cells.items())
        for code, cells in reason.proposed.items()
    )
    whole = "With these cells the whole table foots" if reason.complete else "Proposed"
    return (
        f"{statement}: columns slid one row {reason.direction} in rows {reason.first}-"
        f"{reason.last} ({columns}): these cells belong to the row {beside}. Moved back,"
        f" {len(reason.explained)} of {len(rows)} failing rows foot{left}."
        f" {whole}: {cells}."
    )
