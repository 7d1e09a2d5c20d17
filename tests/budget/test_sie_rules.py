"""Rules between a SIE file and this ledger, on their own: places, marks, keys, balances."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.budget.domain.chart import EQUITY
from services.budget.domain.sie.balances import Balances, balanced
from services.budget.domain.sie.faults import Faulty
from services.budget.domain.sie.placing import CodeParts, Mark, Places, key_of, mark_in
from services.budget.domain.sie.records import IB, OIB, Balance, Dimension, Posting, Voucher
from services.budget.domain.sie.repeats import Repeats

_SERIES = st.sampled_from(["A", "B", ""])
_NUMBERS = st.one_of(st.integers(1, 12).map(str), st.sampled_from(["007", "x", "1a", "0"]))


@given(st.lists(st.tuples(_SERIES, _NUMBERS), max_size=60))
def test_repeated_numbers_are_counted_as_by_remembering_them_all(
    numbers: list[tuple[str, str]],
) -> None:
    repeats, seen = Repeats(), Counter[tuple[str, str]]()
    for series, number in numbers:
        seen[series, number] += 1
        assert repeats.occurrence(series, number) == seen[series, number]


_ACCOUNTS = st.sampled_from(["1510", "1910", "2440", "3510"])
_OBJECTS = st.sampled_from([(("1", "J1"),), (("1", "J2"),), (("6", "P1"),), (("7", "A"),)])


@given(
    st.dictionaries(_ACCOUNTS, st.integers(-999, 999)),
    st.dictionaries(st.tuples(_ACCOUNTS, _OBJECTS), st.integers(-999, 999)),
)
def test_booked_balances_are_the_accounts_and_the_objects_own(
    totals: dict[str, int], of_objects: dict[tuple[str, tuple[tuple[str, str], ...]], int]
) -> None:
    balances = Balances()
    for account, amount in totals.items():
        balances.add(Balance(0, IB, 0, account, amount))
    for (account, objects), amount in of_objects.items():
        balances.add(Balance(0, OIB, 0, account, amount, objects))
    by_account: defaultdict[str, int] = defaultdict(int)
    by_object: defaultdict[tuple[str, object], int] = defaultdict(int)
    for row in balances.postings():
        assert row.amount
        by_account[row.account] += row.amount
        by_object[row.account, row.objects] += row.amount
    assert {a: v for a, v in by_account.items() if v} == {a: v for a, v in totals.items() if v}
    assert all(by_object[key] == amount for key, amount in of_objects.items())


@given(st.lists(st.builds(Posting, _ACCOUNTS, st.just(()), st.integers(-99, 99), st.just(""))))
def test_equity_takes_what_an_opening_lacks_and_nothing_else(rows: list[Posting]) -> None:
    booked = balanced(rows)
    assert sum(row.amount for row in booked) == 0
    assert booked[: len(rows)] == rows
    assert all(row.account == EQUITY for row in booked[len(rows) :])


@given(st.text(alphabet="AB.1", max_size=6), st.integers(1, 14), st.none() | st.integers(0, 14))
def test_mark_of_a_period_is_read_back(series: str, part: int, covers_from: int | None) -> None:
    if covers_from is not None and covers_from > part:
        return
    mark = Mark(part, covers_from)
    assert mark_in(series + mark.text) == (series, mark)


@pytest.mark.parametrize("series", ["A", "", "A.15", "A.00", "A.1", "A.08-09", "13", "A.13x"])
def test_series_without_a_period_has_no_mark(series: str) -> None:
    assert mark_in(series) == (series, None)


def test_objects_find_their_places_and_are_written_back_from_them() -> None:
    places = Places()
    places.declare(Dimension(0, "20", "Motpart"))
    places.declare(Dimension(0, "21", "VERKSAMHET"))
    objects = (("1", "J1"), ("6", "P1"), ("7", "A"), ("20", "81"), ("21", "451"))
    parts = places.code_parts(objects)
    assert parts == CodeParts("81", "P1", "J1", "451", (("7", "A"),), '{"7": "A"}')
    assert parts.objects == objects
    assert places.code_parts(()) == CodeParts()
    assert CodeParts().objects == ()


def test_dimension_21_without_its_name_has_no_place() -> None:
    with pytest.raises(Faulty) as refused:
        Places().code_parts((("21", "451"),))
    assert refused.value.code == "dimension_reserved"


def test_voucher_without_a_number_goes_by_its_content() -> None:
    def voucher(number: str, text: str = "Fakta") -> Voucher:
        rows = [Posting("1510", (), 5, ""), Posting("3510", (), -5, "")]
        return Voucher(0, "A", number, date(2031, 1, 5), text, rows)

    assert key_of(2031, voucher("12")) == "2031:A:12"
    assert key_of(2031, voucher("0")) == key_of(2031, voucher("")) != key_of(2031, voucher("", "x"))
    assert key_of(2031, voucher("0")).startswith("2031:A:~")
