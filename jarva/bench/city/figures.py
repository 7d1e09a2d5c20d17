"""The figures of a report in the database, against plain SQL over the same rows."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias

from jarva.bench.city import plain
from jarva.bench.city.plain import Disagreement
from jarva.bench.city.questions import FIGURES, REPORTS, Key, Report, key_of
from jarva.bench.measuring import Line
from shared.basis import reading_at
from shared.db import Database, driver
from shared.figures import Computed, FigureDefinition, Query, compute
from shared.figures.asking import UNSET
from shared.periods import Period

if TYPE_CHECKING:
    from jarva.bench.city.filling import Filled

_NOTE = "a GROUP BY of each question over the rows, read through; the same answers"
_TARGET = 1 / 30
_FIRST = 1 / 5
"""Of questions never asked before, of which people are counted from the facts themselves."""
_TIMED = 8
"""Questions of a report, spread over all of them, for which plain SQL is timed: it takes long."""

ONCE = Query("persons-enrolled", Period.year(2023), UNSET, ("sex", "age_group", "district"))

Place: TypeAlias = tuple[str, str, str]
"""A report's template, a service, and a basis by its name."""
Questions = Sequence[tuple[FigureDefinition, Query]]


async def first_asked(filled: Filled) -> dict[Place, float]:
    """Return the seconds of each report's figures while nothing is kept counted of them."""
    taken: dict[Place, float] = {}
    for report in REPORTS:
        for service, database in filled.databases.items():
            for name, basis in filled.bases.items():
                if questions := report.questions(service, basis):
                    seconds, _ = await _computed(database, questions, basis)
                    taken[report.template, service, name] = seconds
    return taken


async def of_report(
    filled: Filled, report: Report, *, rounds: int, first: Mapping[Place, float]
) -> tuple[list[Line], dict[str, dict[Key, int]]]:
    """Measure a report's figures now and at the past basis.

    Args:
        filled: the city.
        report: which report.
        rounds: how often the product is asked.
        first: what `first_asked` took; nothing is told of what it has not.

    Returns:
        a line for each service and basis, and the totals now, by figure.

    Raises:
        Disagreement: an answer is not the plain one.

    """
    lines: list[Line] = []
    totals: dict[str, dict[Key, int]] = {}
    for service, database in filled.databases.items():
        for name, basis in filled.bases.items():
            questions = report.questions(service, basis)
            if not questions:
                continue
            product, baseline, found = await _both(database, questions, basis, rounds)
            if basis == filled.now:
                totals[service] = found
            title = f"{report.template}: {len(questions)} figures of {service}, {name}"
            lines.append(Line(title, product * 1e3, baseline * 1e3, "ms", _TARGET, _NOTE))
            if (seconds := first.get((report.template, service, name))) is not None:
                title = f"{title}, never asked before"
                lines.append(Line(title, seconds * 1e3, baseline * 1e3, "ms", _FIRST, _NOTE))
    return lines, totals


async def counted_once(filled: Filled, *, rounds: int) -> list[Line]:
    """Measure people counted once by sex, age and district, in a year."""
    database, lines = filled.databases["participants"], []
    for name, basis in filled.bases.items():
        query = replace(ONCE, basis=basis)
        questions = [(FIGURES["participants"].checked(query)[0], query)]
        product, baseline, _ = await _both(database, questions, basis, rounds)
        title = f"persons of a year by sex, age, district, {name}"
        note = "COUNT DISTINCT over the same facts"
        lines.append(Line(title, product * 1e3, baseline * 1e3, "ms", _TARGET, note))
    return lines


async def _both(
    database: Database, questions: Questions, basis: datetime, rounds: int
) -> tuple[float, float, dict[Key, int]]:
    """Return median seconds of the product, seconds of plain SQL for as many, and the totals."""
    totals: dict[Key, int] = {}
    rounds_taken = [await _computed(database, questions, basis) for _ in range(rounds)]
    answers = rounds_taken[-1][1]
    async with reading_at(database, basis) as (session, _):
        conn = await driver(session)
        plainly = [await plain.answer(conn, each, query) for each, query in questions]
        await plain.unprepared(conn)
        began = time.perf_counter()
        timed = questions[:: -(-len(questions) // _TIMED)]
        for each, query in timed:
            await plain.answer(conn, each, query)
        baseline = (time.perf_counter() - began) * len(questions) / len(timed)
    for (_, query), product, hand in zip(questions, answers, plainly, strict=True):
        if not hand.agrees(product):
            raise Disagreement(f"{query}: {product} is not {hand}")
        totals[key_of(query)] = product.total
    return statistics.median(seconds for seconds, _ in rounds_taken), baseline, totals


async def _computed(
    database: Database, questions: Questions, basis: datetime
) -> tuple[float, list[Computed]]:
    """Return the seconds that the product takes for some questions, and its answers."""
    async with reading_at(database, basis) as (session, _):
        conn = await driver(session)
        began = time.perf_counter()
        answers = [await compute(conn, [each], query) for each, query in questions]
        return time.perf_counter() - began, answers
