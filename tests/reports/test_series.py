"""A line is never joined across a change in the way of counting."""

from __future__ import annotations

from datetime import date

import pytest

from services.reports.domain.series import segments
from shared.figures.series import segments as runs_of
from shared.periods import Period

YEARS = [Period.year(year) for year in (2022, 2023, 2024)]
YEAR_ENDS = [Period.day(date(year, 12, 31)) for year in (2022, 2023, 2024)]


@pytest.mark.parametrize(
    ("points", "breaks", "numbers"),
    [
        (YEARS, [], [0, 0, 0]),
        (YEARS, [date(2024, 1, 1)], [0, 0, 1]),
        (YEARS, [date(2023, 7, 1)], [0, 1, 2]),
        (YEARS, [date(2022, 1, 1)], [0, 0, 0]),
        (YEARS, [date(2023, 1, 1), date(2024, 1, 1)], [0, 1, 2]),
        (YEAR_ENDS, [date(2024, 1, 1)], [0, 0, 1]),
        (YEAR_ENDS, [date(2023, 12, 31)], [0, 1, 1]),
    ],
)
def test_points_are_parted_by_breaks(
    points: list[Period], breaks: list[date], numbers: list[int]
) -> None:
    assert segments(points, breaks) == numbers


@pytest.mark.parametrize("month", range(1, 13))
def test_years_are_parted_as_the_services_part_them(month: int) -> None:
    on = date(2023, month, 1)
    runs = runs_of(YEARS, [on])
    theirs = [place for place, (first, last) in enumerate(runs) for _ in range(first, last + 1)]
    assert segments(YEARS, [on]) == theirs
