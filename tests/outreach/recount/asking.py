"""The same questions asked of the service and of the rows, and where the answers differ."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from pydantic.alias_generators import to_camel

from services.outreach.figures.definitions import FIGURES
from shared.db import driver
from shared.figures import FigureDefinition
from shared.periods import Period
from tests.counting import Answer, Counted, of_period, tally
from tests.outreach.arena import Arena
from tests.outreach.recount.figures import LISTS, TABLES
from tests.outreach.recount.own_counts import Numbers, own_counts
from tests.outreach.recount.rows import Rows, read

WHOLE = "2022-01-01/2024-12-31"
PERIODS = (WHOLE, "2023", "2024-03")
STEPS = ("year", "tertial", "quarter")
EVERYWHERE = ("*",)


@dataclass(frozen=True)
class Question:
    """What somebody asks of a figure, who may see these units."""

    figure: FigureDefinition
    period: str
    by: tuple[str, ...]
    units: tuple[str, ...] = EVERYWHERE

    @property
    def named(self) -> list[str]:
        return [to_camel(name) for name in self.by]

    def body(self) -> dict[str, Any]:
        return {"figure": self.figure.name, "period": self.period, "by": self.named}

    def recounted(self, rows: Rows, period: str | None = None) -> Answer:
        """Return the answer from the rows, of the question's own period or a part of it."""
        counted = _counted(rows, self.figure.name, self.figure.kind, period or self.period)
        if self.units != EVERYWHERE and "unit" in self.figure.dimensions:
            counted = [thing for thing in counted if thing.by["unit"] in self.units]
        return tally(self.figure.kind, counted, self.by)


@lru_cache(maxsize=256)
def _listed(rows: Rows, name: str) -> list[Counted]:
    return LISTS[name](rows)


@lru_cache(maxsize=256)
def _counted(rows: Rows, name: str, kind: str, period: str) -> list[Counted]:
    asked = Period.parse(period)
    return of_period(kind, _listed(rows, name), str(asked.first), str(asked.last))


def questions() -> Iterator[Question]:
    """Yield every figure by nothing and by everything at once; in the long period by each."""
    for figure in FIGURES:
        for period in PERIODS:
            each = ((name,) for name in figure.dimensions) if period == WHOLE else ()
            for by in ((), *each, figure.dimensions):
                yield Question(figure, period, by)


@dataclass
class Compared:
    """What the service answers otherwise than the recount, and which figures are zero."""

    different: list[str] = field(default_factory=list)
    zero: set[str] = field(default_factory=lambda: {figure.name for figure in FIGURES})

    @property
    def figures(self) -> set[str]:
        """The figures that are answered otherwise."""
        return {each.partition(":")[0] for each in self.different}

    def note(self, question: Question, period: str, answered: Answer, recounted: Answer) -> None:
        if recounted != answered:
            which = f"{question.figure.name}: {period} by {question.by} of {question.units}"
            self.different.append(f"{which}: {answered}, not {recounted}")
        cells, total = recounted
        if cells and total:
            self.zero.discard(question.figure.name)


async def compared(
    arena: Arena, basis: str, rows: Rows, *, units: tuple[str, ...] = EVERYWHERE
) -> Compared:
    """Ask everything at a basis, and recount it from the rows as they were then.

    Who sees only some units asks only by everything at once.
    """
    asked = list(questions())
    if units != EVERYWHERE:
        asked = [Question(figure, WHOLE, figure.dimensions, units) for figure in FIGURES]
    found = Compared()
    for start in range(0, len(asked), 200):
        some = asked[start : start + 200]
        body = {"basis": basis, "queries": [question.body() for question in some]}
        response = await arena.call("POST", "/figure-queries", body, units=units)
        assert response.status_code == 200, response.text
        for question, answer in zip(some, response.json()["answers"], strict=True):
            recounted = question.recounted(rows)
            found.note(question, question.period, _answered(answer, question), recounted)
    await _compare_own_counts(arena, basis, rows, units, found)
    return found


async def _compare_own_counts(
    arena: Arena, basis: str, rows: Rows, units: tuple[str, ...], found: Compared
) -> None:
    """Ask for operations' own numbers at a basis, and recount them."""
    seen = None if units == EVERYWHERE else units
    for text in PERIODS:
        period = Period.parse(text)
        answer = await arena.read("/own-counts", period=text, basis=basis, units=units)
        answered: Numbers = {
            (each["operation"], each["rule"]["version"]): (each["unit"], each["value"])
            for each in answer["ownCounts"]
        }
        recounted = own_counts(rows, str(period.first), str(period.last), seen)
        if answered != recounted:
            found.different.append(f"own-counts: {text} of {units}: {answered}, not {recounted}")


async def compared_series(
    arena: Arena, basis: str, rows: Rows, chance: random.Random, *, of: int
) -> Compared:
    """Ask for the series of some figures at a basis: each point is recounted by itself."""
    found = Compared()
    for figure in chance.sample(list(FIGURES), of):
        question = Question(figure, WHOLE, figure.dimensions)
        answer = await arena.read(
            f"/figures/{figure.name}/series",
            period=WHOLE,
            step=chance.choice(STEPS),
            basis=basis,
            by=question.named,
        )
        for point in answer["points"]:
            recounted = question.recounted(rows, point["period"])
            found.note(question, point["period"], _answered(point, question), recounted)
    return found


async def taken(arena: Arena) -> tuple[str, Rows]:
    """Return a basis, and the rows of the tables as they are at it."""
    basis = await arena.basis()
    async with arena.db.read() as session:
        return basis, await read(await driver(session), TABLES)


def _answered(answer: dict[str, Any], question: Question) -> Answer:
    """Return what the service answered, in the recount's form."""
    cells = {
        tuple(str(row[name]) for name in question.named): row["value"]
        for row in answer["rows"]
        if row["value"]
    }
    return cells, answer["total"]
