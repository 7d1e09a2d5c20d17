"""Rules of schedules by themselves: what they may say, and which days and instants they give."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from random import Random

import pytest

from services.outreach.domain import recurrence, times
from services.outreach.domain.codes import Holidays
from services.outreach.domain.schedules import Plan, occasions
from services.outreach.errors import RuleRefused

A_DAY = timedelta(days=1)


REFUSED_RULES = {
    "FREQ=HOURLY": "FREQ",
    "BYDAY=MO": "FREQ",
    "FREQ=WEEKLY;BYHOUR=3": "BYHOUR",
    "FREQ=WEEKLY;BYDAY=MON": "BYDAY",
    "FREQ=WEEKLY;BYDAY=1MO": "BYDAY",
    "FREQ=WEEKLY;BYMONTHDAY=3": "BYMONTHDAY",
    "FREQ=WEEKLY;FREQ=DAILY": "FREQ",
    "FREQ=DAILY;COUNT=3;UNTIL=20240901": "COUNT",
    "FREQ=DAILY;UNTIL=20241301": "RRULE",
    "FREQ=DAILY;INTERVAL=0": "INTERVAL",
    "FREQ=DAILY;INTERVAL=7;BYDAY=MO": "INTERVAL",
    "FREQ=MONTHLY;BYSETPOS=1": "BYSETPOS",
    "": "RRULE",
}


@pytest.mark.parametrize("rule", REFUSED_RULES)
def test_a_rule_is_refused_by_the_part_that_is_wrong(rule: str) -> None:
    with pytest.raises(RuleRefused) as refused:
        recurrence.require_rule(rule)
    assert refused.value.extensions["part"] == REFUSED_RULES[rule]


RULES = (
    "FREQ=DAILY;INTERVAL=3",
    "FREQ=WEEKLY;BYDAY=MO,FR;INTERVAL=2",
    "FREQ=MONTHLY;BYDAY=1TU,-1TH",
    "FREQ=MONTHLY;BYMONTHDAY=15;COUNT=9",
    "FREQ=YEARLY;BYMONTH=4,5;BYDAY=WE;UNTIL=20250601",
)


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_in_one_go_is_the_rule_in_steps(rule: str) -> None:
    chance = Random(rule)
    begins, ends = date(2024, 1, 3), date(2025, 12, 31)
    plan = Plan(rule, begins, ends, None, None, Holidays.SKIP, begins)
    whole = occasions(plan, (), first=begins, last=ends)
    steps, day = [], begins
    while day <= ends:
        last = day + timedelta(days=chance.randrange(40))
        steps += occasions(plan, (), first=day, last=last)
        day = last + A_DAY
    assert steps == whole != []


def test_a_time_that_does_not_exist_is_read_with_the_offset_before() -> None:
    assert times.starts(date(2020, 3, 29), time(2, 30)) == datetime(2020, 3, 29, 1, 30, tzinfo=UTC)
    assert times.starts(date(2020, 10, 25), time(2, 30)) == datetime(
        2020, 10, 25, 0, 30, tzinfo=UTC
    )
