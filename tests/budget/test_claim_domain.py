"""The rules of claims, pure: which rule holds, whose hours fill a year, what is asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.budget.domain.claiming import lines_of, sums_of
from services.budget.domain.claims import Cost, Grant, Inputs, Line, LineKind
from services.budget.domain.hours import StaffReport, within_year
from services.budget.domain.programmes import (
    AccountRule,
    FlatRate,
    HourlyRate,
    RateKind,
    Rules,
    StaffCosts,
)
from services.budget.domain.rounding import share_of, worth

DAY = date(2024, 3, 4)
RULES = Rules(
    code="p",
    hours_per_year=10,
    whole_hours=False,
    accounts=[
        AccountRule("50", "personal", date(2021, 1, 1)),
        AccountRule("5090", None, date(2021, 1, 1)),
        AccountRule("74", "tjanster", date(2024, 1, 1)),
        AccountRule("74", None, date(2025, 1, 1)),
        AccountRule("74", "konsulter", date(2025, 1, 1)),
    ],
    flat_rates=[
        FlatRate(1, "indirekt", 1500, frozenset({"personal"}), frozenset(), date(2021, 1, 1)),
    ],
    hourly_rates=[
        HourlyRate(RateKind.STAFF, "ledare", "personal", 40_000, date(2021, 1, 1)),
        HourlyRate(RateKind.STAFF, "ledare", "personal", 41_000, date(2024, 7, 1)),
    ],
)
GRANT = Grant(
    number=1,
    support_rate=5000,
    staff_costs=StaffCosts.ACTUAL,
    flat_rates=("indirekt",),
    participant_rate=None,
    eligible_from=date(2024, 1, 1),
    eligible_to=date(2025, 12, 31),
)


@pytest.mark.parametrize(
    ("account", "day", "cost_type"),
    [
        ("5010", DAY, "personal"),
        ("5090", DAY, None),
        ("50901", DAY, None),
        ("6010", DAY, None),
        ("7410", date(2023, 12, 31), None),
        ("7410", date(2024, 1, 1), "tjanster"),
        ("7410", date(2025, 1, 1), "konsulter"),
    ],
)
def test_longest_prefix_decides_and_the_last_said_of_a_day(
    account: str, day: date, cost_type: str | None
) -> None:
    assert RULES.cost_type_of(account, day) == cost_type


def test_rate_holds_from_its_day_until_the_next() -> None:
    for day, amount in ((date(2024, 6, 30), 40_000), (date(2024, 7, 1), 41_000)):
        rate = RULES.hourly_rate(RateKind.STAFF, "ledare", day)
        assert rate is not None
        assert rate.amount == amount
    assert RULES.hourly_rate(RateKind.STAFF, "ledare", date(2020, 12, 31)) is None
    assert RULES.hourly_rate(RateKind.PARTICIPANT, "ledare", DAY) is None


def test_share_and_worth_round_once_halves_to_even() -> None:
    assert (share_of(50, 100), share_of(150, 100), share_of(-50, 100)) == (0, 2, 0)
    assert (worth(1, 30), worth(3, 30), worth(-3, 30), worth(61, 15_000)) == (0, 2, -2, 15_250)


def lines(*costs: Cost, grant: Grant = GRANT, rules: Rules = RULES) -> list[Line]:
    inputs = Inputs(costs, [], {}, [])
    return lines_of(inputs, grant, rules, first=date(2024, 1, 1), last=date(2025, 12, 31))


@given(st.lists(st.tuples(st.integers(-10_000, 10_000), st.integers(0, 400)), max_size=30))
def test_every_cost_is_in_one_line_or_left_out_for_a_reason(
    drawn: list[tuple[int, int]],
) -> None:
    accounts = ("5010", "5090", "7410", "6010")
    costs = [
        Cost(at, accounts[at % 4], date(2024, 1, 1) + timedelta(days=days), amount)
        for at, (amount, days) in enumerate(drawn)
    ]
    made = lines(*costs)
    found = sorted(source.posting_id or 0 for line in made for source in line.sources)
    assert found == [cost.id for cost in costs]
    flat = [line for line in made if line.kind is LineKind.FLAT_RATE]
    for line in flat:
        base = sum(made[number - 1].amount for number in line.base_lines)
        assert (line.base, line.amount) == (base, share_of(base, 1500))
    assert [line.number for line in made] == list(range(1, len(made) + 1))


def test_order_of_costs_changes_nothing() -> None:
    costs = [Cost(1, "5010", DAY, 3), Cost(2, "7410", DAY, 5), Cost(3, "5010", DAY, 7)]
    there = [(line.kind, line.cost_type, line.amount) for line in lines(*costs)]
    assert [(line.kind, line.cost_type, line.amount) for line in lines(*costs[::-1])] == there


def of(amount: int, kind: LineKind = LineKind.ACTUAL) -> Line:
    return Line(kind, "x", "", amount=amount)


@pytest.mark.parametrize(
    ("made", "advance_left", "grant_left", "expected"),
    [
        ([of(1001)], 0, 10_000, (1001, 0, 500, 0, 0, 500)),
        ([of(1003)], 0, 10_000, (1003, 0, 502, 0, 0, 502)),
        ([of(1000)], 200, 10_000, (1000, 0, 500, 200, 0, 300)),
        ([of(1000)], 800, 10_000, (1000, 0, 500, 500, 0, 0)),
        ([of(1000)], 100, 150, (1000, 0, 500, 100, 250, 150)),
        ([of(1000), of(3000, LineKind.IN_KIND)], 0, 10_000, (4000, 3000, 1000, 0, 0, 1000)),
        ([of(-1000), of(3000, LineKind.IN_KIND)], 0, 10_000, (2000, 3000, 0, 0, 0, 0)),
        ([of(-1000)], 100, 10_000, (-1000, 0, -500, 0, 0, -500)),
        ([of(0, LineKind.EXCLUDED)], 0, 10_000, (0, 0, 0, 0, 0, 0)),
    ],
)
def test_support_is_a_share_less_advances_and_what_the_grant_leaves(
    made: list[Line], advance_left: int, grant_left: int, expected: tuple[int, ...]
) -> None:
    sums = sums_of(made, support_rate=5000, advance_left=advance_left, grant_left=grant_left)
    said = (sums.eligible, sums.in_kind, sums.support, sums.deducted, sums.cut, sums.amount)
    assert said == expected


REPORTS = st.lists(
    st.builds(
        StaffReport,
        id=st.uuids(),
        version=st.just(1),
        employee=st.sampled_from(["a", "b"]),
        project=st.sampled_from(["5", "6"]),
        day=st.dates(date(2023, 12, 1), date(2024, 2, 1)),
        activity=st.integers(1, 7),
        function=st.just("ledare"),
        minutes=st.integers(0, 300),
    ),
    max_size=25,
    unique_by=lambda report: report.id,
)


@given(reports=REPORTS, chance=st.randoms(use_true_random=False), whole=st.booleans())
def test_year_is_filled_day_by_day_and_never_beyond(
    *, reports: list[StaffReport], chance: Random, whole: bool
) -> None:
    within = within_year(reports, hours_per_year=10, whole_hours=whole)
    chance.shuffle(reports)
    assert within_year(reports, hours_per_year=10, whole_hours=whole) == within
    for employee in ("a", "b"):
        for year in (2023, 2024):
            own = [r for r in reports if (r.employee, r.day.year) == (employee, year)]
            counted = {r.id: r.minutes // 60 * 60 if whole else r.minutes for r in own}
            total = sum(within[r.id] for r in own)
            assert total == min(sum(counted.values()), 600)
            cut = [r for r in own if within[r.id] < counted[r.id]]
            for report in own:
                if cut and report.order > min(each.order for each in cut):
                    assert within[report.id] == 0


def test_hours_of_another_year_or_person_take_nothing() -> None:
    long = StaffReport(UUID(int=1), 1, "a", "5", DAY, 1, "ledare", 600)
    others = [
        replace(long, id=UUID(int=2), employee="b"),
        replace(long, id=UUID(int=3), day=date(2023, 3, 4)),
        replace(long, id=UUID(int=4), day=DAY + timedelta(days=1)),
    ]
    within = within_year([long, *others], hours_per_year=10, whole_hours=False)
    assert [within[UUID(int=n)] for n in (1, 2, 3, 4)] == [600, 600, 600, 0]
