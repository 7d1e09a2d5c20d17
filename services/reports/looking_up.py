"""Looking up what cells counted at other bases, to know whether what was told of them holds.

Cells of one table are asked for together, and of a table only the part that they are in: who
wants one programme has not everybody counted. What a service does not answer is left out: of a
figure about which something is not known the public is told nothing.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

from services.reports.domain.disclosure.regions import Record, Region, Shown
from services.reports.domain.planning import FigureQuery
from services.reports.gathering import REFUSED, ProviderFailed
from shared.periods import Period

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from services.reports.gathering import Provider

Questions: TypeAlias = dict[FigureQuery, list[Region]]


async def counted(
    providers: Mapping[str, Provider],
    wanted: Mapping[datetime, Sequence[Region]],
    *,
    time_budget: float,
) -> list[Record]:
    """Return what regions counted, by basis, as records of which nothing is told.

    Args:
        providers: by service name.
        wanted: the regions, by basis.
        time_budget: seconds for everything together.

    """
    found: list[Record] = []

    async def one(service: str, basis: datetime, regions: Sequence[Region]) -> None:
        refused = await _asked(providers[service], basis, _narrow(regions), found)
        if refused:  # a value that was not known then is no condition, but may be no row either
            await _asked(providers[service], basis, _wide(refused), found)

    asked = [
        one(service, basis, regions)
        for basis, every in wanted.items()
        for service, regions in _by_service(every).items()
        if service in providers
    ]
    try:
        async with asyncio.timeout(time_budget):
            await asyncio.gather(*(_if_there(each) for each in asked))
    except TimeoutError:
        pass  # what was answered in time is known
    return found


async def _asked(
    provider: Provider, basis: datetime, questions: Questions, found: list[Record]
) -> list[Region]:
    """Ask questions, add what regions counted, and return those that were refused."""
    refused: list[Region] = []
    answers = await provider.figures(list(questions), basis)
    for (query, regions), answer in zip(questions.items(), answers, strict=True):
        if REFUSED in answer:
            refused += regions
            continue
        found.extend(
            Record(each, _value(answer, query, each), Shown.UNTOLD, basis) for each in regions
        )
    return refused


async def _if_there(asking: Any) -> None:  # noqa: ANN401  a coroutine
    try:
        await asking
    except ProviderFailed:
        return


def _by_service(regions: Sequence[Region]) -> dict[str, list[Region]]:
    found: dict[str, list[Region]] = {}
    for region in regions:
        found.setdefault(region.family.name.partition("/")[0], []).append(region)
    return found


def _wide(regions: Sequence[Region]) -> Questions:
    """Return the fewest tables that hold all regions, each whole."""
    found: Questions = {}
    for region in regions:
        found.setdefault(_query(region, frozenset()), []).append(region)
    return found


def _narrow(regions: Sequence[Region]) -> Questions:
    """Return the tables that hold all regions, of those values only that all of a table have.

    These are the questions that a report asks of its own programme or area. A region that is
    all of a table is the total of it.
    """
    alike: Questions = {}
    for held in _wide(regions).values():
        common = frozenset.intersection(*(frozenset(region.where) for region in held))
        alike.setdefault(_query(held[0], common), []).extend(held)
    for plain in [query for query in alike if not query.by]:
        for other in alike:
            if other.by and plain == replace(other, by=()):
                alike[other] += alike.pop(plain)
                break
    return alike


def _query(region: Region, common: frozenset[tuple[str, tuple[str, ...]]]) -> FigureQuery:
    """Return the question by each single value of a region that not all of its table have."""
    by = [
        (name, values)
        for name, values in region.where
        if len(values) == 1 and (name, values) not in common
    ]
    return FigureQuery(
        region.family.name.partition("@")[0].partition("/")[2],
        _written(region.first, region.last),
        tuple(name for name, _ in by),
        tuple(each for each in region.where if each not in by),
    )


def _written(first: date, last: date) -> str:
    """Return a span of days as a report writes it, for its question to be the same."""
    year, month = first.year, first.month
    named = (
        Period.day(first),
        Period.month(year, month),
        Period.quarter(year, (month + 2) // 3),
        Period.tertial(year, (month + 3) // 4),
        Period.year(year),
    )
    same = [each for each in named if (each.first, each.last) == (first, last)]
    return str(same[0]) if same else str(Period(first, last, "range"))


def _value(answer: Mapping[str, Any], query: FigureQuery, region: Region) -> int:
    """Return a region's number: its row of the table, or the table's total."""
    named = {
        name: values[0] for name, values in region.where if name in query.by and len(values) == 1
    }
    if not named:
        return int(answer["total"])
    for row in answer["rows"]:
        if all(row[name] == value for name, value in named.items()):
            return int(row["value"])
    return 0
