"""Whole reports of a large city: in the database, over HTTP, now and at a past basis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jarva.bench.city import books, calling, catalogue, figures, standing
from jarva.bench.city.filling import JOURNALS, filled
from jarva.bench.city.questions import REPORTS
from jarva.bench.city.size import Size
from jarva.demo.loading import Target

if TYPE_CHECKING:
    from jarva.bench.city.filling import Told
    from jarva.bench.measuring import Line
    from jarva.running import Running


async def committee_reports(
    running: Running, *, participants: int, rounds: int, told: Told
) -> list[Line]:
    """Fill the services with a city, and measure the committee's reports about it.

    Every answer is compared with what plain SQL finds in the same rows.

    Raises:
        Disagreement: something was answered that is not so.

    """
    size = Size(participants)
    target = Target(running.urls, running.token(catalogue.SCOPES))
    catalogue.register(target)
    urls = {name: running.database_url(name) for name in JOURNALS}
    owner_urls = {name: running.owner_database_url(name) for name in JOURNALS}
    async with filled(urls, owner_urls, size, told) as city:
        told("figures that nobody has asked for before")
        first = await figures.first_asked(city)
        lines = [await standing.kept(running, target, city, told)]
        for report in REPORTS:
            told(f"report: {report.template}")
            measured, totals = await figures.of_report(city, report, rounds=rounds, first=first)
            lines += measured
            lines += await calling.of_report(running, target, report, city.bases, totals)
        lines += await figures.counted_once(city, rounds=rounds)
        lines += await books.of_the_ledger(city, rounds=rounds)
        return lines
