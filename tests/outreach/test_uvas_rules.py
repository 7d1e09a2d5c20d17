"""Who counts as UVAS, as a dated rule held as data: added, counted by, and seen in figures."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.outreach.domain.codes import AgeGroup, TargetGroup
from services.outreach.domain.uvas import (
    KaaMembership,
    UvasRule,
    counted_group,
    in_kaa,
    uvas_breaks,
    uvas_rule_on,
    years_of,
)
from services.outreach.facts.people import COUNTED_GROUP, UVAS
from shared.db import driver
from tests.outreach.arena import READ, Arena, contact_body

RULES = (
    UvasRule(1, date(2000, 1, 1), 20, 29, without_kaa=False, note=""),
    UvasRule(2, date(2024, 1, 1), 19, 29, without_kaa=True, note="Not"),
)
UNTIL_2023, FROM_2024 = RULES


def test_age_groups_tell_their_years() -> None:
    years = [years_of(group) for group in AgeGroup]
    assert years == [
        *((0, 15), (16, 19), (20, 24), (25, 29), (30, 39)),
        *((40, 49), (50, 59), (60, 64), (65, 120), None),
    ]


def test_only_who_was_stated_as_uvas_can_count_as_uvas() -> None:
    for stated, group, member in product(TargetGroup, AgeGroup, (False, True)):
        counted = {counted_group(stated, group, rule, member=member) for rule in RULES}
        if stated is not TargetGroup.UVAS:
            assert counted == {stated}


@pytest.mark.parametrize(
    ("group", "until_2023", "from_2024", "member_from_2024"),
    [
        ("0-15", "other", "other", "other"),
        ("16-19", "other", "uvas", "kaa"),
        ("20-24", "uvas", "uvas", "kaa"),
        ("25-29", "uvas", "uvas", "kaa"),
        ("30-39", "other", "other", "other"),
        ("65-", "other", "other", "other"),
        ("unknown", "uvas", "uvas", "kaa"),
    ],
)
def test_age_group_wholly_outside_the_rule_does_not_count(
    group: str, until_2023: str, from_2024: str, member_from_2024: str
) -> None:
    def count(rule: UvasRule | None, *, member: bool) -> str:
        return counted_group(TargetGroup.UVAS, AgeGroup(group), rule, member=member)

    assert count(UNTIL_2023, member=False) == count(UNTIL_2023, member=True) == until_2023
    assert count(FROM_2024, member=False) == from_2024
    assert count(FROM_2024, member=True) == member_from_2024
    assert count(None, member=True) == "uvas"


def test_membership_is_from_its_first_day_to_the_day_before_its_end() -> None:
    of = KaaMembership(date(2024, 2, 1), date(2024, 3, 1))
    days = [date(2024, 1, 31), date(2024, 2, 1), date(2024, 2, 29), date(2024, 3, 1)]
    assert [in_kaa([of], day) for day in days] == [False, True, True, False]
    gone = KaaMembership(of.joined_on, of.until, retracted=True)
    assert not any(in_kaa([gone], day) for day in days)
    assert in_kaa([gone, of], days[1])


def test_breaks_lie_within_the_period() -> None:
    first = date(2024, 1, 1)
    assert uvas_breaks(RULES, date(2023, 12, 31), first) == [RULES]
    assert uvas_breaks(RULES, first, date(2024, 12, 31)) == []
    assert [
        uvas_rule_on(RULES, day) for day in (date(1999, 12, 31), date(2023, 12, 31), first)
    ] == [
        None,
        UNTIL_2023,
        FROM_2024,
    ]


ALL = """
    insert into contact (operation, unit, happened_on, channel, direction, person_id, sex,
                         age_group, target_group, recorded_by)
    select 'jobbtorg-outreach', 'unit', day, 'phone', 'two_way', person, 'women', age, stated,
           'test'
    from unnest($1::date[]) day, unnest($2::uuid[]) person, unnest($3::text[]) age,
         unnest($4::text[]) stated
"""
COUNTED = f"""
    select r.person_id, r.happened_on, r.age_group, r.target_group, {COUNTED_GROUP}
    from contact r {UVAS}
