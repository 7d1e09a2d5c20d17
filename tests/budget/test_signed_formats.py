"""What a signature vouches for stays what it was when the forms come to say more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from services.budget.domain import settlement
from services.budget.domain.deviations import ComparedWith, Deviation, SubjectKind
from services.budget.domain.investments import investment_follow_up
from services.budget.domain.layouts import LAYOUTS
from services.budget.domain.ledger_sums import Cell, LedgerSums
from services.budget.domain.periods import PeriodRange
from services.budget.domain.settlement import budget_settlement
from services.budget.domain.signed_content import canonical
from services.budget.domain.signed_formats import FORMATS, NEWEST
from services.budget.domain.statements import (
    Row,
    RowKind,
    Statement,
    balance_sheet,
    income_statement,
)
from services.budget.domain.ties import TIES, Checked, Evidence, check

SUMS = LedgerSums((Cell("50", "external", 0, 0, 700), Cell("19", "undivided", 0, 0, -700)), {})
EVIDENCE = Evidence(
    sums=SUMS,
    income=income_statement(SUMS),
    balance=balance_sheet(SUMS),
    settlement=budget_settlement(SUMS, {"operations": 900}, {}),
    investments=investment_follow_up(2035, [], {"equipment": "Inventarier"}),
)
STATEMENTS = (EVIDENCE.settlement, EVIDENCE.income, EVIDENCE.balance, EVIDENCE.investments)
CHECKED = check(EVIDENCE)
DEVIATIONS = [
    Deviation(
        SubjectKind.SETTLEMENT_ROW, "operations", "", 900, 700, ComparedWith.OUTCOME, "", None, None
    ),
    Deviation(SubjectKind.PROJECT, "7", "", 900, 700, ComparedWith.FORECAST, "", None, None),
]


def signed(
    statements: tuple[Statement, ...] = STATEMENTS,
    ties: list[Checked] = CHECKED,
    deviations: list[Deviation] = DEVIATIONS,
) -> str:
    of = PeriodRange(203501, 203504)
    return canonical(of, statements, ties, deviations, [], signed_in=FORMATS[1])


def with_row(statement: Statement, row: Row) -> Statement:
    return replace(statement, rows=(*statement.rows, row))


def with_column(statement: Statement) -> Statement:
    rows = (replace(row, amounts={**row.amounts, "new": 1}) for row in statement.rows)
    return replace(statement, rows=tuple(rows))


def each(change: Callable[[Statement], Statement]) -> tuple[Statement, ...]:
    """Change every statement but that of investments, whose columns are years."""
    return (*map(change, STATEMENTS[:-1]), STATEMENTS[-1])


MORE = Row("more", "Varav mera", RowKind.SUM, {"total": 1})
ADDED = {
    "rows": lambda: signed(tuple(with_row(one, MORE) for one in STATEMENTS)),
    "columns": lambda: signed(each(with_column)),
    "layouts": lambda: signed(tuple(replace(one, version=2) for one in STATEMENTS)),
    "a statement": lambda: signed((*STATEMENTS, replace(STATEMENTS[0], code="cash-flow"))),
    "a tie": lambda: signed(
        ties=[*CHECKED, replace(CHECKED[0], tie=replace(CHECKED[0].tie, code="new"))]
    ),
    "a row that may deviate": lambda: signed(
        deviations=[*DEVIATIONS, replace(DEVIATIONS[0], key="more")]
    ),
}
CHANGED = {
    "a ledger's group": lambda: signed(
        each(lambda one: with_row(one, replace(MORE, code="77", kind=RowKind.GROUP)))
    ),
    "a category": lambda: signed(
        tuple(with_row(one, replace(MORE, kind=RowKind.LINE)) for one in STATEMENTS)
    ),
    "an amount": lambda: signed(
        tuple(
            replace(one, rows=(replace(one.rows[0], amounts={"total": 1}), *one.rows[1:]))
            for one in STATEMENTS
        )
    ),
    "a tie's side": lambda: signed(ties=[replace(CHECKED[0], left=1), *CHECKED[1:]]),
    "a project's deviation": lambda: signed(deviations=DEVIATIONS[:1]),
    "a statement that is gone": lambda: signed(STATEMENTS[1:]),
}


@pytest.mark.parametrize("later", ADDED.values(), ids=ADDED)
def test_what_code_adds_to_the_forms_changes_no_earlier_signature(later: Callable[[], str]) -> None:
    assert later() == signed()


@pytest.mark.parametrize("later", CHANGED.values(), ids=CHANGED)
def test_what_is_recorded_otherwise_changes_it(later: Callable[[], str]) -> None:
    """Negative control: what may be added without notice is only what the forms themselves say."""
    assert later() != signed()


def test_newest_format_signs_everything_that_the_forms_say() -> None:
    """Fails when code adds a row, column, tie or statement, which needs the next format."""
    newest = FORMATS[NEWEST]
    assert newest.ties == {tie.code for tie in TIES}
    assert list(newest.forms) == [one.code for one in STATEMENTS]
    for code, layout in LAYOUTS.items():
        assert newest.forms[code].lines == {line.code for line in layout.lines}
        assert newest.forms[code].columns == frozenset(layout.column_codes)
        assert newest.forms[code].version == layout.version
    form = newest.forms["budget-settlement"]
    assert form.lines == {line.code for line in settlement.LINES}
    assert form.columns == frozenset(code for code, _ in settlement.COLUMNS)
    for statement in STATEMENTS:
        assert all(newest.forms[statement.code].signs(row) for row in statement.rows)
        assert newest.forms[statement.code].version == statement.version
