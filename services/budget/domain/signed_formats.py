"""Which statements, rows, columns and ties a signature vouches for, by the format it was made in.

What code adds later to a form stands in no signature made before, and is no change of what was
signed. So a format is never altered: whoever adds a statement, row, column or tie, or changes
what one of them says, adds the next format, and earlier signatures are verified under their own.
Account groups, investment categories, projects and years are no part of a format: they come
with what is recorded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.budget.domain.deviations import Deviation, SubjectKind
from services.budget.domain.statements import Row, RowKind


@dataclass(frozen=True, slots=True)
class Form:
    """What is signed of one statement.

    Attributes:
        version: of the form's layout.
        lines: the rows that the form itself has.
        columns: its columns; None when they come with the year.
        recorded: the kind of rows that come with what is recorded; all of these are signed.

    """

    version: int
    lines: frozenset[str]
    columns: frozenset[str] | None
    recorded: RowKind | None = None

    def signs(self, row: Row) -> bool:
        return row.kind is self.recorded or row.code in self.lines

    def amounts(self, row: Row) -> Mapping[str, int]:
        """Return the amounts of a row that are signed."""
        columns = self.columns
        if columns is None:
            return row.amounts
        return {code: amount for code, amount in row.amounts.items() if code in columns}


@dataclass(frozen=True, slots=True)
class Format:
    """What a signature vouches for: forms by the code of their statement, and ties by code."""

    forms: Mapping[str, Form]
    ties: frozenset[str]

    def asks(self, deviation: Deviation) -> bool:
        """Say whether a deviation is signed: a project's, or of a row of the settlement."""
        rows = self.forms["budget-settlement"].lines
        return deviation.kind is not SubjectKind.SETTLEMENT_ROW or deviation.key in rows


_SETTLEMENT = Form(
    version=1,
    lines=frozenset(
        {
            "operations",
            "depreciation",
            "internal-interest",
            "costs",
            "revenue",
            "recognised-investment-income",
            "revenues",
            "net-operations",
            "investment-expenditure",
            "investment-income",
            "net-investments",
            "development-income",
            "net-investments-and-development",
            "sales-target",
        }
    ),
    columns=frozenset({"budget", "outcome", "deviation"}),
)
_CLASSES = frozenset({"external", "municipal_company", "internal", "undivided", "total"})
_INCOME = Form(
    version=1,
    lines=frozenset(
        {
            "revenue",
            "costs",
            "net-cost",
            "depreciation",
            "tax-revenue",
            "general-grants",
            "operating-result",
            "financial-income",
            "financial-costs",
            "result-after-financial",
            "extraordinary",
            "result",
        }
    ),
    columns=_CLASSES,
    recorded=RowKind.GROUP,
)
_BALANCE = Form(
    version=1,
    lines=frozenset(
        {
            "fixed-assets",
            "current-assets",
            "assets",
            "equity",
            "provisions",
            "long-term-debt",
            "short-term-debt",
            "liabilities-and-equity",
        }
    ),
    columns=_CLASSES | {"change", "opening"},
    recorded=RowKind.GROUP,
)
_INVESTMENTS = Form(version=1, lines=frozenset({"total"}), columns=None, recorded=RowKind.LINE)

FORMATS: Mapping[int, Format] = {
    1: Format(
        forms={
            "budget-settlement": _SETTLEMENT,
            "income-statement": _INCOME,
            "balance-sheet": _BALANCE,
            "investments": _INVESTMENTS,
        },
        ties=frozenset(
            {
                "settlement-result",
                "settlement-costs",
                "settlement-revenue",
                "settlement-internal-interest",
                "result-is-balance-change",
                "balance-opening",
                "balance-closing",
                "balance-rolls-forward",
                "vouchers-balance",
                "ledger-is-as-delivered",
                "investment-plan",
            }
        ),
    )
}
NEWEST = max(FORMATS)
"""The format that reports are signed in."""
