"""No count under the threshold can be computed back from everything that was ever released."""

from __future__ import annotations

import random
from typing import Any

import pytest

from services.reports.domain.audience import Protection
from services.reports.domain.disclosure.protecting import Rules, rounded
from tests.effort import effort
from tests.reports.attacker import History, Town, attacked

EVENTS = {"sex": ("women", "men"), "outcome": ("work", "studies", "other")}
PERSONS = {"sex": ("women", "men"), "outcome": ("work", "other")}


KNOWS_THE_VALUES = 24
"""A life in which only who knows that there are no more values than those listed finds a count."""


ROUNDS_MUST_BE_WITHHELD = 4
"""A town whose first table narrows a rounded count though all of its cells are rounded."""


def town(dimensions: dict[str, tuple[str, ...]], seed: int, *, distinct: bool = False) -> Town:
    return Town(dimensions, distinct, random.Random(seed))


@pytest.mark.parametrize(
    ("dimensions", "distinct"),
    [(EVENTS, False), (PERSONS, True)],
    ids=["events", "persons"],
)
@pytest.mark.parametrize("seed", sorted({*range(effort(2)), KNOWS_THE_VALUES}))
def test_attacker_finds_no_small_count_in_releases_of_growing_facts(
    dimensions: dict[str, tuple[str, ...]], seed: int, *, distinct: bool
) -> None:
    history = History(town(dimensions, seed, distinct=distinct), Rules())
    assert list(attacked(history, 6)) == []


@pytest.mark.parametrize("seed", sorted({*range(effort(2)), ROUNDS_MUST_BE_WITHHELD}))
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
