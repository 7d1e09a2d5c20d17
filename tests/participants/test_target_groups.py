"""Who belongs to which target group on which day, by the rules that the database begins with."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.participants.domain.ages import age_on, birthday
from services.participants.domain.codes import Circumstance, EntryStatus, Ground, Sex
from services.participants.domain.conditions import (
    NotConditions,
    Situation,
    Verdict,
    in_kaa,
    read_conditions,
)
from services.participants.domain.target_groups import Rule, RuleBook
from shared.db import Database, driver

SOMEBODY = Situation(date(2024, 10, 1), date(1985, 5, 5), Sex.WOMEN, status="unemployed")


@pytest.fixture
async def book(participants_db: Database) -> RuleBook:
    """The rules as the migration wrote them."""
    async with participants_db.read() as session:
        rows = await (await driver(session)).fetch(
            "select *, conditions::text as said from target_group_rule"
        )
    return RuleBook(
        [
            Rule(
                row["target_group"],
                row["rule_version"],
                row["valid_from"],
                row["valid_to"],
                row["title"],
                read_conditions(row["said"]),
            )
            for row in rows
        ]
    )


def uvas_by_hand(born: date, day: date, *, kaa: bool) -> bool:
    """Say in plain words whether an unemployed person is counted as UVAS on a day."""
    if day < date(2024, 1, 1):
        return birthday(born, 20) <= day < birthday(born, 30)
    kaa_covers = kaa and day < birthday(born, 20)
    return birthday(born, 19) <= day < birthday(born, 30) and not kaa_covers


BORN = (
    date(2000, 2, 29),
    date(1996, 2, 29),
    date(2004, 2, 29),
    date(1999, 12, 31),
    date(2000, 1, 1),
    date(2003, 12, 31),
    date(2004, 1, 1),
    date(2005, 1, 1),
    date(2005, 6, 15),
    date(1993, 12, 31),
    date(1994, 1, 1),
)


def days_around(born: date) -> set[date]:
    """Return the days at every boundary: birthdays, turns of years, and the change of the rule."""
    boundaries = [birthday(born, age) for age in (16, 19, 20, 29, 30)]
    boundaries += [date(year, 1, 1) for year in (2020, 2023, 2024, 2025)]
    return {day + timedelta(days=off) for day in boundaries for off in range(-3, 4) if day > born}


async def test_uvas_and_kaa_are_right_on_every_day_around_every_boundary(book: RuleBook) -> None:
    seen = set()
    for born in BORN:
        for day in days_around(born):
            for kaa in (False, True):
                of = Situation(
                    day, born, Sex.MEN, ground="outreach", status="unemployed", in_register=kaa
                )
                groups, rules = book.groups(of)
                expected = uvas_by_hand(born, day, kaa=kaa)
                assert ("uvas" in groups) is expected, (born, day, kaa)
                assert ("kaa" in groups) is (kaa and day < birthday(born, 20)), (born, day, kaa)
                assert ("uvas:1" in rules) is (day < date(2024, 1, 1)), day
                assert ("uvas:2" in rules) is (day >= date(2024, 1, 1)), day
                seen.add((expected, kaa, day.year >= 2024))
    assert len(seen) == 8  # every combination was met


async def test_the_nineteen_year_old_of_the_rule_change(book: RuleBook) -> None:
    of = replace(SOMEBODY, birth_date=date(2004, 6, 1), ground="outreach")
    assert "uvas" not in book.groups(replace(of, day=date(2023, 12, 31)))[0]
    assert "uvas" in book.groups(replace(of, day=date(2024, 1, 1)))[0]
    member = replace(of, day=date(2024, 1, 1), in_register=True)
    assert book.groups(member)[0] == ["kaa"]
    assert "uvas" in book.groups(replace(member, day=date(2024, 6, 1)))[0]  # the 20th birthday


async def test_nobody_is_in_kaa_and_uvas_on_a_day_from_2024_on(book: RuleBook) -> None:
    @settings(max_examples=600, deadline=None, database=None)
    @given(
        st.builds(
            Situation,
            day=st.dates(date(2022, 1, 1), date(2030, 12, 31)),
            birth_date=st.dates(date(1992, 1, 1), date(2014, 12, 31)),
            sex=st.sampled_from(Sex),
            ground=st.sampled_from(Ground),
            status=st.sampled_from(EntryStatus),
            stated=st.frozensets(st.sampled_from(Circumstance)),
            in_register=st.booleans(),
        )
    )
    def holds(of: Situation) -> None:
        groups = book.groups(of)[0]
        if of.day >= date(2024, 1, 1):
            assert not {"kaa", "uvas"} <= set(groups)
        assert ("kaa" in groups) is in_kaa(of)

    holds()
    # Negative control: a rule without the exception puts a member of nineteen in both.
    always = date(2000, 1, 1)
    member = read_conditions(b'[{"kind": "kaa", "member": true}]')
    young = read_conditions(b'[{"kind": "age", "atLeast": 19, "atMost": 29}]')
    lax = RuleBook(
        [Rule("kaa", 1, always, None, "", member), Rule("uvas", 3, always, None, "", young)]
    )
    of = Situation(date(2024, 5, 1), date(2004, 6, 1), Sex.MEN, in_register=True)
    assert lax.groups(of)[0] == ["kaa", "uvas"]


GROUPS: tuple[tuple[dict[str, Any], str, Verdict], ...] = (
    ({"ground": "social_assistance"}, "social_assistance", Verdict.MET),
    ({"ground": "outreach"}, "social_assistance", Verdict.NOT_KNOWN),
    ({"stated": frozenset({"social_assistance"})}, "social_assistance", Verdict.MET),
    ({"stated": frozenset({"disability_support"})}, "disability", Verdict.MET),
    ({"ground": "disability_support"}, "disability", Verdict.MET),
    ({"sex": "men", "status": "inactive"}, "foreign_born_women", Verdict.NOT_MET),
    ({"status": "inactive"}, "foreign_born_women", Verdict.NOT_KNOWN),
    ({"status": "inactive", "country_of_birth": "other"}, "foreign_born_women", Verdict.MET),
    ({"status": "inactive", "country_of_birth": "nordic"}, "foreign_born_women", Verdict.MET),
    ({"country_of_birth": "sweden"}, "foreign_born_women", Verdict.NOT_KNOWN),
    (
        {"stated": frozenset({"foreign_born", "far_from_labour_market"})},
        "foreign_born_women",
        Verdict.MET,
    ),
    ({"arrived_on": date(2022, 10, 2)}, "newly_arrived", Verdict.MET),
    ({"arrived_on": date(2022, 10, 1)}, "newly_arrived", Verdict.NOT_KNOWN),
    ({}, "newly_arrived", Verdict.NOT_KNOWN),
    ({"stated": frozenset({"newly_arrived"})}, "newly_arrived", Verdict.MET),
    ({"status": "long_term_unemployed"}, "long_term_unemployed", Verdict.MET),
    ({"unemployed_since": date(2023, 10, 1)}, "long_term_unemployed", Verdict.NOT_KNOWN),
    ({"unemployed_since": date(2023, 9, 30)}, "long_term_unemployed", Verdict.MET),
    (
        {"unemployed_since": date(2024, 3, 31), "birth_date": date(1999, 10, 2)},
        "long_term_unemployed",
        Verdict.MET,
    ),
    (
        {"unemployed_since": date(2024, 4, 1), "birth_date": date(1999, 10, 2)},
        "long_term_unemployed",
        Verdict.NOT_KNOWN,
    ),
    (
        {"unemployed_since": date(2024, 3, 31), "birth_date": date(1999, 10, 1)},
        "long_term_unemployed",
        Verdict.NOT_KNOWN,
    ),
    ({"birth_date": date(2000, 1, 1), "status": "inactive"}, "uvas", Verdict.NOT_KNOWN),
    ({"birth_date": date(2000, 1, 1), "status": "employed"}, "uvas", Verdict.NOT_MET),
    (
        {"birth_date": date(2000, 1, 1), "stated": frozenset({"in_studies"})},
        "uvas",
        Verdict.NOT_MET,
    ),
    (
        {
            "birth_date": date(2000, 1, 1),
            "status": "inactive",
            "stated": frozenset({"not_in_work_or_studies"}),
        },
        "uvas",
        Verdict.MET,
    ),
)


async def test_what_is_not_stated_is_not_known_and_no_group(book: RuleBook) -> None:
    for change, group, verdict in GROUPS:
        of = replace(SOMEBODY, **change)
        judged = {each.rule.group: each for each in book.explained(of)}
        assert judged[group].verdict is verdict, (change, group)
        assert (group in book.groups(of)[0]) is (verdict is Verdict.MET), (change, group)
        for told in judged[group].conditions:
            assert told.text.split(":")[0] in ("Uppfyllt", "Inte uppfyllt", "Inte känt")


def test_age_has_the_birthdays_of_the_calendar() -> None:
    for born in BORN:
        for years in (16, 19, 20, 29, 30):
            day = birthday(born, years)
            assert age_on(born, day) == years
            assert age_on(born, day - timedelta(days=1)) == years - 1


REFUSED_CONDITIONS = (
    b"[]",
    b"{}",
    b'[{"kind": "height"}]',
    b'[{"kind": "age", "atLeast": 19}]',
    b'[{"kind": "age", "atLeast": 19, "atMost": 29, "values": ["women"]}]',
    b'[{"kind": "sex", "values": ["other"]}]',
    b'[{"kind": "any", "alternatives": [{"kind": "kaa", "member": true}]}]',
    b'[{"kind": "kaa", "member": "yes"}]',
)


@pytest.mark.parametrize("data", REFUSED_CONDITIONS)
def test_what_is_no_condition_is_refused(data: bytes) -> None:
    with pytest.raises(NotConditions):
        read_conditions(data)
