"""Why every figure moved between any two bases, told from who did what to which record."""

from __future__ import annotations

import random
from collections import Counter
from datetime import datetime
from typing import Any

import asyncpg
import pytest

from services.outreach.models import JOURNAL
from services.outreach.models.facts import DIMENSIONS
from shared.db import driver
from shared.figures import FigureDefinition
from shared.periods import Period
from tests.effort import effort
from tests.moves import PARTS, Booked, Move, change_of, unsound
from tests.outreach.arena import Arena
from tests.outreach.histories.causes import Witness
from tests.outreach.histories.deeds import DEEDS
from tests.outreach.histories.history import History
from tests.outreach.recount.asking import WHOLE, Question, questions
from tests.servers import DatabaseUrls

STEPS, LEAST, MOST = 130, 3, 10
"""How much happens between two bases, and how many of those there are."""
SAMPLE = 70
"""How many questions are asked of each two bases; between the first and the last, all are."""
Row = dict[str, Any]
Change = dict[str, Any]
Told = tuple[dict[tuple[str, ...], Change], Change]
"""The change of each cell, and of the total."""


@pytest.mark.parametrize("seed", range(effort(1)))
@pytest.mark.timeout(300)
async def test_parts_say_what_was_done_whatever_happens(arena: Arena, seed: int) -> None:
    witness = Witness(History(arena, random.Random(f"changes {seed}")))
    bases: list[str] = []
    moved, everything = Counter[str](), list(questions())
    # A kind that never moved anything is not tested: the history goes on until all have.
    while len(bases) < MOST and (len(bases) < LEAST or set(moved) < set(PARTS)):
        await witness.live(DEEDS, STEPS)
        bases.append(await arena.basis())
        if len(bases) > 1:
            some = witness.history.chance.sample(everything, SAMPLE)
            different, parts = await compared(arena, witness, *bases[-2:], asked=some)
            assert different == []
            moved += parts
    assert set(moved) == set(PARTS)
    different, _ = await compared(arena, witness, bases[0], bases[-1], asked=everything)
    assert different == []


async def test_a_cause_that_is_lost_or_wrong_is_seen(
    arena: Arena, outreach_urls: DatabaseUrls
) -> None:
    witness = Witness(History(arena, random.Random("control")))
    since = await arena.basis()
    await witness.live(DEEDS, STEPS)
    basis = await arena.basis()
    whole = [each for each in questions() if each.period == WHOLE and not each.by]
    assert (await compared(arena, witness, since, basis, asked=whole))[0] == []

    owner = await asyncpg.connect(outreach_urls.owner)
    await owner.execute(f"alter table {JOURNAL.table} disable trigger user")
    kept = "create table kept as select id, cause from outreach_fact"
    back = f"update {JOURNAL.table} f set cause = k.cause from kept k where k.id = f.id"
    await owner.execute(kept)
    for wrong in (
        "cause = null where cause = 'retraction'",
        "cause = 'correction' where cause = 'progress'",
        "cause = 'merge' where cause is null and measure = 'visits'",
    ):
        assert await owner.execute(f"update {JOURNAL.table} set {wrong}") != "UPDATE 0"
        assert (await compared(arena, witness, since, basis, asked=whole))[0], wrong
        await owner.execute(back)
    assert (await compared(arena, witness, since, basis, asked=whole))[0] == []
    await owner.close()


def test_parts_that_do_not_add_up_are_seen() -> None:
    sound = change_of((3, 5, 5, 4, 4, 4, 4, 9))
    assert not unsound(sound)
    for name in PARTS:
        dropped = {**sound["parts"], name: 0}
        assert unsound({**sound, "parts": dropped}) is bool(sound["parts"][name])
    assert unsound({**sound, "after": 8})
    assert unsound({**sound, "difference": 5})
    assert unsound({**sound, "before": None})


