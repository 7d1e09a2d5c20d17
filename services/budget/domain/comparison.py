"""A statement beside itself a year earlier, and beside a budget by account group.

What is compared stands in columns of its own behind the form's, so that the form itself reads
the same with and without them. Nothing is compared with what is not there: a year that is not
in the ledger, or a budget that nobody gave by account, gives a note and no column of zeros.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from services.budget.domain.counterparts import CounterpartClass
from services.budget.domain.layouts import TOTAL
from services.budget.domain.ledger_sums import Cell, LedgerSums
from services.budget.domain.periods import YEAR, PeriodRange, is_period
from services.budget.domain.settlement import OUTCOME
from services.budget.domain.statements import Statement, income_statement


class Comparison(StrEnum):
    """What a statement can be set beside."""

    PREVIOUS_YEAR = "previous-year"
    BUDGET = "budget"


@dataclass(frozen=True, slots=True)
class Beside:
    """A pair of columns: the other amount, and the difference by which this one departs."""

    other: str
    other_label: str
    difference: str
    difference_label: str


PREVIOUS_YEAR = Beside(
    "previous_year",
    "Samma perioder föregående år",
    "change_from_previous_year",
    "Förändring från föregående år",
)
GROUP_BUDGET = Beside(
    "account_budget", "Budget per konto", "deviation_from_account_budget", "Avvikelse från budget"
)

_COMPARED = {"income-statement": TOTAL, "balance-sheet": TOTAL, "budget-settlement": OUTCOME}
"""The column that is compared; the follow-up of investments shows last year by itself."""


def year_before(of: PeriodRange) -> PeriodRange | None:
    """Return the same periods of the year before, None before the first year there can be."""
    if not is_period(of.first - YEAR):
        return None
    return PeriodRange(of.first - YEAR, of.last - YEAR)


def beside_previous_year(statement: Statement, previous: Statement) -> Statement:
    """Return a statement with last year's amounts and the change: this year minus last year."""
    column = _COMPARED.get(statement.code)
    if column is None:
        return statement
    others = {row.code: row.amounts[column] for row in previous.rows}
    return _beside(statement, column, others, PREVIOUS_YEAR, sign=1)


def beside_account_budget(
    statement: Statement, sums: LedgerSums, budget: Mapping[str, int]
) -> Statement:
    """Return an income statement with the budget of its rows, and budget minus outcome.

    Args:
        statement: the income statement of ``sums``.
        sums: what gives the groups their names, so that both have the same rows.
        budget: öre per account group for the same periods; costs positive, revenue negative.

    """
    cells = tuple(
        Cell(group, CounterpartClass.UNDIVIDED, opening=0, before=0, movement=amount)
        for group, amount in sorted(budget.items())
    )
    budgeted = income_statement(replace(sums, cells=cells))
    others = {row.code: row.amounts[TOTAL] for row in budgeted.rows}
    return _beside(statement, TOTAL, others, GROUP_BUDGET, sign=-1)


def _beside(
    statement: Statement, column: str, others: Mapping[str, int], beside: Beside, *, sign: int
) -> Statement:
    rows = tuple(
        replace(
            row,
            amounts={
                **row.amounts,
                beside.other: others.get(row.code, 0),
                beside.difference: sign * (row.amounts[column] - others.get(row.code, 0)),
            },
        )
        for row in statement.rows
    )
    columns = (
        *statement.columns,
        (beside.other, beside.other_label),
        (beside.difference, beside.difference_label),
    )
    return replace(statement, columns=columns, rows=rows)
