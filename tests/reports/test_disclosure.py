"""No count under the threshold can be computed back from everything that was ever released."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.reports.domain.audience import Protection
from services.reports.domain.disclosure.protecting import Rules, protect
from services.reports.domain.disclosure.regions import (
    Cell,
    Family,
    Record,
    Region,
    Shown,
    box,
    rounded,
)
from tests.effort import effort
from tests.reports.attacker import History, Town, attacked

EVENTS: dict[str, tuple[str, ...]] = {
    "sex": ("women", "men"),
    "outcome": ("work", "studies", "other"),
}
PERSONS: dict[str, tuple[str, ...]] = {"sex": ("women", "men"), "outcome": ("work", "other")}


KNOWS_THE_VALUES = 24
"""A life in which only who knows that there are no more values than those listed finds a count."""

ROUNDS_MUST_BE_UNTOLD = 4
"""A town whose first table narrows a rounded count though all of its cells are rounded."""

ASKED_FOR_AGAIN = 140
"""A town in which a value that stands alone was narrowed before anybody asked for it."""


def town(dimensions: dict[str, tuple[str, ...]], seed: int, *, distinct: bool = False) -> Town:
    return Town(dimensions, distinct, random.Random(seed))


@pytest.mark.parametrize(
    ("dimensions", "distinct"),
    [(EVENTS, False), (PERSONS, True)],
    ids=["events", "persons"],
)
@pytest.mark.parametrize("seed", sorted({*range(effort(2)), KNOWS_THE_VALUES, ASKED_FOR_AGAIN}))
def test_attacker_finds_no_small_count_in_releases_of_growing_facts(
    dimensions: dict[str, tuple[str, ...]], seed: int, *, distinct: bool
) -> None:
    history = History(town(dimensions, seed, distinct=distinct), Rules())
    assert list(attacked(history, 6)) == []


@pytest.mark.timeout(effort(120))
@pytest.mark.parametrize("distinct", [False, True], ids=["events", "persons"])
def test_attacker_finds_no_small_count_in_a_long_sequence(*, distinct: bool) -> None:
    dimensions = PERSONS if distinct else EVENTS
    history = History(town(dimensions, 0, distinct=distinct), Rules())
    releases = effort(20)
    assert list(attacked(history, releases, every=releases)) == []
    assert history.share_told() > 0.2, "who tells nothing gives nothing away"


@pytest.mark.timeout(effort(120))
def test_attacker_finds_no_small_count_in_a_long_sequence_of_growing_facts() -> None:
    history = History(town(EVENTS, 1), Rules())
    assert list(attacked(history, effort(10))) == []
    assert history.share_told() > 0.2


@pytest.mark.parametrize("seed", sorted({*range(effort(2)), ROUNDS_MUST_BE_UNTOLD}))
def test_attacker_leaves_every_rounded_count_its_band(seed: int) -> None:
    history = History(town(EVENTS, seed), Rules(protection=Protection.ROUNDING))
    assert list(attacked(history, 8)) == []


@pytest.mark.parametrize(
    "without",
    [
        {"rules": Rules(complementary=False)},
        {"rules": Rules(), "remembers": False},
        {"rules": Rules(), "margins": False},
    ],
    ids=["complementary_suppression", "earlier_releases", "margins"],
)
def test_attacker_finds_small_counts_without(without: dict[str, Any]) -> None:
    histories = (History(town(EVENTS, seed), **without) for seed in range(10))
    assert any(found for history in histories for found in attacked(history, 8))


def test_rounding_is_the_citys() -> None:
    assert [rounded(count) for count in range(9)] == [0, 0, 0, 5, 5, 5, 5, 5, 10]


def test_what_earlier_versions_told_is_remembered() -> None:
    family = Family("outreach/visits", distinct=False)
    basis = datetime(2025, 1, 1, tzinfo=UTC)
    year = (date(2024, 1, 1), date(2024, 12, 31))
    total, work, studies = (
        Region(family, *year, box(where))
        for where in ({}, {"outcome": ["work"]}, {"outcome": ["studies"]})
    )
    nothing_else = Region(family, *year, (), (studies.where, work.where))
    earlier = [
        Record(total, 20, Shown.EXACT, basis),
        Record(work, 3, Shown.WITHHELD, basis),
        Record(studies, 17, Shown.WITHHELD, basis),
        Record(nothing_else, 0, Shown.EXACT, basis),
    ]
    asked = [Cell(studies, 17), Cell(total, 20)]
    assert protect(asked, earlier, basis, Rules()) == {studies: Shown.UNTOLD, total: Shown.EXACT}
    alone = [Cell(studies, 17)]
    assert protect(alone, earlier, basis, Rules()) == {studies: Shown.UNTOLD}
    assert protect(alone, [], basis, Rules()) == {studies: Shown.EXACT}, "nobody knows the sum"
