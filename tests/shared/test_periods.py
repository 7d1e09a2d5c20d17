from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.periods import NotAPeriod, Period

DAYS = st.dates(date(1950, 1, 1), date(2090, 12, 31))


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("2024-Q3", date(2024, 7, 1), date(2024, 9, 30)),
        ("2020-T1", date(2020, 1, 1), date(2020, 4, 30)),
        ("2020-T2", date(2020, 5, 1), date(2020, 8, 31)),
        ("2020-T3", date(2020, 9, 1), date(2020, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2024-12-31", date(2024, 12, 31), date(2024, 12, 31)),
        ("2024-09-01/2024-12-31", date(2024, 9, 1), date(2024, 12, 31)),
    ],
)
def test_parse_text_of_the_grammar_gives_its_days(text: str, start: date, end: date) -> None:
    period = Period.parse(text)
    assert (period.first, period.last) == (start, end)
    assert str(period) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "24",
        "2024-13",
        "2024-00",
        "2024-Q5",
        "2024-T4",
        "2024-T0",
        "2023-02-29",
        "2024-9",
        "2024-09-01/",
        "/2024",
        "2024/2025",
        "2024-01/2024-02",
        "2024-12-31/2024-09-01",
        "2024-09-01/2024-12-31/2025-01-01",
        "0000",
        "9999",
        "2024\n",
        "٢٠٢٤",
        "2024-q3",
    ],
)
def test_parse_other_text_is_refused(text: str) -> None:
    with pytest.raises(NotAPeriod):
        Period.parse(text)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("2024", "2024"),
        ("2024-Q3", "kvartal 3 2024"),
        ("2020-T2", "tertial 2 2020"),
        ("2024-09", "september 2024"),
        ("2024-12-31", "31 december 2024"),
        ("2020-01-01/2020-08-31", "januari-augusti 2020"),
        ("2023-11-01/2024-02-29", "november 2023-februari 2024"),
        ("2024-09-01/2024-09-30", "september 2024"),
        ("2024-09-03/2024-12-31", "3 september-31 december 2024"),
        ("2023-12-24/2024-01-06", "24 december 2023-6 januari 2024"),
    ],
)
def test_label_is_swedish(text: str, label: str) -> None:
    assert Period.parse(text).label == label


@pytest.mark.parametrize(
    ("text", "following"),
    [
        ("2024", "2025"),
        ("2024-Q4", "2025-Q1"),
        ("2020-T3", "2021-T1"),
        ("2024-12", "2025-01"),
        ("2024-02-28", "2024-02-29"),
        ("2024-09-01/2024-12-31", "2025-01-01/2025-04-30"),
        ("2024-01-10/2024-01-19", "2024-01-20/2024-01-29"),
    ],
)
def test_next_is_as_long_and_previous_returns(text: str, following: str) -> None:
    period = Period.parse(text)
    assert str(period.next) == following
    assert period.next.previous == period


def test_next_after_the_last_day_there_is_is_refused() -> None:
    with pytest.raises(NotAPeriod):
        _ = Period.day(date.max).next


def test_year_to_date_of_a_tertial_begins_in_january() -> None:
    assert str(Period.parse("2020-T2").year_to_date) == "2020-01-01/2020-08-31"
    assert str(Period.parse("2020-T3").year_to_date) == "2020"
    assert Period.parse("2020-T1").year_to_date == Period.parse("2020-T1")


def test_crosses_needs_days_before_the_change() -> None:
    year = Period.parse("2024")
    assert year.crosses(date(2024, 7, 1))
    assert not year.crosses(date(2024, 1, 1))
    assert not year.crosses(date(2025, 1, 1))
    assert not Period.day(date(2024, 7, 1)).crosses(date(2024, 7, 1))


@given(DAYS, st.integers(0, 1500))
def test_range_of_any_days_survives_its_text(start: date, length: int) -> None:
    period = Period(start, start + timedelta(days=length), "range")
    assert Period.parse(str(period)) == period
    assert (period.next.first - period.last).days == 1
    assert (period.first - period.previous.last).days == 1


@given(DAYS)
def test_months_tile_the_year_that_holds_a_day(day: date) -> None:
    months = list(Period.year(day.year).months())
    assert len(months) == 12
    assert sum(day in month for month in months) == 1
    assert all(one.next == other for one, other in pairwise(months))
    assert all(month.whole_months for month in months)
