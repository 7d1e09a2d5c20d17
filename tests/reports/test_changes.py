"""How a value is taken through its steps, what others publish with it, and kept reports."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reports.changes import Between
from services.reports.domain.explaining import Explanation, Kept, items_of
from services.reports.domain.series_steps import Published, series_at_steps
from services.reports.domain.stepping import Changes
from services.reports.domain.steps import PARTS, STEPS, change_of, is_moved, steps_of
from shared.figures.change_answers import NotEarlier

Body = dict[str, Any]

SINCE = datetime(2025, 3, 1, 12, tzinfo=UTC)
SERIES = ("population", "2024")
VALUES = st.none() | st.integers(-1000, 1000) | st.floats(-1000, 1000).map(lambda v: round(v, 6))


@given(steps=st.lists(VALUES, min_size=len(STEPS), max_size=len(STEPS)), decimals=st.integers(0, 2))
def test_parts_sum_to_the_difference_as_it_is_shown(steps: list[Any], decimals: int) -> None:
    change = change_of(steps, decimals)
    assert (change["before"] is None) is (steps[0] is None)
    assert (change["after"] is None) is (steps[-1] is None)
    if steps[0] is None or steps[-1] is None:
        assert change["difference"] is change["parts"] is None
        return
    before, after = Decimal(change["before"]), Decimal(change["after"])
    assert abs(before - Decimal(str(steps[0]))) <= Decimal(5).scaleb(-decimals - 1)
    assert Decimal(change["difference"]) == after - before
    assert list(change["parts"]) == list(PARTS)
    assert sum(Decimal(part) for part in change["parts"].values()) == after - before


@given(steps=st.lists(st.integers(-9, 9), min_size=len(STEPS), max_size=len(STEPS)))
def test_steps_are_found_again_in_a_change(steps: list[int]) -> None:
    assert steps_of(change_of(steps, 0)) == steps
    assert is_moved(change_of(steps, 0)) is (len(set(steps)) > 1)


def test_a_step_without_a_value_moves_nothing() -> None:
    steps = [Decimal(1), None, None, None, Decimal(3), None, None, Decimal(4)]
    parts = change_of([None if step is None else float(step) for step in steps], 1)["parts"]
    assert {name: part for name, part in parts.items() if part != "0.0"} == {
        "retractions": "2.0",
        "areaChanges": "1.0",
    }


def published(
    after: int, value: int, vintage: str = "2024", *, retracted: bool = False
) -> Published:
    """Return a value recorded so many days after the earlier basis."""
    row = {"label": "jarva", "low": value, "high": value, "vintage": vintage}
    return Published(SINCE + timedelta(days=after), retracted, row)


def moved(*history: Published, period: str = "2024") -> Body:
    """Return the parts that are not zero of a series with one label."""
    key = (SERIES[0], period)
    steps = [step.get(key) for step in series_at_steps({key: history}, SINCE)]
    change = change_of([rows[0]["low"] if rows else 0 for rows in steps], 0)
    return {name: part for name, part in change["parts"].items() if part}


def test_what_others_publish_is_new_late_put_right_or_taken_back() -> None:
    first = published(-9, 100)
    assert moved(first) == {}
    assert moved(published(1, 100)) == {"lateFacts": 100}
    assert moved(published(1, 100), period="2025") == {"newFacts": 100}
    assert moved(published(1, 100), period="läsåret 24/25") == {"newFacts": 100}
    assert moved(first, published(1, 130)) == {"corrections": 30}
    assert moved(first, published(1, 130, "2025")) == {"newFacts": 30}
    assert moved(first, published(1, 100, retracted=True)) == {"retractions": -100}
    assert moved(first, published(1, 130, "2025"), published(2, 120, "2025")) == {
        "newFacts": 30,
        "corrections": -10,
    }


def test_what_is_taken_back_and_told_again_is_both() -> None:
    history = (published(-9, 100), published(1, 100, retracted=True), published(2, 90))
    assert sum(moved(*history).values()) == -10


def document(value: int, version: int = 1, share: float = 50.0) -> Body:
    """Return a report of one figure and one ratio of it."""
    head: Body = {"status": "ok", "reason": None, "notes": []}
    cell = {"period": "2024", "periodLabel": "2024", "tables": []}
    definition = {"service": "outreach", "figure": "visits", "version": version, "kind": "flow"}
    figure = {"kind": "figure", "key": "visits", "label": "Besök", "unit": "visits"}
    ratio = {"kind": "ratio", "key": "share", "label": "Andel", "unit": "percent"}
    items = [
        figure | head | {"definition": definition, "values": [cell | {"value": value}]},
        ratio
        | head
        | {
            "part": {"key": "visits"},
            "base": {"key": None},
            "values": [cell | {"value": share}],
        },
    ]
    names = ("template", "title", "period", "area", "programme", "names")
    return dict.fromkeys(names) | {
        "basis": "2025-03-01T12:00:00Z",
        "sections": [{"key": "one", "title": "Ett", "items": items}],
    }


def explained(kept: Kept | None) -> dict[str, Body]:
    """Return the changes of a report whose visits were 10, 13 with new facts, and 12 corrected."""
    values = [10, 13, 13, *[12] * 5]
    steps = [document(value, share=value * 1.5) for value in values]
    told = Explanation(steps, {}, Changes(), kept).document()
    return {
        key: item["tables"][0]["rows"][0]["cells"]["value"] | {"notes": item["notes"]}
        for key, item in items_of(told).items()
    }


def parts(change: Body) -> Body:
    return {name: part for name, part in change["parts"].items() if Decimal(part)}


def test_a_ratio_is_divided_anew_at_every_step() -> None:
    told = explained(None)
    assert parts(told["visits"]) == {"newFacts": 3, "corrections": -1}
    assert parts(told["share"]) == {"newFacts": "4.5", "corrections": "-1.5"}


def test_a_kept_report_that_says_the_same_changes_nothing() -> None:
    assert explained(Kept(document(12, share=18.0), is_later=True)) == explained(None)
    assert explained(Kept(document(10, share=15.0), is_later=False)) == explained(None)


@pytest.mark.parametrize(
    ("kept", "ends", "rules"),
    [
        (Kept(document(20, version=0, share=30.0), is_later=True), (10, 20), 8),
        (Kept(document(7, version=0, share=10.5), is_later=False), (7, 12), 3),
    ],
)
def test_what_a_kept_report_counted_by_an_earlier_definition_is_a_changed_rule(
    kept: Kept, ends: tuple[int, int], rules: int
) -> None:
    told = explained(kept)
    change = told["visits"]
    assert (change["before"], change["after"]) == ends
    assert parts(change) == {"newFacts": 3, "corrections": -1, "ruleChanges": rules}
    assert sum(change["parts"].values()) == change["difference"] == ends[1] - ends[0]
    assert "andra definitioner" in change["notes"][0]
    assert Decimal(told["share"]["parts"]["ruleChanges"]) == Decimal(rules) * Decimal("1.5")


def test_what_a_kept_report_says_otherwise_without_another_definition_is_not_split() -> None:
    change = explained(Kept(document(20), is_later=True))["visits"]
    assert (change["before"], change["after"], change["difference"]) == (10, 20, 10)
    assert change["parts"] is None
    assert "kan inte delas upp" in change["notes"][0]


def test_a_kept_report_is_told_to_or_from_whichever_basis_is_earlier() -> None:
    held, later = document(1), SINCE + timedelta(days=1)
    assert Between.of_kept(held, later, SINCE) == Between(SINCE, later, Kept(held, is_later=True))
    assert Between.of_kept(held, SINCE, later) == Between(SINCE, later, Kept(held, is_later=False))
    with pytest.raises(NotEarlier):
        Between.of_kept(held, SINCE, SINCE)
