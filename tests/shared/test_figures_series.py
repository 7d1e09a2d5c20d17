"""Figures step by step: how far each step has come, and by which rules it was counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from shared.db import driver
from shared.figures import (
    FigureDefinition,
    Figures,
    Query,
    Remark,
    RuleInForce,
    SeriesBreak,
    answer,
    series,
)
from shared.figures.answers import BREAK, state_of
from shared.figures.counting_rules import last_days
from shared.periods import Period
from tests.shared.counting import FIGURES, create, metadata, now, some_stay

if TYPE_CHECKING:
    from shared.db import Connection
    from tests.conftest import ScratchDatabase

THREE_YEARS = Period.parse("2022-01-01/2024-12-31")
DECLARED = SeriesBreak(date(2024, 1, 1), "Från 2024 räknas unga från 19 år.")
RULES = (
    RuleInForce("north", 1, "attempts", "stays", date(2019, 1, 1), date(2022, 12, 31), ""),
    RuleInForce("north", 2, "stays", "stays", date(2023, 1, 1), None, "Beslut."),
)


async def _remarks(
    _conn: Connection, _definitions: tuple[FigureDefinition, ...], query: Query
) -> list[Remark]:
    known = Remark(BREAK, "Regel 2.", RULES[1].valid_from)
    return [known] if query.period.crosses(RULES[1].valid_from) else []


async def _rules(
    _conn: Connection, _definitions: tuple[FigureDefinition, ...], query: Query
) -> list[RuleInForce]:
    return [rule for rule in RULES if rule.in_force(query.period)]


async def test_points_carry_state_breaks_and_the_rules_in_force(
    scratch_database: ScratchDatabase,
) -> None:
    db, _ = await scratch_database(metadata)
    async with db.begin() as session:
        await create(await driver(session), "h", [some_stay(since=date(2023, 5, 1))])
    figures = Figures((replace(FIGURES.named("entries"), breaks=(DECLARED,)),))
    query = Query("entries", THREE_YEARS, await now(db))
    async with db.read() as session:
        conn = await driver(session)
        got = await series(conn, figures, query, "year", remarks=_remarks, counting_rules=_rules)
        whole = await answer(conn, figures, query, remarks=_remarks, counting_rules=_rules)
        plain = await series(conn, figures, query, "year")
        halves = await series(
            conn,
            figures,
            replace(query, period=Period.parse("2023-07-01/2024-06-30")),
            "month",
        )
    shown = [{"on": "2023-01-01", "text": "Regel 2."}, {"on": "2024-01-01", "text": DECLARED.text}]
    assert got["breaks"] == whole["breaks"] == shown
    assert got["countingRules"] == whole["countingRules"] == [rule.shown() for rule in RULES]
    assert [(rule["validFrom"], rule["validTo"]) for rule in whole["countingRules"]] == [
        ("2019-01-01", "2022-12-31"),
        ("2023-01-01", None),
    ]
    # Of a year in which nothing happened it is known too by which rule it has nothing.
    versions = [[rule["version"] for rule in each["countingRules"]] for each in got["points"]]
    assert ([each["total"] for each in got["points"]], versions) == ([0, 1, 0], [[1], [2], [2]])
    assert [each["breaks"] for each in got["points"]] == [[], [], []]
    assert [each["state"] for each in got["points"]] == ["complete"] * 3
    assert (plain["countingRules"], plain["points"][1]["countingRules"]) == ([], [])
    assert plain["breaks"] == halves["breaks"] == shown[1:]


@pytest.mark.parametrize(
    ("instant", "states"),
    [
        # Local days: Stockholm is an hour ahead of UTC in winter.
        (datetime(2023, 12, 31, 22, 59, tzinfo=UTC), ["open", "not_begun"]),
        (datetime(2023, 12, 31, 23, 0, tzinfo=UTC), ["complete", "open"]),
        (datetime(2024, 12, 31, 22, 59, tzinfo=UTC), ["complete", "open"]),
        (datetime(2024, 12, 31, 23, 0, tzinfo=UTC), ["complete", "complete"]),
        (datetime(2022, 12, 31, 22, 59, tzinfo=UTC), ["not_begun", "not_begun"]),
    ],
)
def test_a_period_is_over_when_its_last_local_day_is(instant: datetime, states: list[str]) -> None:
    assert [state_of(Period.year(year), instant) for year in (2023, 2024)] == states


def test_each_rule_holds_until_the_day_before_the_next() -> None:
    days = [date(2019, 1, 1), date(2024, 1, 1), date(2024, 3, 1)]
    assert last_days(days) == [date(2023, 12, 31), date(2024, 2, 29), None]
    assert last_days([]) == []
    held = [
        replace(RULES[0], valid_from=first, valid_to=last)
        for first, last in zip(days, last_days(days), strict=True)
    ]
    for text, expected in (
        ("2018", [False, False, False]),
        ("2023", [True, False, False]),
        ("2024-02", [False, True, False]),
        ("2023-12-31/2024-03-01", [True, True, True]),
        ("2025", [False, False, True]),
    ):
        assert [rule.in_force(Period.parse(text)) for rule in held] == expected
