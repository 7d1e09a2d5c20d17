"""The figures of a report in the database, against plain SQL over the same rows."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias

from jarva.bench.city import plain
from jarva.bench.city.questions import FIGURES, REPORTS, Key, Report, key_of
from jarva.bench.measuring import Line
from services.budget import statements
from services.budget.domain.periods import PeriodRange
from services.budget.domain.statements import RowKind
from shared.basis import reading_at
from shared.db import Database, driver
from shared.figures import Computed, FigureDefinition, Query, compute
from shared.figures.asking import UNSET
from shared.periods import Period

if TYPE_CHECKING:
    from jarva.bench.city.filling import Filled

_NOTE = "a GROUP BY of each question over the rows, read through; the same answers"
_TARGET = 1 / 30
_FIRST = 1 / 10
"""Of questions never asked before, of which people are counted from the facts themselves."""
_TIMED = 8
"""Questions of a report, spread over all of them, for which plain SQL is timed: it takes long."""

ONCE = Query("persons-enrolled", Period.year(2023), UNSET, ("sex", "age_group", "district"))

Place: TypeAlias = tuple[str, str, str]
"""A report's template, a service, and a basis by its name."""
Questions = Sequence[tuple[FigureDefinition, Query]]


class Disagreement(Exception):
    """The product and plain SQL say different things: nothing measured is worth anything."""


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


async def of_the_ledger(filled: Filled, *, rounds: int) -> list[Line]:
    """Measure all statements of two thirds of a year, now and at the past basis.

    Raises:
        Disagreement: an amount is not the plain sum.

    """
    lines = []
    asked = PeriodRange(202401, 202408)
    for name, basis in filled.bases.items():
        product, baseline = [], []
        for _ in range(rounds):
            async with reading_at(filled.databases["budget"], basis) as (session, _at):
                conn = await driver(session)
                began = time.perf_counter()
                made = await statements.report(conn, asked, basis)
                product.append(time.perf_counter() - began)
                await plain.unprepared(conn)
                began = time.perf_counter()
                sums = await conn.fetch(_BOOKED, asked.opening, asked.last, basis)
                baseline.append(time.perf_counter() - began)
            _compare(made, {row["account_group"]: row["amount"] for row in sums})
        title = f"all statements and ties of the ledger, {name}"
        note = "the year's postings added up by group and counterpart class"
        lines.append(
            Line(
                title,
                statistics.median(product) * 1e3,
                statistics.median(baseline) * 1e3,
                "ms",
                _TARGET,
                note,
            )
        )
    return lines


_BOOKED = """
    select account_group, sum(amount)::bigint as amount
    from (select a.account_group, c.counterpart_class, sum(p.amount) as amount
          from posting p join account a on a.code = p.account
          join counterpart c on c.code = p.counterpart
          where p.period between $1 and $2 and p.recorded_at <= $3
          group by 1, 2) by_class
    group by 1
"""


def _compare(made: statements.Report, plainly: Mapping[str, int]) -> None:
    income = made.statements["income-statement"]
    for row in income.rows:
        if row.kind is RowKind.GROUP and row.amounts["total"] != plainly.get(row.code, 0):
            raise Disagreement(f"account group {row.code}: {row.amounts} is not {plainly}")


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
