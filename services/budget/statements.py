"""Every statement of a range at a basis, with the ties between them and what a reader must know."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from services.budget.domain import trial_balance
from services.budget.domain.comparison import (
    Comparison,
    beside_account_budget,
    beside_previous_year,
    year_before,
)
from services.budget.domain.investments import EntryKind, investment_follow_up
from services.budget.domain.layouts import INCOME_STATEMENT, LAYOUTS
from services.budget.domain.periods import PeriodRange
from services.budget.domain.reopenings import Reopening
from services.budget.domain.settlement import budget_settlement
from services.budget.domain.statements import RowKind, Statement, balance_sheet, income_statement
from services.budget.domain.ties import Checked, Disagreement, Evidence, check
from services.budget.queries import imbalances, ledger, planning, sie_files, sums
from services.budget.queries.period_reports import reopenings
from services.budget.queries.trial_balances import Held, held_of_year
from shared.db import Connection


@dataclass(frozen=True, slots=True)
class Report:
    """The statements of one range at one basis, and everything that stands beside them."""

    range: PeriodRange
    basis: datetime
    statements: dict[str, Statement]
    ties: list[Checked]
    reopened: list[Reopening]
    sources: list[asyncpg.Record]
    notes: list[str]


async def report(
    conn: Connection,
    of: PeriodRange,
    basis: datetime,
    compare: Collection[Comparison] = (),
    *,
    from_postings: bool = False,
) -> Report:
    """Compute everything from the ledger and the plans; nothing is read ready-made.

    All statements are computed at every call, because a tie needs both of its sides.

    Args:
        conn: reading at the basis (`shared.basis.reading_at`).
        of: the periods.
        basis: what was recorded at or before it counts.
        compare: what each statement is set beside, in columns behind its own.
        from_postings: read every posting, believing no snapshot of their sums and no earlier check.

    """
    evidence = await _evidence(conn, of, basis, from_postings=from_postings)
    statements, remarks = await _compared(conn, evidence, of, basis, compare)
    reopened = await reopenings(conn, of, basis)
    return Report(
        range=of,
        basis=basis,
        statements={statement.code: statement for statement in statements},
        ties=check(evidence),
        reopened=reopened,
        sources=await ledger.sources(conn, of, basis),
        notes=[
            *await _notes(conn, of, basis),
            *(note for one in reopened for note in one.notes),
            *remarks,
        ],
    )


async def _compared(
    conn: Connection,
    found: Evidence,
    of: PeriodRange,
    basis: datetime,
    compare: Collection[Comparison],
) -> tuple[list[Statement], list[str]]:
    """Return the statements with what they are compared with, and why something is not there."""
    shown, remarks = [found.settlement, found.income, found.balance, found.investments], []
    if Comparison.PREVIOUS_YEAR in compare:
        before = year_before(of)
        if before is not None and await ledger.in_use(conn, before, basis):
            earlier = await _statements(conn, before, basis)
            shown = [beside_previous_year(one, earlier.get(one.code, one)) for one in shown]
        else:
            remarks.append(f"Jämförelse med {of.year - 1} saknas: året finns inte i redovisningen.")
    if Comparison.BUDGET in compare:
        budget = await sie_files.account_budget_of(conn, of, basis)
        if budget is None:
            remarks.append(
                f"Jämförelse med budget per konto saknas: ingen är lämnad för {of.year}."
            )
        else:
            income = INCOME_STATEMENT.code
            shown = [
                beside_account_budget(one, found.sums, budget) if one.code == income else one
                for one in shown
            ]
    return shown, remarks


async def _statements(conn: Connection, of: PeriodRange, basis: datetime) -> dict[str, Statement]:
    """Return the statements of the ledger for other periods, without ties."""
    cells = await sums.ledger_sums(conn, of, basis)
    settlement = budget_settlement(
        cells,
        await planning.budget_of(conn, of, basis),
        await planning.investment_flows(conn, of, basis),
    )
    found = (settlement, income_statement(cells), balance_sheet(cells))
    return {statement.code: statement for statement in found}


async def _evidence(
    conn: Connection, of: PeriodRange, basis: datetime, *, from_postings: bool
) -> Evidence:
    cells = await sums.ledger_sums(conn, of, basis, from_postings=from_postings)
    income, balance = income_statement(cells), balance_sheet(cells)
    settlement = budget_settlement(
        cells,
        await planning.budget_of(conn, of, basis),
        await planning.investment_flows(conn, of, basis),
    )
    invested = await planning.investment_sums(conn, of, basis)
    names = await planning.category_names(conn, basis)
    held = await held_of_year(conn, of.year, statements=list(LAYOUTS), basis=basis)
    return Evidence(
        sums=cells,
        income=income,
        balance=balance,
        settlement=settlement,
        investments=investment_follow_up(of.year, invested, names),
        investment_precision=max(
            (s.stated_to for s in invested if s.kind is EntryKind.PLAN and s.year == of.year),
            default=1,
        ),
        imbalances=await imbalances.unbalanced(conn, of, basis, from_postings=from_postings),
        disagreements=[
            *(
                found
                for table in held
                if table.range == of
                for found in _disagreements(table, {s.code: s for s in (income, balance)})
            ),
            *await sie_files.disagreements(conn, of.year, basis, from_postings=from_postings),
        ],
    )


def _disagreements(held: Held, computed: dict[str, Statement]) -> list[Disagreement]:
    """Return the cells in which the ledger says something else than the delivered table."""
    statement = computed[held.statement]
    rows = {row.code: row.amounts for row in statement.rows if row.kind is RowKind.GROUP}
    return [
        Disagreement(held.statement, group, column, stated.column(column), amount)
        for group, stated in trial_balance.by_group(held.table).items()
        for column, amount in rows.get(group, {}).items()
        if stated.column(column) != amount
    ]


async def _notes(conn: Connection, of: PeriodRange, basis: datetime) -> list[str]:
    notes = []
    spanning = await ledger.spanning(conn, of, basis)
    if spanning:
        notes.append(
            f"{spanning} verifikationer i perioden avser även tidigare perioder av året"
            " (saldobalanser bokförs i sin sista period)."
        )
    return notes
