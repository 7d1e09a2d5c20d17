"""The six conditions of skollagen 29 kap. 9 §, day by day at their boundaries."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.participants.domain.ages import birthday
from services.participants.domain.kaa import (
    ENDED_BY,
    Circumstances,
    ConditionCode,
    broken,
    is_member,
    judge,
    last_birthday,
)
from services.participants.domain.kaa_codes import LeaveReason, Schooling, Studies
from shared.db import driver
from tests.participants.city import City

INSIDE = Circumstances(Schooling.COMPLETED, Studies.NONE)
BORN = date(2006, 5, 17)
DAY = date(2024, 9, 1)

TWENTIETH = (
    (date(2005, 3, 10), date(2025, 3, 10)),
    (date(2004, 12, 31), date(2024, 12, 31)),
    (date(2005, 1, 1), date(2025, 1, 1)),
    (date(2004, 2, 28), date(2024, 2, 28)),
    (date(2004, 2, 29), date(2024, 2, 29)),
    (date(2004, 3, 1), date(2024, 3, 1)),
    # The only case in which 29 February has no twentieth anniversary: 2100 is no leap year.
    (date(2080, 2, 28), date(2100, 2, 28)),
    (date(2080, 2, 29), date(2100, 3, 1)),
    (date(2080, 3, 1), date(2100, 3, 1)),
)


@pytest.mark.parametrize(("born", "ends"), TWENTIETH)
def test_member_until_the_day_before_the_twentieth_birthday(born: date, ends: date) -> None:
    assert last_birthday(born) == ends
    for offset in range(-400, 401):
        day = ends + timedelta(days=offset)
        assert is_member(judge(INSIDE, born=born, day=day)) is (offset < 0), day


def test_nobody_is_a_member_before_being_born() -> None:
    assert not is_member(judge(INSIDE, born=BORN, day=BORN - timedelta(days=1)))


ANNIVERSARIES = (
    (date(2008, 2, 29), 16, date(2024, 2, 29)),
    (date(2008, 2, 29), 17, date(2025, 3, 1)),
    (date(2008, 2, 29), 18, date(2026, 3, 1)),
    (date(2007, 2, 28), 17, date(2024, 2, 28)),
    (date(2007, 3, 1), 17, date(2024, 3, 1)),
    (date(2007, 12, 31), 18, date(2025, 12, 31)),
)


async def test_database_turns_people_older_on_the_same_day(city: City) -> None:
    """The rule of the facts and the rule of the judgement are one; and age() agrees."""
    days = [date(2079, 12, 30) + timedelta(days=each) for each in range(0, 430, 7)]
    born = [one for one, _ in TWENTIETH] + [one for one, _, _ in ANNIVERSARIES] + days
    async with city.db.read() as session:
        rows = await (await driver(session)).fetch(
            "select born, years, birthday(born, years) as day,"
            " extract(year from age(birthday(born, years), born))::int as full_years,"
            " extract(year from age(birthday(born, years) - 1, born))::int as eve"
            " from unnest($1::date[]) born, generate_series(15, 20) years",
            born,
        )
    assert len(rows) == 6 * len(born)
    for row in rows:
        assert row["day"] == birthday(row["born"], row["years"]), row
        assert (row["full_years"], row["eve"]) == (row["years"], row["years"] - 1), row
    for one, years, expected in ANNIVERSARIES:
        assert birthday(one, years) == expected


INTRODUCTORY = replace(INSIDE, studies=Studies.INTRODUCTORY_PROGRAMME)


def test_introductory_programme_left_the_responsibility_on_1_july_2018() -> None:
    born, change = date(2001, 9, 9), date(2018, 7, 1)
    for offset in range(-60, 61):
        day = change + timedelta(days=offset)
        assert is_member(judge(INTRODUCTORY, born=born, day=day)) is (offset < 0), day
    assert broken(INTRODUCTORY, joined_on=date(2018, 1, 1)) is not None
    for left_on, refused in ((date(2018, 6, 30), False), (change, False), (date(2018, 7, 2), True)):
        found = broken(
            INTRODUCTORY,
            joined_on=date(2018, 1, 1),
            left_on=left_on,
            leave_reason=LeaveReason.OTHER,
        )
        assert (found is not None) is refused, left_on


def test_exactly_the_conditions_that_are_not_met_are_named() -> None:
    """All combinations: a member is who meets all six, and each has its explanation."""
    outside = set(Studies) - {Studies.NONE}
    flags = product((False, True), repeat=5)
    for schooling, studies, (diploma, adapted, equivalent, holds, twenty) in product(
        Schooling, Studies, list(flags)
    ):
        known = Circumstances(
            schooling=schooling,
            studies=studies,
            diploma=diploma,
            adapted_certificate=adapted,
            equivalent_education=equivalent,
            study_certificate=holds,
        )
        day = date(2026, 5, 17) if twenty else DAY
        unmet = {
            ConditionCode.NOT_TWENTY: twenty,
            ConditionCode.COMPULSORY_SCHOOLING: schooling is Schooling.ONGOING,
            ConditionCode.NOT_IN_UPPER_SECONDARY: studies in outside,
            ConditionCode.NO_DIPLOMA: diploma,
            ConditionCode.NO_ADAPTED_CERTIFICATE: adapted,
            ConditionCode.NO_EQUIVALENT_EDUCATION: equivalent,
        }
        judged = judge(known, born=BORN, day=day)
        assert [one.code for one in judged] == list(ConditionCode)
        assert {one.code: not one.met for one in judged} == unmet
        assert is_member(judged) is not any(unmet.values())
        assert all(one.explanation.endswith(".") for one in judged)


def test_study_certificate_alone_keeps_nobody_out() -> None:
    assert is_member(judge(replace(INSIDE, study_certificate=True), born=BORN, day=DAY))


BY_REASON = {
    ConditionCode.NOT_IN_UPPER_SECONDARY: replace(INSIDE, studies=Studies.NATIONAL_PROGRAMME),
    ConditionCode.NO_DIPLOMA: replace(INSIDE, diploma=True),
    ConditionCode.NO_ADAPTED_CERTIFICATE: replace(INSIDE, adapted_certificate=True),
    ConditionCode.NO_EQUIVALENT_EDUCATION: replace(INSIDE, equivalent_education=True),
}


@pytest.mark.parametrize("reason", LeaveReason)
def test_who_has_left_may_break_the_condition_that_the_reason_is_about_and_no_other(
    reason: LeaveReason,
) -> None:
    for code, known in BY_REASON.items():
        found = broken(known, joined_on=DAY, left_on=date(2024, 10, 1), leave_reason=reason)
        assert (found is None) is (ENDED_BY.get(reason) is code), (reason, code)


@given(
    born=st.dates(date(1996, 1, 1), date(2012, 12, 31)),
    day=st.dates(date(2015, 1, 1), date(2032, 12, 31)),
)
def test_age_condition_is_whole_years_under_twenty(born: date, day: date) -> None:
    years = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    assert is_member(judge(INSIDE, born=born, day=day)) is (born <= day and years < 20)
