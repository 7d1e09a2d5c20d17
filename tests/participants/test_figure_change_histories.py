"""Why figures moved in random histories: the parts sum, and each is what was done of its kind."""

from __future__ import annotations

import random
from collections import Counter

import asyncpg
import pytest
from pydantic.alias_generators import to_camel

from services.participants.figures.definitions import FIGURES
from tests.effort import effort
from tests.participants.chronicle import CAUSES, Booked, Chronicle, pairs, sums
from tests.participants.city import City
from tests.participants.lives import arrive, live
from tests.participants.moving import KINDS, NEW, Moved, moved, nonzero, questions
from tests.servers import DatabaseUrls

PERIODS = ("2024", "2024-11-15/2025-09-30")


def otherwise(found: list[Moved], booked: list[Booked], between: tuple[str, str]) -> list[str]:
    """Return where the parts of a sum are not those of what was done."""
    different = []
    for each in found:
        figure = FIGURES.named(each.figure)
        if figure.kind not in {"flow", "stock"}:
            continue
        by = tuple(name for name in figure.dimensions if to_camel(name) in each.by)
        done = sums(booked, figure, each.period, by, between)
        for cell in {*done, *each.cells()}:
            told = nonzero(each.cells().get(cell, {}))
            counted = {kind: part for kind, part in done.get(cell, Counter()).items() if part}
            # Nobody is told to have come to a district and gone again.
            passed = "district" in by and not told and not sum(counted.values())
            if told != counted and not passed:
                different.append(f"{each.figure} {each.period} {cell}: {told}, done {counted}")
    return different


async def chronicle(city: City, seed: int) -> tuple[Chronicle, list[str]]:
    """Let things happen to some people; return what happened, and bases in between."""
    told = Chronicle(random.Random(seed), city)
    await told.begin(5)
    bases = [await city.basis()]
    for _ in range(effort(8)):
        for _ in range(12):
            await told.do()
        bases.append(await city.basis())
    return told, bases


@pytest.mark.timeout(effort(300))
async def test_parts_are_what_was_done_of_each_kind(
    city: City, participants_urls: DatabaseUrls
) -> None:
    done, bases = await chronicle(city, 7)
    assert [(it.deed, it.row["cause"]) for it in done.booked if not it.told_truly] == []
    assert {kind for kind in CAUSES if done.steps[kind]} == set(CAUSES)
    seen: Counter[str] = Counter()
    for between in pairs(bases, done.chance, 5):
        found = await moved(city, *between, questions(PERIODS, every=True))
        assert [fault for each in found for fault in each.faults()] == []
        assert otherwise(found, done.booked, between) == []
        seen.update(kind for each in found for kind in each.kinds())
    assert set(seen) == set(KINDS)

    # A row with another cause than what was done, and one with none: both are seen.
    owner = await asyncpg.connect(participants_urls.owner)
    await owner.execute("alter table participant_fact disable trigger user")
    for was, becomes in (("merge", "correction"), ("retraction", None)):
        await owner.execute("update participant_fact set cause = $2 where cause = $1", was, becomes)
        whole = bases[0], bases[-1]
        found = await moved(city, *whole, questions(PERIODS, every=True))
        assert [fault for each in found for fault in each.faults()] == []  # whatever they say
        assert otherwise(found, done.booked, whole) != []
    await owner.close()


@pytest.mark.timeout(effort(300))
async def test_parts_of_every_figure_sum_for_every_cell(city: City) -> None:
    chance = random.Random(30_000)
    rows = await arrive(city, chance, effort(240))
    earlier = await city.basis()
    await live(city, chance, rows)
    later = await city.basis()
    asked = questions(("2024", "2024-03"), every=True)
    # Seen from a day in the middle of it all, most of it is new, and the rest late.
    whole = await moved(city, "2024-06-30T12:00:00Z", later, asked)
    found = [*await moved(city, earlier, later, asked), *whole]
    assert [fault for each in found for fault in each.faults()] == []
    medians = {figure.name for figure in FIGURES if figure.kind == "median"}  # of nobody before
    still = {figure.name for figure in FIGURES} - {each.figure for each in found if each.kinds()}
    assert still == medians
    one = next(each for each in whole if NEW in each.parts())
    one.why["total"]["parts"][NEW] += 1  # a part that is not what it was
    assert list(one.faults()) != []