async def compared(
    arena: Arena, witness: Witness, since: str, basis: str, *, asked: list[Question]
) -> tuple[list[str], Counter[str]]:
    """Return what is answered otherwise than told or does not add up, and which parts moved."""
    rows = await _rows(arena)
    different, moved = [], Counter[str]()
    for start in range(0, len(asked), 200):
        some = asked[start : start + 200]
        changes = await _changes(arena, some, since, basis)
        before, after = [await _answers(arena, some, at) for at in (since, basis)]
        for question, change, *ends in zip(some, changes, before, after, strict=True):
            told = told_of(question, rows, witness.parts, since, basis)
            different += differences(question, change, told, ends)
            for each in change["cells"]:
                moved.update(name for name, value in each["parts"].items() if value)
    return different, moved


def told_of(
    question: Question, rows: list[Row], parts: dict[int, str | None], since: str, basis: str
) -> Told:
    """Return the change of each cell and the total as the deeds tell it."""
    figure = question.figure
    booked = [_booked(row, parts[row["id"]]) for row in rows if _about(figure, row)]
    instants = [datetime.fromisoformat(at) for at in (since, basis)]
    cells, total = Move(figure.kind, Period.parse(question.period), *instants).steps(
        booked, question.by
    )
    return {cell: change_of(steps) for cell, steps in cells.items()}, change_of(total)


def differences(
    question: Question, change: dict[str, Any], told: Told, ends: list[dict[str, Any]]
) -> list[str]:
    """Return what is wrong with an answered change, one line each."""
    which = f"{question.figure.name}: {question.period} by {question.by}"
    cells = {
        tuple(each[name] for name in question.named): {
            name: value for name, value in each.items() if name not in question.named
        }
        for each in change["cells"]
    }
    wrong = [f"{which}: {each} does not add up" for each in cells.values() if unsound(each)]
    wrong += [f"{which}: total does not add up"] * unsound(change["total"])
    for end, answer in zip(("before", "after"), ends, strict=True):
        values = {tuple(row[n] for n in question.named): row["value"] for row in answer["rows"]}
        said = {cell: each[end] for cell, each in cells.items() if each[end]}
        if said != {cell: value for cell, value in values.items() if value}:
            wrong.append(f"{which}: {end} is {said}, not {values}")
        if change["total"][end] != answer["total"]:
            wrong.append(f"{which}: {end} is {change['total'][end]}, not {answer['total']}")
    moved = {cell: each for cell, each in cells.items() if any(_values(each))}
    if moved != told[0]:
        wrong.append(f"{which}: {moved}, not {told[0]}")
    if change["total"] != told[1]:
        wrong.append(f"{which}: {change['total']} in all, not {told[1]}")
    return wrong


def _values(change: dict[str, Any]) -> list[int]:
    return [change["before"], change["after"], *change["parts"].values()]


async def _changes(
    arena: Arena, some: list[Question], since: str, basis: str
) -> list[dict[str, Any]]:
    body = {"since": since, "basis": basis, "queries": [each.body() for each in some]}
    response = await arena.call("POST", "/figure-changes", body)
    assert response.status_code == 200, response.text
    items: list[dict[str, Any]] = response.json()["items"]
    return items


async def _answers(arena: Arena, some: list[Question], basis: str) -> list[dict[str, Any]]:
    body = {"basis": basis, "queries": [each.body() for each in some]}
    response = await arena.call("POST", "/figure-queries", body)
    assert response.status_code == 200, response.text
    answers: list[dict[str, Any]] = response.json()["answers"]
    return answers


async def _rows(arena: Arena) -> list[Row]:
    async with arena.db.read() as session:
        found = await (await driver(session)).fetch("select * from outreach_fact order by id")
    return [dict(row) for row in found]


def _about(figure: FigureDefinition, row: Row) -> bool:
    return row["measure"] == figure.measure and all(
        row[name] in values for name, values in figure.where.items()
    )


def _booked(row: Row, part: str | None) -> Booked:
    return Booked(
        at=row["recorded_at"],
        part=part,
        day=row["happened_on"],
        record=row["record_id"],
        subject=row["subject"],
        amount=row["amount"],
        by={name: row[name] for name in DIMENSIONS},
    )
