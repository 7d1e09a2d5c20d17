"""Periods, dates, forms and bookings: rules that hold for any amounts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.budget.domain import trial_balance
from services.budget.domain.chart import GROUP_NAMES, YEARS_RESULT, is_result_group
from services.budget.domain.counterparts import WHOLE_CLASS, CounterpartClass, class_of
from services.budget.domain.investments import EntryKind, InvestmentSum, investment_follow_up
from services.budget.domain.layouts import (
    BALANCE_SHEET,
    CLASSES,
    INCOME_STATEMENT,
    LAYOUTS,
    TOTAL,
    Sum,
)
from services.budget.domain.ledger_sums import Cell, LedgerSums
from services.budget.domain.periods import NotAPeriod, PeriodRange, last_day, parse_range
from services.budget.domain.projects import (
    Amount,
    Currency,
    NotADate,
    PartialDate,
    Precision,
    Terms,
    totals,
)
from services.budget.domain.settlement import LINES, Line, budget_settlement
from services.budget.domain.statements import balance_sheet, income_statement
from services.budget.domain.ties import TIES, Evidence, Imbalance, check
from services.budget.domain.vouchers import Entry, imbalance
from tests.budget.tables import balance_table, income_table

ALL_GROUPS = [f"{first}{second}" for first in "12345678" for second in "0123456789"]


@pytest.mark.parametrize(
    ("text", "range_"),
    [
        ("202001-202008", (202001, 202008)),
        ("202005-202008", (202005, 202008)),
        ("202008", (202008, 202008)),
        ("2020-T2", (202001, 202008)),
        ("2020-Q3", (202001, 202009)),
        ("2020-08", (202001, 202008)),
        ("2020", (202001, 202012)),
        ("202001-202014", (202001, 202014)),
    ],
)
def test_period_of_a_statement_is_read(text: str, range_: tuple[int, int]) -> None:
    assert parse_range(text) == PeriodRange(*range_)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "20",
        "2020-T4",
        "2020-13",
        "202000",
        "202008-202001",
        "201901-202008",
        "202001-202015",
        "2020-08-31",
        "\uff12\uff10\uff12\uff10",
        "202001-202008 ",
    ],
)
def test_other_texts_are_no_period(text: str) -> None:
    with pytest.raises(NotAPeriod):
        parse_range(text)


def test_last_days_of_opening_months_and_closing_periods() -> None:
    assert last_day(202000) == date(2020, 1, 1)
    assert last_day(202002) == date(2020, 2, 29)
    assert last_day(202013) == last_day(202014) == date(2020, 12, 31)


@given(st.from_regex(r"[0-9]{1,6}", fullmatch=True))
def test_every_counterpart_code_has_the_class_of_its_first_digit(code: str) -> None:
    wanted = {0: "undivided", **dict.fromkeys(range(1, 5), "internal")}
    wanted |= {**dict.fromkeys(range(5, 8), "municipal_company"), 8: "external", 9: "external"}
    assert class_of(code) == wanted[int(code[0])]


def test_whole_classes_have_codes_of_their_own_class() -> None:
    assert {class_of(code): code for code in WHOLE_CLASS.values()} == WHOLE_CLASS
    assert set(WHOLE_CLASS) == set(CounterpartClass)


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)), st.sampled_from(Precision))
def test_partial_date_keeps_what_was_stated_and_no_more(day: date, precision: Precision) -> None:
    stated = PartialDate.of(day, precision)
    assert stated.precision is precision
    assert PartialDate.parse(str(stated)) == stated
    assert stated.first_day() <= day <= stated.last_day()


@pytest.mark.parametrize(
    "text", ["", "17", "2017-13", "2017-02-30", "2017-2", "2017-10-01T00", "1"]
)
def test_other_texts_are_no_date(text: str) -> None:
    with pytest.raises(NotADate):
        PartialDate.parse(text)


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=lambda layout: layout.code)
def test_forms_print_every_group_once_and_sum_only_what_stands_above(layout: object) -> None:
    form = next(each for each in LAYOUTS.values() if each is layout)
    for group in ALL_GROUPS:
        printing = [line.code for line in form.sections() if group in line.groups]
        belongs = is_result_group(group) == (form is INCOME_STATEMENT)
        assert len(printing) == int(belongs and group != YEARS_RESULT), group
    seen: set[str] = set()
    for line in form.lines:
        if isinstance(line, Sum):
            assert set(line.of) <= seen
        seen.add(line.code)


def test_settlement_takes_every_result_cell_once() -> None:
    """Or its net would differ from the result for some group nobody has used yet."""
    lines = [line for line in LINES if isinstance(line, Line) and line.ledger]
    for group in ALL_GROUPS:
        for name in CLASSES:
            cell = Cell(group, name, 0, 0, 1)
            taken = [ln.code for ln in lines if any(cell in s for s in ln.ledger)]
            wanted = is_result_group(group) and group != YEARS_RESULT
            assert len(taken) == int(wanted), (group, name, taken)


def _evidence(cells: list[Cell]) -> Evidence:
    sums = LedgerSums(tuple(cells), {})
    return Evidence(
        sums=sums,
        income=income_statement(sums),
        balance=balance_sheet(sums),
        settlement=budget_settlement(sums, {}, {}),
        investments=investment_follow_up(2020, [], {}),
    )


_GROUPS = st.sampled_from([group for group in ALL_GROUPS if group != YEARS_RESULT])
_CELLS = st.lists(
    st.tuples(_GROUPS, st.sampled_from(CLASSES), *[st.integers(-(10**11), 10**11)] * 2),
    max_size=30,
)


@given(_CELLS, st.integers(-(10**11), 10**11))
def test_ties_hold_for_any_ledger_that_balances(
    drawn: list[tuple[str, str, int, int]], opening: int
) -> None:
    cells = [Cell(g, c, 0, before, movement) for g, c, before, movement in drawn]
    cells += [
        Cell("15", "undivided", opening, 0, 0),
        Cell(
            "25",
            "external",
            -opening,
            -sum(cell.before for cell in cells),
            -sum(cell.movement for cell in cells),
        ),
    ]
    assert [found.tie.code for found in check(_evidence(cells)) if not found.holds] == []


@given(_CELLS, st.integers(1, 10**9))
def test_ledger_that_misses_zero_breaks_ties(
    drawn: list[tuple[str, str, int, int]], missing: int
) -> None:
    """The negative control: the same ledgers, off by some öre."""
    cells = [Cell(g, c, 0, before, movement) for g, c, before, movement in drawn]
    net = sum(cell.movement for cell in cells)
    before = sum(cell.before for cell in cells)
    cells.append(Cell("25", "external", 0, -before, -net + missing))
    broken = {found.tie.code: found for found in check(_evidence(cells)) if not found.holds}
    assert abs(broken["result-is-balance-change"].difference) == missing
    assert "balance-closing" in broken


def test_ties_hold_for_a_year_that_has_been_closed() -> None:
    """Closing moves the result from its own account to equity; nothing is earned by it."""
    year = [Cell("50", "external", 0, 0, 700), Cell("25", "external", 0, 0, -700)]
    closing = [Cell(YEARS_RESULT, "external", 0, 0, -700), Cell("20", "external", 0, 0, 700)]
    for cells in (year, year + closing):
        assert [found.tie.code for found in check(_evidence(cells)) if not found.holds] == []
    assert _evidence(year + closing).balance.amount("20", TOTAL) == 700


def test_tie_names_what_stands_in_the_ledger_and_on_no_form() -> None:
    """Accounts of observation (class 9), as files of other ledgers bring them."""
    cells = [
        Cell("50", "external", 0, 0, 700),
        Cell("99", "external", 0, 0, 20),
        Cell("25", "external", 0, 0, -720),
    ]
    broken = {found.tie.code: found for found in check(_evidence(cells)) if not found.holds}
    assert broken["result-is-balance-change"].difference == -20
    assert broken["result-is-balance-change"].named == ("99",)
    within = [*cells, Cell("98", "external", 0, 0, -20), Cell("25", "external", 0, 0, 20)]
    assert [found.tie.code for found in check(_evidence(within)) if not found.holds] == []


def test_tie_names_the_voucher_that_does_not_balance() -> None:
    evidence = replace(_evidence([]), imbalances=[Imbalance("A 7 (2020)", 3)])
    broken = [found for found in check(evidence) if not found.holds]
    assert [(found.tie.code, found.named) for found in broken] == [
        ("vouchers-balance", ("A 7 (2020)",))
    ]


def test_ties_have_codes_of_their_own() -> None:
    assert len({tie.code for tie in TIES}) == len(TIES)


def test_named_groups_are_on_a_form() -> None:
    for group in GROUP_NAMES:
        on_form = any(layout.section_of(group) for layout in LAYOUTS.values())
        assert on_form or group == YEARS_RESULT


def test_movement_of_any_table_sums_to_zero() -> None:
    assert imbalance(trial_balance.movement_entries(income_table())) == 0
    assert imbalance(trial_balance.movement_entries(balance_table())) == 0
    assert imbalance(trial_balance.opening_entries(balance_table())) == 0
    assert trial_balance.opening_entries(income_table()) == []


def test_difference_books_only_what_is_missing() -> None:
    wanted = [Entry("15", "8", 100), Entry("20", "8", -100)]
    booked = [Entry("15", "8", 60), Entry("20", "8", -60), Entry("25", "8", 5)]
    assert trial_balance.difference(wanted, wanted) == []
    assert trial_balance.difference(wanted, booked) == [
        Entry("15", "8", 40),
        Entry("20", "8", -40),
        Entry("25", "8", -5),
    ]


def test_row_that_gives_only_a_total_is_undivided() -> None:
    row = replace(balance_table().rows[0], cells={"opening": 40, "total": 100})
    stated = trial_balance.stated(row)
    assert stated.by_class == {**dict.fromkeys(CLASSES, 0), "undivided": 100}
    assert stated.column("change") == 60
    assert trial_balance.missing_cells({"total": 1}, BALANCE_SHEET) == ["opening"]
    assert trial_balance.missing_cells({"opening": 1}, BALANCE_SHEET) == ["total"]
    assert trial_balance.missing_cells({"total": 1}, INCOME_STATEMENT) == []


def test_currencies_are_never_added_and_unstated_is_not_zero() -> None:
    sek, eur = Currency.SEK, Currency.EUR
    terms = [
        Terms(Amount(100, sek), None, Amount(0, sek)),
        Terms(Amount(900, eur), Amount(50, eur), None),
        Terms(None, None, Amount(7, sek)),
    ]
    found = {total.currency: total for total in totals(terms)}
    assert (found[sek].budget, found[sek].committee_share, found[sek].cofinancing) == (100, 100, 7)
    assert (found[eur].budget, found[eur].committee_share, found[eur].cofinancing) == (900, 50, 0)


def test_follow_up_compares_plan_with_this_years_forecast() -> None:
    sums = [
        InvestmentSum("a", EntryKind.OUTCOME, 2019, 27, 1),
        InvestmentSum("a", EntryKind.PLAN, 2020, 40, 1),
        InvestmentSum("a", EntryKind.FORECAST, 2020, 35, 1),
        InvestmentSum("a", EntryKind.FORECAST, 2021, 30, 1),
    ]
    statement = investment_follow_up(2020, sums, {"a": "A", "b": "B"})
    assert statement.amount("a", "deviation") == 5
    assert statement.amount("b", "plan") == 0
    assert statement.amount("total", "forecast_2021") == 30
    with pytest.raises(KeyError):
        statement.amount("c", "plan")
