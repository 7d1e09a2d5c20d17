"""Every region that somebody may ask about is looked at, whatever is reckoned together."""

from __future__ import annotations

import random
from datetime import date
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from services.reports.domain.disclosure import space as spaces
from services.reports.domain.disclosure.columns import Columns, Grouped, Model
from services.reports.domain.disclosure.regions import Family, Region, box
from services.reports.domain.disclosure.space import Space

if TYPE_CHECKING:
    from collections.abc import Mapping

    from services.reports.domain.disclosure.regions import Box
    from services.reports.domain.disclosure.space import Bits

EXITS = Family("participants/exits", distinct=False)
VALUES = {"outcome": "abcde", "sex": "mw", "unit": "pq"}
SPANS = [(1, 12), (1, 4), (5, 8)]


def regions(seed: int) -> list[Region]:
    """Return some told regions, now and then with a part left out as earlier versions did."""
    chance = random.Random(seed)
    found = set()
    for _ in range(chance.randrange(1, 14)):
        first, last = chance.choice(SPANS)
        where, outside = (
            {
                name: chance.sample(values, chance.randrange(1, len(values)))
                for name, values in VALUES.items()
                if chance.random() < 0.6
            }
            for _ in range(2)
        )
        left_out = (box(outside),) if outside and chance.random() < 0.2 else ()
        days = date(2024, first, 1), date(2024, last, 28)
        found.add(Region(EXITS, *days, box(where), left_out))
    return sorted(found)


def one_by_one(space: Space, region: Region) -> list[bool]:
    """Return which atoms a region holds, each looked at for itself."""
    boxes = [each for one in space.regions for each in (one.where, *one.outside)]
    classes: list[list[str | None]] = [
        [*sorted({value for each in boxes for value in dict(each).get(name, ())}), None]
        for name in space.names
    ]
    found = []
    for day in space.starts:
        for held in product(*classes):
            values = dict(zip(space.names, held, strict=True))
            there = region.first <= day <= region.last and inside(values, region.where)
            found.append(there and not any(inside(values, each) for each in region.outside))
    return found


def inside(values: Mapping[str, Any], where: Box) -> bool:
    return all(values[name] in held for name, held in where)


@pytest.mark.parametrize("seed", range(20))
def test_a_region_holds_the_atoms_of_its_days_and_values(seed: int) -> None:
    space = Space(regions(seed))
    rows = space.atoms(space.regions)
    assert [*map(list, rows)] == [one_by_one(space, each) for each in space.regions]


@pytest.mark.parametrize("seed", range(20))
def test_what_every_question_holds_of_groups_is_counted_without_making_the_question(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    space = Space(regions(seed))
    grouped = Grouped.of(Columns(space, Model.ONE_ATOM), space.regions)
    for at_once in range(len(space.names) + 1):
        atoms = space.questions(at_once)
        member = np.eye(len(grouped.size))[grouped.place]
        assert len(atoms) == space.count_questions(at_once)
        for together in (4_000_000, 2 * len(grouped.place), 1):
            monkeypatch.setattr(spaces, "MAX_CELLS_AT_ONCE", together)
            counted = space.counted(at_once, grouped.place, len(grouped.size))
            assert (counted == atoms @ member).all(), "however few are counted together"


@pytest.mark.parametrize("model", [Model.ONE_ATOM, Model.ANY_SPANS])
@pytest.mark.parametrize("seed", range(8))
def test_no_question_is_left_out_for_being_like_another(seed: int, model: Model) -> None:
    space = Space(regions(seed))
    columns = Columns(space, model)
    grouped = Grouped.of(columns, space.regions)
    held = columns.of(space.questions(1)) @ np.eye(len(grouped.size))[grouped.place]
    asked = grouped.asked(space.regions, 1)
    assert pairs(asked.inner, asked.outer) >= pairs(held == grouped.size, held > 0)
    count = len(space.regions)
    named = columns.of_regions(space.regions)
    assert (asked.inner[:count] == (named @ np.eye(len(grouped.size))[grouped.place] > 0)).all()
    assert (asked.outer[:count] == asked.inner[:count]).all(), "told cells are made of groups"


def pairs(inner: Bits, outer: Bits) -> set[tuple[bytes, bytes]]:
    return {(least.tobytes(), most.tobytes()) for least, most in zip(inner, outer, strict=True)}
