"""Looking up what cells counted at other bases, to know whether what was told of them holds.

Cells of one table are asked for together. What a service does not answer is left out: of a
figure about which something is not known the public is told nothing.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeAlias

from services.reports.domain.disclosure.regions import Record, Region, Shown
from services.reports.domain.planning import FigureQuery
from services.reports.gathering import REFUSED, ProviderFailed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

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

    async def one(service: str, basis: datetime, questions: Questions) -> None:
        answers = await providers[service].figures(list(questions), basis)
        for (query, regions), answer in zip(questions.items(), answers, strict=True):
            if REFUSED not in answer:
                found.extend(
                    Record(each, _value(answer, query, each), Shown.UNTOLD, basis)
                    for each in regions
                )

    asked = [
        one(service, basis, questions)
        for basis, regions in wanted.items()
        for service, questions in _questions(regions).items()
        if service in providers
    ]
    try:
        async with asyncio.timeout(time_budget):
            await asyncio.gather(*(_if_there(each) for each in asked))
    except TimeoutError:
        pass  # what was answered in time is known
    return found


async def _if_there(asking: Any) -> None:  # noqa: ANN401  a coroutine
    try:
        await asking
    except ProviderFailed:
        return


def _questions(regions: Sequence[Region]) -> dict[str, Questions]:
    """Return the fewest tables that hold all regions, by service."""
    by_service: dict[str, Questions] = {}
    for region in regions:
        service, figure = region.family.name.partition("@")[0].split("/")
        query = FigureQuery(
            figure,
            f"{region.first}/{region.last}",
            tuple(name for name, values in region.where if len(values) == 1),
            tuple((name, values) for name, values in region.where if len(values) > 1),
        )
        by_service.setdefault(service, {}).setdefault(query, []).append(region)
    return by_service


def _value(answer: Mapping[str, Any], query: FigureQuery, region: Region) -> int:
    """Return a region's number: its row of the table, or the table's total."""
    if not query.by:
        return int(answer["total"])
    named = {name: values[0] for name, values in region.where if name in query.by}
    for row in answer["rows"]:
        if all(row[name] == value for name, value in named.items()):
            return int(row["value"])
    return 0
