"""The budget settlement (budgetavräkning): the council's budget against the outcome.

Outcome of operations comes from the ledger, outcome of investments from the investment
records, because purchases of equipment cannot be told from depreciation and disposals in the
change of an account group. Deviation is budget minus outcome on signed numbers: costs below
budget and revenue above it are positive.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.budget.domain.layouts import COMPANIES, EXTERNAL, INTERNAL, UNDIVIDED, Groups
from services.budget.domain.ledger_sums import Cell, LedgerSums, Selection, selected
from services.budget.domain.statements import Row, RowKind, Statement, total

BUDGET, OUTCOME, DEVIATION = "budget", "outcome", "deviation"
COLUMNS = (
    (BUDGET, "Nämndens budget inkl. budgetjusteringar"),
    (OUTCOME, "Nämndens utfall"),
    (DEVIATION, "Avvikelse"),
)
RECOGNISED_INCOME = "recognised-investment-income"


@dataclass(frozen=True, slots=True)
class Line:
    """A row with a budget of its own; its outcome is ledger cells or an investment flow."""

    code: str
    label: str
    ledger: tuple[Selection, ...] = ()
    mark: str = ""
    flow: str = ""


@dataclass(frozen=True, slots=True)
class SumLine:
    code: str
    label: str
    of: tuple[str, ...]


_FINANCIAL_COSTS = Groups("85", "86")

# Drift och underhåll takes the financial costs paid to others; interest charged inside the city
# has its own row. Revenue takes the financial income. Together the rows take every result group
# once, so that the settlement's net is the income statement's result.
LINES: tuple[Line | SumLine, ...] = (
    Line(
        "operations",
        "Drift och underhåll",
        (
            Selection(Groups("40", "78")),
            Selection(_FINANCIAL_COSTS, (EXTERNAL, COMPANIES, UNDIVIDED)),
            Selection(Groups("87", "88")),
        ),
    ),
    Line("depreciation", "Avskrivningar", (Selection(Groups("79", "79")),)),
    Line("internal-interest", "Internränta", (Selection(_FINANCIAL_COSTS, (INTERNAL,)),)),
    SumLine("costs", "Kostnader", ("operations", "depreciation", "internal-interest")),
    Line(
        "revenue",
        "Verksamhetens intäkter",
        (Selection(Groups("30", "39")), Selection(Groups("80", "84"))),
    ),
    Line(RECOGNISED_INCOME, "Intäktsförd investeringsinkomst", mark=RECOGNISED_INCOME),
    SumLine("revenues", "Intäkter (-)", ("revenue", RECOGNISED_INCOME)),
    SumLine("net-operations", "Summa drift", ("costs", "revenues")),
    Line("investment-expenditure", "Utgifter", flow="expenditure"),
    Line("investment-income", "Inkomster (-)", flow="income"),
    SumLine(
        "net-investments", "Summa investering", ("investment-expenditure", "investment-income")
    ),
    Line("development-income", "Exploateringsinkomster (budgeterade)", flow="development_income"),
    SumLine(
        "net-investments-and-development",
        "Investering netto inklusive exploateringsinkomster",
        ("net-investments", "development-income"),
    ),
    Line("sales-target", "Försäljningsbeting", flow="sales"),
)

BUDGET_ROWS = tuple(line.code for line in LINES if isinstance(line, Line))
"""Rows that a budget version may give an amount."""

FORECAST_ROWS = tuple(line.code for line in LINES if isinstance(line, Line) and not line.flow)
"""Rows whose outcome the ledger gives; investments have forecasts of their own, per category."""

LABELS = {line.code: line.label for line in LINES}

FLOW_OF = {line.code: line.flow for line in LINES if isinstance(line, Line) and line.flow}
"""The flow of investment entries that a row shows, for the rows that show one."""


def ledger_outcome(cells: Iterable[Cell]) -> dict[str, int]:
    """Return the movement of some cells per row of `FORECAST_ROWS`."""
    booked = tuple(cells)
    return {
        line.code: selected(booked, line.ledger, line.mark)
        for line in LINES
        if isinstance(line, Line) and not line.flow
    }


def budget_settlement(
    sums: LedgerSums, budget: Mapping[str, int], investments: Mapping[str, int]
) -> Statement:
    """Return the settlement.

    Args:
        sums: the ledger's movement in the range.
        budget: öre per row of `BUDGET_ROWS`, adjustments included; rows left out are zero.
        investments: öre per flow booked in the range.

    """
    rows: dict[str, Row] = {}
    for line in LINES:
        if isinstance(line, Line):
            outcome = (
                investments.get(line.flow, 0)
                if line.flow
                else selected(sums.cells, line.ledger, line.mark)
            )
            amounts = _compared(budget.get(line.code, 0), outcome)
            rows[line.code] = Row(line.code, line.label, RowKind.LINE, amounts)
        else:
            added = total([c for c, _ in COLUMNS], [rows[code].amounts for code in line.of])
            rows[line.code] = Row(line.code, line.label, RowKind.SUM, added)
    return Statement("budget-settlement", "Budgetavräkning", 1, COLUMNS, tuple(rows.values()))


def _compared(budget: int, outcome: int) -> dict[str, int]:
    return {BUDGET: budget, OUTCOME: outcome, DEVIATION: budget - outcome}
