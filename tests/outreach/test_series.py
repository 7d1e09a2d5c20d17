"""Figures over several years: with their breaks, and never as a sum of different things."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from shared.figures.series import NotWholeSteps, TooManyPoints, segments, steps
from shared.periods import Period
from tests.outreach.arena import Arena


async def test_uvas_reached_is_a_series_with_its_break(arena: Arena) -> None:
    twice, once = str(uuid4()), str(uuid4())
    for day, person in (
        ("2022-05-02", twice),
        ("2022-09-01", twice),
        ("2023-03-01", twice),
        ("2023-03-02", once),
        ("2024-02-01", once),
    ):
        await arena.contact(happenedOn=day, personId=person)
    basis = await arena.basis()
    asked = {"period": "2022-01-01/2024-12-31", "step": "year", "basis": basis}
    read = await arena.read("/figures/uvas-reached/series", **asked)
    assert (read["unit"], read["step"], read["basis"]) == ("persons", "year", basis)
    points = {point["period"]: point["total"] for point in read["points"]}
    assert points == {"2022": 1, "2023": 2, "2024": 1}
    assert [each["on"] for each in read["breaks"]] == ["2024-01-01"]
    assert "aktivitetsansvar" in read["breaks"][0]["text"]
    assert read["segments"] == [
        {"first": "2022", "last": "2023"},
        {"first": "2024", "last": "2024"},
    ]
    assert [each["kind"] for each in read["notes"]] == ["not-a-sum"]
    for point, version in zip(read["points"], (1, 1, 2), strict=True):
        alone = await arena.figure("uvas-reached", point["period"], basis=basis)
        assert {name: alone[name] for name in point} == point
        everybodys, own = point["countingRules"][-1], point["countingRules"][:-1]
        assert (everybodys["operation"], everybodys["version"]) == (None, version)
        assert [rule["operation"] for rule in own] == ["jobbtorg-outreach"]
    assert "19–29 år, utan ungdomar i KAA" in read["countingRules"][-1]["note"]  # noqa: RUF001
    await arena.contact(happenedOn="2022-05-02", personId=str(uuid4()))
    assert await arena.read("/figures/uvas-reached/series", **asked) == read


async def test_a_changed_counting_rule_parts_the_series_where_it_begins(arena: Arena) -> None:
    rule = {"counts": "visitors", "validFrom": "2024-05-01", "note": "Ny rutin."}
    await arena.made("/operations/jobbtorg-outreach/counting-rules", rule)
    basis = await arena.basis()
    asked = {"period": "2024", "operation": "jobbtorg-outreach", "basis": basis}
    months = await arena.read("/figures/visits/series", step="month", **asked)
    assert [(each["first"], each["last"]) for each in months["segments"]] == [
        ("2024-01", "2024-04"),
        ("2024-05", "2024-12"),
    ]
    assert months["notes"] == []
    quarters = await arena.read("/figures/visits/series", step="quarter", **asked)
    assert [(each["first"], each["last"]) for each in quarters["segments"]] == [
        ("2024-Q1", "2024-Q1"),
        ("2024-Q2", "2024-Q2"),
        ("2024-Q3", "2024-Q4"),
    ]


async def test_rules_are_those_known_at_the_basis_of_operations_that_matter(arena: Arena) -> None:
    for day in ("2023-05-01", "2024-05-01"):
        await arena.contact(happenedOn=day, personId=str(uuid4()))
    old = await arena.basis()
    body = {"counts": "visitors", "validFrom": "2024-01-01", "note": "Beslut."}
    await arena.made("/operations/jobbtorg-outreach/counting-rules", body)
    years: dict[str, Any] = {"period": "2022-01-01/2024-12-31"}
    first = {
        "operation": "jobbtorg-outreach",
        "version": 1,
        "counts": "two_way_contacts",
        "unit": "contacts",
        "validFrom": "2019-01-01",
        "validTo": None,
        "note": "",
    }
    second = {**first, "version": 2, "counts": "visitors", "unit": "visits"}
    second |= {"validFrom": "2024-01-01", "note": "Beslut."}
    before = await arena.read("/figures/persons-reached", basis=old, **years)
    assert (before["total"], before["countingRules"], before["breaks"]) == (2, [first], [])
    at: dict[str, Any] = {"basis": await arena.basis()}
    after = await arena.read("/figures/persons-reached", **years, **at)
    assert after["countingRules"] == [{**first, "validTo": "2023-12-31"}, second]
    assert [each["on"] for each in after["breaks"]] == ["2024-01-01"]

    # Where no operation is asked for, those with nothing to count are not named.
    queries = [
        {"figure": "visits", "period": "2024"},
        {"figure": "visits", "period": "2024", "where": {"operation": ["jobbtorg-outreach"]}},
        {"figure": "contacts", "period": "2024", "where": {"operation": ["jobbtorg-outreach"]}},
    ]
    batch = await arena.call("POST", "/figure-queries", {"queries": queries, **at})
    assert [each["countingRules"] for each in batch.json()["answers"]] == [[], [second], []]

    # 2024 has nothing, as the rule says that contacts reach nobody: that goes with it.
    series = await arena.read("/figures/persons-reached/series", step="year", **years, **at)
    assert [each["total"] for each in series["points"]] == [0, 1, 0]
    versions = [[rule["version"] for rule in each["countingRules"]] for each in series["points"]]
    assert versions == [[1], [1], [2]]


async def test_a_sum_of_visits_and_persons_is_refused_with_an_explanation(arena: Arena) -> None:
    asked: tuple[tuple[str, dict[str, Any]], ...] = (
        ("/figures/visits", {}),
        ("/figures/visits/series", {"step": "year"}),
    )
    for path, step in asked:
        refused = await arena.call("GET", path, period="2024", plus="persons-reached", **step)
        problem = refused.json()
        assert (refused.status_code, problem["code"]) == (422, "mixed_units")
        assert problem["units"] == {"visits": "visits", "persons-reached": "persons"}
        assert problem["definitions"]["visits"].startswith("Antal räknade besök")
        assert "side by side" in problem["detail"]


def test_breaks_part_the_points_they_fall_between_or_in() -> None:
    years = steps(Period.parse("2020-01-01/2024-12-31"), "year")
    assert [str(year) for year in years] == ["2020", "2021", "2022", "2023", "2024"]
    assert segments(years, []) == [(0, 4)]
    assert segments(years, [date(2022, 1, 1)]) == [(0, 1), (2, 4)]
    assert segments(years, [date(2022, 7, 1)]) == [(0, 1), (2, 2), (3, 4)]
    assert segments(years, [date(2020, 1, 1), date(2024, 12, 31)]) == [(0, 3), (4, 4)]


def test_a_series_is_of_whole_steps_and_not_too_many() -> None:
    assert [str(each) for each in steps(Period.parse("2020-T2"), "month")] == [
        "2020-05",
        "2020-06",
        "2020-07",
        "2020-08",
    ]
    assert len(steps(Period.parse("2020-05-01/2021-04-30"), "tertial")) == 3
    with pytest.raises(NotWholeSteps):
        steps(Period.parse("2020-02-01/2020-12-31"), "quarter")
    with pytest.raises(NotWholeSteps):
        steps(Period.parse("2020-01-01/2020-11-30"), "year")
    with pytest.raises(TooManyPoints):
        steps(Period.parse("2000-01-01/2024-12-31"), "month")
