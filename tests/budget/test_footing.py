"""Tables that contradict themselves, and what is offered as the reason."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.budget.domain.explanations import MisreadRow, SlidColumns, explain
from services.budget.domain.footing import failures
from services.budget.domain.layouts import BALANCE_SHEET, INCOME_STATEMENT
from services.budget.domain.tables import Table, read_label
from tests.budget.tables import GROUPS, balance, balance_table, income, income_table, table

Rows = list[tuple[str, dict[str, int | None]]]


def _slid(rows: Rows, columns: tuple[str, ...], first: str, last: str, *, down: bool) -> Rows:
    """Return the rows with some columns' cells moved a row within a range; zeros fill up."""
    codes = [code for code, _ in rows]
    start, end = codes.index(first), codes.index(last)
    moved = [(code, dict(cells)) for code, cells in rows]
    for column in columns:
        old = [rows[i][1][column] for i in range(start, end + 1)]
        new = [0, *old[:-1]] if down else [*old[1:], 0]
        for i, value in zip(range(start, end + 1), new, strict=True):
            moved[i][1][column] = value
    return moved


@pytest.mark.parametrize("seed", range(20))
def test_tables_that_foot_have_nothing_wrong_and_nothing_explained(seed: int) -> None:
    assert failures(income_table(seed)) == []
    assert failures(balance_table()) == []
    assert explain(income_table(seed), []) == []


@pytest.mark.parametrize("down", [True, False])
@pytest.mark.parametrize(
    "columns", [("internal", "total"), ("municipal_company", "internal", "total"), ("external",)]
)
@pytest.mark.parametrize("seed", range(5))
def test_columns_that_slid_are_found(seed: int, columns: tuple[str, ...], down: bool) -> None:  # noqa: FBT001
    rows = _slid(income(seed, zeros=0.1), columns, "46", "63", down=down)
    broken = table(INCOME_STATEMENT, rows)
    (story,) = explain(broken, failures(broken))
    assert isinstance(story, SlidColumns)
    assert len(story.explained) >= 7
    slid = set(story.columns)
    others = {"external", "municipal_company", "internal", "total"} - set(columns)
    # "These slid down" and "the others slid up" can be the same print; either is the reason.
    assert slid <= set(columns) or slid <= others
    if slid <= set(columns):
        assert story.direction == ("down" if down else "up")


def test_slide_names_the_rows_and_gives_the_cells_back() -> None:
    rows = income(3, zeros=0.0)
    broken = table(INCOME_STATEMENT, _slid(rows, ("internal", "total"), "50", "61", down=True))
    (story,) = explain(broken, failures(broken))
    assert isinstance(story, SlidColumns)
    assert (story.first, story.last) == ("51", "61")
    before = dict(rows)
    for code in ("50", "51", "55", "56", "57", "60"):
        assert story.proposed[code]["total"] == before[code]["total"]
        assert story.proposed[code]["internal"] == before[code]["internal"]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 6))
def test_scattered_errors_are_no_slide(seed: int, many: int) -> None:
    """The negative control: wrong amounts here and there must not be called a slide."""
    chosen = random.Random(seed)
    rows = [(code, dict(cells)) for code, cells in income(seed)]
    for at in chosen.sample(range(1, len(rows)), many):
        column = chosen.choice(["external", "internal", "total"])
        rows[at][1][column] = (rows[at][1][column] or 0) + chosen.randint(1, 10**7)
    broken = table(INCOME_STATEMENT, rows)
    found = failures(broken)
    assert found
    assert not any(isinstance(story, SlidColumns) for story in explain(broken, found))


def test_slide_in_a_balance_sheet_is_found_among_six_columns() -> None:
    chosen = random.Random(7)
    rows: Rows = []
    for group in ("12", "15", "16", "17", "19", "24", "25", "26", "28", "29"):
        closing = {
            name: chosen.randint(1, 10**8) for name in ("external", "municipal_company", "internal")
        }
        opening, total = chosen.randint(1, 10**8), sum(closing.values())
        cells = {**closing, "opening": opening, "change": total - opening, "total": total}
        rows.append((group, dict(cells)))
    broken = table(BALANCE_SHEET, _slid(rows, ("internal", "total"), "15", "28", down=True))
    (story,) = explain(broken, failures(broken))
    assert isinstance(story, SlidColumns)
    assert story.direction == "down"
    assert set(story.columns) == {"internal", "total"}


def test_one_misread_row_is_named_with_the_amounts_that_make_it_foot() -> None:
    rows = [(code, dict(cells)) for code, cells in balance()]
    right = dict(rows[3][1])
    rows[3][1].update(change=596, external=-1_200, total=-1_700)
    broken = table(BALANCE_SHEET, rows)
    (story,) = explain(broken, failures(broken))
    assert isinstance(story, MisreadRow)
    assert story.code == "29"
    assert story.proposed == {name: right[name] for name in ("change", "external", "total")}


def test_wrong_sum_row_alone_is_no_misread_row() -> None:
    rows = [(code, dict(cells)) for code, cells in balance()]
    rows[4][1]["external"] = 0
    broken = table(BALANCE_SHEET, rows)
    assert {failure.code for failure in failures(broken)} == {"short-term-debt"}
    assert explain(broken, failures(broken)) == []


def test_balance_sheet_that_does_not_balance_is_told() -> None:
    rows = [(code, dict(cells)) for code, cells in balance()][:3]
    found = failures(table(BALANCE_SHEET, rows))
    assert {failure.column for failure in found} == {"opening", "change", "total"}
    assert {failure.rule for failure in found} == {"balances"}


def test_blank_cells_are_not_zeros() -> None:
    whole = income_table()
    blank = [
        replace(row, cells={**row.cells, "internal": None}) if not row.label.is_account else row
        for row in whole.rows
    ]
    assert failures(Table(whole.layout, blank)) == []


@pytest.mark.parametrize(
    ("text", "code", "is_account"),
    [
        ("57 Pensionskostnader", "57", True),
        ("5710", "5710", True),
        ("Verksamhetens kostnader (+)", "costs", False),
        ("  årets   RESULTAT ", "result", False),
        ("net-cost", "net-cost", False),
    ],
)
def test_labels_are_read(text: str, code: str, is_account: bool) -> None:  # noqa: FBT001
    label = read_label(text, INCOME_STATEMENT)
    assert label is not None
    assert (label.code, label.is_account) == (code, is_account)


@pytest.mark.parametrize("text", ["", "Summa", "12 Maskiner", "9", "0 Noll", "57Pension"])
def test_labels_that_the_form_lacks_are_not_read(text: str) -> None:
    assert read_label(text, INCOME_STATEMENT) is None


def test_groups_of_the_invented_table_are_in_one_section() -> None:
    sections = {INCOME_STATEMENT.section_of(group) for group in GROUPS}
    assert {section.code for section in sections if section} == {"costs"}
