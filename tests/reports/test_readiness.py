"""A tertial is ready when every month it uses is closed, however the news comes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from services.reports import readiness
from services.reports.readiness import PeriodNews
from shared.db import driver

if TYPE_CHECKING:
    from shared.db import Database

NOON = datetime(2020, 9, 7, 12, tzinfo=UTC)


def news(period: int, sequence: int, *, closed: bool) -> PeriodNews:
    return PeriodNews(period, closed, sequence, uuid4(), NOON + timedelta(hours=sequence))


async def tell(db: Database, *told: PeriodNews) -> None:
    async with db.begin() as session:
        conn = await driver(session)
        for one in told:
            await readiness.receive(conn, one)


async def ready(db: Database) -> dict[str, bool]:
    async with db.read() as session:
        found = await readiness.of_year(await driver(session), 2020)
    return {str(one.period): one.ready for one in found}


async def test_a_tertial_needs_every_month_of_the_year_so_far(reports_db: Database) -> None:
    await tell(reports_db, *(news(202000 + month, 1, closed=True) for month in range(2, 9)))
    assert await ready(reports_db) == {"2020-T1": False, "2020-T2": False, "2020-T3": False}
    await tell(reports_db, news(202001, 1, closed=True))
    assert await ready(reports_db) == {"2020-T1": True, "2020-T2": True, "2020-T3": False}
    await tell(reports_db, news(202005, 2, closed=False))
    assert await ready(reports_db) == {"2020-T1": True, "2020-T2": False, "2020-T3": False}
    async with reports_db.read() as session:
        second = (await readiness.of_year(await driver(session), 2020))[1]
    assert (second.open_periods, second.reopened) == ((202005,), (202005,))


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_news_may_come_twice_and_in_any_order(
    reports_db: Database, order: tuple[int, ...]
) -> None:
    others = [news(202000 + month, 1, closed=True) for month in (1, 2, 4)]
    march = [news(202003, number, closed=number != 2) for number in (1, 2, 3)]
    await tell(reports_db, *others, *(march[at] for at in (*order, *order)))
    assert (await ready(reports_db))["2020-T1"]


async def test_a_report_made_before_a_period_was_reopened_is_told_apart(
    reports_db: Database,
) -> None:
    await tell(reports_db, news(202003, 1, closed=True), news(202003, 2, closed=False))
    before, after = NOON, NOON + timedelta(days=1)
    async with reports_db.read() as session:
        found = await readiness.reopened_since(
            await driver(session),
            [
                ("tertialrapport", "2020-T2", before),
                ("tertialrapport", "2020-T2", after),
                ("fokus-jarva", "2020", before),
                ("tertialrapport", "2021-T1", before),
            ],
        )
    assert found == [[202003], [], [], []]
