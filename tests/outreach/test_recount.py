"""Every figure equals a plain recount of the raw rows, in every breakdown, at every basis."""

from __future__ import annotations

import random
from collections import Counter

import asyncpg
import pytest

from services.outreach.figures.definitions import FIGURES
from services.outreach.models import JOURNAL
from tests.effort import effort
from tests.outreach.arena import Arena
from tests.outreach.histories import referrals, reports
from tests.outreach.histories.deeds import DEEDS
from tests.outreach.histories.history import UNITS, History, catch_up, live
from tests.outreach.recount.asking import compared, compared_series, taken
from tests.outreach.recount.figures import LISTS
from tests.outreach.recount.rows import Rows
from tests.servers import DatabaseUrls

HISTORIES = effort(1)
"""How many histories, each with a seed of its own."""
STEPS = 110
"""How much happens in each between two bases."""
MOST = 6
"""How many times as much may happen until everything has been done and has counted."""


def test_no_figure_is_left_out() -> None:
    assert {figure.name for figure in FIGURES} <= set(LISTS)


@pytest.mark.parametrize("seed", range(HISTORIES))
@pytest.mark.timeout(300)
async def test_every_figure_equals_a_plain_recount_of_the_rows(arena: Arena, seed: int) -> None:
    history, done = History(arena, random.Random(seed)), Counter[str]()
    bases: list[tuple[str, Rows]] = []
    for _ in range(2):
        done += await live(history, DEEDS, STEPS)
        bases.append(await taken(arena))
    # What is always refused, or always zero, is not tested: the history goes on until nothing is.
    zero, refused = {figure.name for figure in FIGURES}, [""]
    for _ in range(MOST):
        if zero or refused:
            done += await live(history, DEEDS, STEPS)
            refused = await catch_up(history, DEEDS, done)
            bases.append(await taken(arena))
            found = await compared(arena, *bases[-1])
            assert found.different == []
            zero &= found.zero
    assert (refused, zero) == ([], set()), history.refused
    assert await referrals.wrongly_noted(history) == []
    assert await reports.wrongly_counted(history) == []
    assert await arena.drifting() == {}

    for basis, rows in bases[:-1]:
        assert (await compared(arena, basis, rows)).different == []
    for basis, rows in bases:
        of_one = await compared(arena, basis, rows, units=(history.one(UNITS),))
        series = await compared_series(arena, basis, rows, history.chance, of=6)
        assert of_one.different + series.different == []
    # What happened after a basis did change what it had counted: the bases differ.
    (_, first), (later, _), *_ = bases
    assert (await compared(arena, later, first)).different


async def test_the_recount_sees_what_went_past_the_journal(
    arena: Arena, outreach_urls: DatabaseUrls
) -> None:
    chance = random.Random("control")
    await live(History(arena, chance), DEEDS, STEPS)
    basis, rows = await taken(arena)
    assert (await compared(arena, basis, rows)).different == []

    owner = await asyncpg.connect(outreach_urls.owner)
    # A row changed behind the service's back: the recount sees it, the journal does not.
    await owner.execute(
        "update contact set channel = case channel when 'phone' then 'letter' else 'phone' end"
        " where id = (select id from contact where retracted_at is null"
        " and happened_on between '2022-01-01' and '2024-12-31' order by id limit 1)"
    )
    basis, changed = await taken(arena)
    assert (await compared(arena, basis, changed)).figures >= {"contacts"}
    every = len(list(FIGURES))
    assert (await compared_series(arena, basis, changed, chance, of=every)).figures >= {"contacts"}
    # A fact that is gone: the recount of the same rows misses it.
    await owner.execute(f"alter table {JOURNAL.table} disable trigger user")
    await owner.execute(
        f"delete from {JOURNAL.table} where id = (select max(f.id) from {JOURNAL.table} f"
        " where measure = 'visits' and happened_on between '2022-01-01' and '2024-12-31'"
        " and 'visitors' = (select counts from counting_rule c where c.operation = f.operation"
        " and c.valid_from <= f.happened_on order by c.valid_from desc limit 1))"
    )
    await owner.close()
    assert (await compared(arena, basis, rows)).figures >= {"visits", "own-counts"}
    assert (await compared(arena, basis, rows, units=UNITS)).figures >= {"visits"}
