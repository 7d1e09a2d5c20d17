from __future__ import annotations

from datetime import date

import pytest

from services.participants.domain.ages import AGE_GROUPS, age_group, age_on, follow_up_due


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (date(2000, 6, 15), date(2020, 6, 14), 19),
        (date(2000, 6, 15), date(2020, 6, 15), 20),
        (date(2000, 2, 29), date(2021, 2, 28), 20),
        (date(2000, 2, 29), date(2021, 3, 1), 21),
        (date(2000, 2, 29), date(2020, 2, 29), 20),
        (date(2000, 12, 31), date(2001, 1, 1), 0),
    ],
)
def test_age_on_a_day(born: date, day: date, age: int) -> None:
    assert age_on(born, day) == age


@pytest.mark.parametrize(
    ("age", "code"),
    [(0, "0-15"), (15, "0-15"), (16, "16-19"), (19, "16-19"), (20, "20-24"), (24, "20-24"),
     (25, "25-29"), (29, "25-29"), (30, "30-39"), (64, "60-64"), (65, "65-"), (104, "65-")],
)  # fmt: skip
def test_age_group_boundaries(age: int, code: str) -> None:
    birthday = date(2024, 6, 15)
    assert age_group(date(2024 - age, 6, 15), birthday) == code


def test_age_group_changes_on_the_birthday_only() -> None:
    born = date(2004, 2, 29)
    assert age_group(born, date(2024, 2, 28)) == "16-19"
    assert age_group(born, date(2024, 2, 29)) == "20-24"


def test_age_group_of_nobody_born_is_unknown() -> None:
    assert age_group(None, date(2024, 1, 1)) == "unknown"
    assert age_group(date(2024, 1, 2), date(2024, 1, 1)) == "unknown"


def test_age_groups_begin_at_birth_and_rise() -> None:
    lowest = [lower for lower, _ in AGE_GROUPS]
    assert lowest[0] == 0
    assert lowest == sorted(set(lowest))


@pytest.mark.parametrize(
    ("exited", "due"),
    [
        (date(2024, 9, 15), date(2024, 12, 15)),
        (date(2024, 11, 30), date(2025, 2, 28)),
        (date(2023, 11, 30), date(2024, 2, 29)),
        (date(2024, 12, 31), date(2025, 3, 31)),
        (date(2024, 5, 31), date(2024, 8, 31)),
    ],
)
def test_follow_up_falls_due_three_months_later(exited: date, due: date) -> None:
    assert follow_up_due(exited) == due