"""


async def test_sql_counts_as_the_rule_does(arena: Arena) -> None:
    """Every age group and stated group, day by day, of people who join, leave and are merged."""
    first = date(2023, 12, 29)
    days = [first + timedelta(days=n) for n in range(8)]
    people: dict[UUID | None, list[KaaMembership]] = {None: []}
    for joined, until in product(days[::2], days[1::2]):
        people[uuid4()] = [KaaMembership(joined, until)]
    people[uuid4()] = []
    people[uuid4()] = [KaaMembership(days[0], days[-1], retracted=True)]
    people[uuid4()] = [KaaMembership(days[1], days[3]), KaaMembership(days[4], days[6])]
    same = [uuid4() for _ in range(3)]
    own = {person: [KaaMembership(days[2 * n], days[2 * n + 2])] for n, person in enumerate(same)}
    together = [membership for memberships in own.values() for membership in memberships]
    known = people | own
    people |= dict.fromkeys(same, together)
    async with arena.db.begin() as session:
        conn = await driver(session)
        await conn.executemany(
            "insert into known_person values ($1, $2, 1)", [(each, same[1]) for each in same[:2]]
        )
        await conn.execute("insert into known_person values ($1, $2, 1)", same[2], same[1])
        await conn.executemany(
            "insert into known_kaa_membership values ($1, $2, 1, $3, $4, $5)",
            [
                (uuid4(), person, each.joined_on, each.until, each.retracted)
                for person, memberships in known.items()
                for each in memberships
            ],
        )
        groups = [TargetGroup.UVAS, TargetGroup.KAA, TargetGroup.OTHER, TargetGroup.UNKNOWN]
        await conn.execute(ALL, days, list(people), list(AgeGroup), groups)
        rows = await conn.fetch(COUNTED)
    assert len(rows) == len(days) * len(people) * len(AgeGroup) * len(groups)

    def wrong(rules: tuple[UvasRule, ...]) -> list[tuple[Any, ...]]:
        return [
            tuple(row)
            for row in rows
            for person, day, age, stated, counted in [tuple(row)]
            if counted
            != counted_group(
                TargetGroup(stated),
                AgeGroup(age),
                uvas_rule_on(rules, day),
                member=in_kaa(people[person], day),
            )
        ]

    assert wrong(RULES) == []
    # The control: one day more or less of the rule is seen.
    a_day_later = replace(FROM_2024, valid_from=FROM_2024.valid_from + timedelta(days=1))
    assert {row[1] for row in wrong((UNTIL_2023, a_day_later))} == {FROM_2024.valid_from}
    assert {row[4] for row in rows if row[3] == "uvas"} == {"uvas", "kaa", "other"}


async def test_series_of_uvas_breaks_where_the_rule_changes(arena: Arena) -> None:
    person = str(uuid4())
    for day in ("2022-05-01", "2022-06-01", "2023-05-01", "2024-05-01"):
        await arena.contact(happenedOn=day, personId=person)
    years = {year: await arena.figure("uvas-reached", year) for year in ("2022", "2023", "2024")}
    assert {year: (each["unit"], each["total"]) for year, each in years.items()} == dict.fromkeys(
        years, ("persons", 1)
    )
    assert [breaks(each) for each in years.values()] == [[], [], []]
    whole = await arena.figure("uvas-reached", "2022-01-01/2024-12-31")
    assert whole["total"] == 1
    ((day, text),) = breaks(whole)
    assert day == "2024-01-01"
    assert "UVAS är 19–29 år, utan ungdomar i KAA (regel 2)" in text  # noqa: RUF001  Swedish
    assert "tidigare 20–29 år, med ungdomar i KAA (regel 1)" in text  # noqa: RUF001  Swedish
    # Who else is asked for by target group sees it, and nobody besides.
    crossing = "2023-12-01/2024-01-31"
    by_group = await arena.figure("contacts", crossing, by="targetGroup")
    women = await arena.figure("contacts", crossing, targetGroup="women_far_from_work")
    contacts = await arena.figure("uvas-contacts", crossing)
    assert [len(breaks(each)) for each in (by_group, women, contacts)] == [1, 0, 1]
    assert "anonym kontakt" in contacts["notes"][0]["text"]


def breaks(figure: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        (note["on"], note["text"]) for note in figure["notes"] if note["kind"] == "series-break"
    ]


NEXT = {
    "validFrom": "2025-01-01",
    "youngest": 16,
    "oldest": 24,
    "withoutKaa": False,
    "note": "Påhittad för prov.",
}


async def test_rule_added_later_counts_anew_from_its_day(arena: Arena) -> None:
    rules = (await arena.read("/uvas-rules", scopes=(READ,)))["items"]
    assert [(each["version"], each["validFrom"]) for each in rules] == [
        (1, "2000-01-01"),
        (2, "2024-01-01"),
    ]
    for day, group in (("2024-12-31", "25-29"), ("2025-01-01", "25-29"), ("2025-01-01", "16-19")):
        await arena.contact(happenedOn=day, ageGroup=group, personId=str(uuid4()))
    old = await arena.basis()
    made = await arena.made("/uvas-rules", NEXT)
    assert made == {**NEXT, "version": 3}
    figures = [await arena.total("uvas-reached", year) for year in ("2024", "2025")]
    assert figures == [1, 1]
    assert await arena.total("uvas-reached", "2025", basis=old) == 2
    crossing = {"name": "uvas-reached", "period": "2024-12-01/2025-01-31"}
    assert breaks(await arena.figure(**crossing, basis=old)) == []
    ((day, _),) = breaks(await arena.figure(**crossing))
    assert day == "2025-01-01"
    assert await arena.drifting() == {}

    async def refused(**more: Any) -> str:  # noqa: ANN401  whatever a test sends
        return await arena.refused("POST", "/uvas-rules", {**NEXT, **more})

    assert await refused() == "409 uvas_rule_not_later"
    assert await refused(validFrom="2026-01-01", note="") == "409 uvas_rule_unchanged"
    later = {"validFrom": "2026-01-01"}
    assert await refused(**later, oldest=15) == "422 ages_out_of_order"
    assert await refused(**later, youngest=-1) == "422 invalid_request"
    read_only = {**NEXT, **later, "oldest": 30}
    refusal = await arena.refused("POST", "/uvas-rules", read_only, scopes=(READ,))
    assert refusal == "403 insufficient_scope"
    again = await arena.call("POST", "/contacts", contact_body(happenedOn="2025-02-01"))
    assert again.status_code == 201
