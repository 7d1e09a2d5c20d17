"""Every figure equals a plain recount of the raw rows, in every breakdown, at every basis."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import pytest
from pydantic.alias_generators import to_camel

from services.outreach.figures.definitions import FIGURES
from services.outreach.models import JOURNAL
from shared.db import driver
from shared.figures import FigureDefinition
from shared.periods import Period
from tests.counting import Answer, of_period, tally
from tests.outreach.arena import Arena
from tests.outreach.histories import labour, meetings, partners, people
from tests.outreach.histories.history import Deed, History, catch_up, live
from tests.outreach.recount.figures import LISTS, TABLES
from tests.outreach.recount.rows import Rows, read
from tests.servers import DatabaseUrls

HISTORIES = int(os.environ.get("JARVA_OUTREACH_HISTORIES", "1"))
"""How many histories, each with a seed of its own."""
STEPS = int(os.environ.get("JARVA_OUTREACH_STEPS", "150"))
"""How much happens in each between two bases."""
PERIODS = ("2022-01-01/2024-12-31", "2023", "2024-03")
DEEDS: dict[Deed, int] = {**meetings.DEEDS, **labour.DEEDS, **partners.DEEDS, **people.DEEDS}


@dataclass(frozen=True)
class Question:
    figure: FigureDefinition
    period: str
    by: tuple[str, ...]

    def body(self) -> dict[str, Any]:
        by = [to_camel(name) for name in self.by]
        return {"figure": self.figure.name, "period": self.period, "by": by}

    def recounted(self, rows: Rows) -> Answer:
        period = Period.parse(self.period)
        kind, things = self.figure.kind, LISTS[self.figure.name](rows)
        counted = of_period(kind, things, str(period.first), str(period.last))
        return tally(kind, counted, self.by)


def questions() -> Iterator[Question]:
    """Yield every figure by nothing and by everything at once; in the long period by each."""
    for figure in FIGURES:
        for period in PERIODS:
            each = ((name,) for name in figure.dimensions) if period == PERIODS[0] else ()
            for by in ((), *each, figure.dimensions):
                yield Question(figure, period, by)


@dataclass
class Compared:
    """What the service answers otherwise than the recount, and which figures are zero."""

    different: list[str] = field(default_factory=list)
    zero: set[str] = field(default_factory=lambda: {figure.name for figure in FIGURES})


async def compared(arena: Arena, basis: str, rows: Rows) -> Compared:
    """Ask everything at a basis, and recount it from the rows as they were then."""
    asked, found = list(questions()), Compared()
    answers: list[dict[str, Any]] = []
    for start in range(0, len(asked), 200):
        bodies = [question.body() for question in asked[start : start + 200]]
        response = await arena.call("POST", "/figure-queries", {"basis": basis, "queries": bodies})
        assert response.status_code == 200, response.text
        answers += response.json()["answers"]
    for question, answer in zip(asked, answers, strict=True):
        cells, total = recounted = question.recounted(rows)
        if recounted != answered(answer):
            found.different.append(f"{question.body()}: {answered(answer)}, not {recounted}")
        if cells and total:
            found.zero.discard(question.figure.name)
    return found


def answered(answer: dict[str, Any]) -> Answer:
    """Return what the service answered, in the recount's form."""
    cells = {
        tuple(str(row[name]) for name in answer["by"]): row["value"]
        for row in answer["rows"]
        if row["value"]
    }
    return cells, answer["total"]


async def taken(arena: Arena) -> tuple[str, Rows]:
    """Return a basis, and the rows of the tables as they are at it."""
    basis = await arena.basis()
    async with arena.db.read() as session:
        return basis, await read(await driver(session), TABLES)


def test_no_figure_is_left_out() -> None:
    assert {figure.name for figure in FIGURES} <= set(LISTS)


@pytest.mark.parametrize("seed", range(HISTORIES))
@pytest.mark.timeout(300)
async def test_every_figure_equals_a_plain_recount_of_the_rows(arena: Arena, seed: int) -> None:
    history, done = History(arena, random.Random(seed)), Counter[str]()
    bases: list[tuple[str, Rows]] = []
    for last in (False, False, True):
        done += await live(history, DEEDS, STEPS)
        assert not last or await catch_up(history, DEEDS, done) == [], history.refused
        bases.append(await taken(arena))

    found = [await compared(arena, basis, rows) for basis, rows in bases]
    assert [each.different for each in found] == [[], [], []]
    assert set.intersection(*(each.zero for each in found)) == set()
    assert await arena.drifting() == {}
    # What happened after a basis did change what it had counted: the bases differ.
    (_, first), (later, _), _ = bases
    assert (await compared(arena, later, first)).different


async def test_the_recount_sees_what_went_past_the_journal(
    arena: Arena, outreach_urls: DatabaseUrls
) -> None:
    await live(History(arena, random.Random("control")), DEEDS, 150)
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
    assert _figures((await compared(arena, basis, changed)).different) >= {"contacts"}
    # A fact that is gone: the recount of the same rows misses it.
    await owner.execute(f"alter table {JOURNAL.table} disable trigger user")
    await owner.execute(
        f"delete from {JOURNAL.table} where id = (select max(id) from {JOURNAL.table}"
        " where measure = 'visits' and happened_on between '2022-01-01' and '2024-12-31')"
    )
    await owner.close()
    assert _figures((await compared(arena, basis, rows)).different) >= {"visits"}


def _figures(different: list[str]) -> set[str]:
    return {each.split("'")[3] for each in different}
