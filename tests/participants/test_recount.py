"""Every figure equals a plain recount of the raw rows, in every breakdown."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg
import pytest
from pydantic.alias_generators import to_camel

from services.participants.figures.definitions import FIGURES
from shared.db import driver
from shared.figures import FigureDefinition
from shared.periods import Period
from tests.counting import Answer, Counted, of_period, tally
from tests.effort import effort
from tests.participants.city import City
from tests.participants.lives import arrive, live
from tests.participants.recount.figures import LISTS, TABLES
from tests.participants.recount.rows import Rows, read
from tests.servers import DatabaseUrls

PERIODS = ("2023-04-01/2024-12-31", "2025-02")
MANY = effort(2000)
"""How many people are invented."""


def questions(periods: tuple[str, ...]) -> Iterator[Question]:
    """Yield every figure by nothing and by everything at once; in a long period by each."""
    for figure in FIGURES:
        for period in periods:
            each = ((name,) for name in figure.dimensions) if period == PERIODS[0] else ()
            for by in ((), *each, figure.dimensions):
                yield Question(figure, period, by)


@dataclass(frozen=True)
class Question:
    figure: FigureDefinition
    period: str
    by: tuple[str, ...]

    def body(self) -> dict[str, Any]:
        by = [to_camel(name) for name in self.by]
        return {"figure": self.figure.name, "period": self.period, "by": by}


class Recount:
    """The plain recount's answers at one basis."""

    def __init__(self, rows: Rows) -> None:
        self.things = {name: listed(rows) for name, listed in LISTS.items()}
        self.counted: dict[tuple[str, str], list[Counted]] = {}

    def answer(self, question: Question) -> Answer:
        figure, period = question.figure, Period.parse(question.period)
        key = figure.name, question.period
        if key not in self.counted:
            self.counted[key] = of_period(
                figure.kind, self.things[figure.name], str(period.first), str(period.last)
            )
        return tally(figure.kind, self.counted[key], question.by)


def answered(answer: dict[str, Any]) -> Answer:
    """Return what the service answered, in the same form."""
    cells = {
        tuple(str(row[name]) for name in answer["by"]): row["value"]
        for row in answer["rows"]
        if row["value"]
    }
    return cells, answer["total"]


async def asked(city: City, basis: str, questions: list[Question]) -> list[dict[str, Any]]:
    """Ask at one basis, a few hundred questions to a call."""
    answers: list[dict[str, Any]] = []
    for start in range(0, len(questions), 200):
        bodies = [question.body() for question in questions[start : start + 200]]
        response = await city.call("POST", "/figure-queries", {"basis": basis, "queries": bodies})
        assert response.status_code == 200, response.text
        answers += response.json()["answers"]
    return answers


async def compared(
    city: City, basis: str, periods: tuple[str, ...] = PERIODS
) -> tuple[list[str], set[str]]:
    """Return what the service answers otherwise than the recount, and which figures were zero."""
    async with city.db.read() as session:
        rows = await read(await driver(session), TABLES, datetime.fromisoformat(basis))
    recount = Recount(rows)
    wanted = list(questions(periods))
    answers = await asked(city, basis, wanted)
    empty = {figure.name for figure in FIGURES}
    different = []
    for question, answer in zip(wanted, answers, strict=True):
        recounted = recount.answer(question)
        if recounted != answered(answer):
            different.append(f"{question.body()}: {answered(answer)}, recounted {recounted}")
        if recounted[0]:
            empty.discard(question.figure.name)
    return different, empty


def test_no_figure_is_left_out() -> None:
    assert set(LISTS) == {figure.name for figure in FIGURES}


@pytest.mark.timeout(effort(300))
async def test_every_figure_equals_a_plain_recount_of_the_rows(
    city: City, participants_urls: DatabaseUrls
) -> None:
    chance = random.Random(20_000)
    rows = await arrive(city, chance, MANY)
    earlier = await city.basis()
    await live(city, chance, rows)
    different, empty = await compared(city, await city.basis())
    assert different == []
    assert empty == set()
    different, _ = await compared(city, earlier, periods=("2024",))
    assert different == []

    # A row changed behind the service's back: the recount sees it, the journal does not.
    owner = await asyncpg.connect(participants_urls.owner)
    await owner.execute(
        "update enrolment set ground = 'other_authority' where id = (select id from enrolment"
        " where retracted_at is null and started_on between '2024-01-01' and '2024-12-31'"
        " order by id limit 1)"
    )
    await owner.close()
    different, _ = await compared(city, await city.basis(), periods=("2024",))
    assert any("'figure': 'persons-enrolled'" in each for each in different)
