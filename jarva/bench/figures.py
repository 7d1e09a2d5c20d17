"""A figure now and at a past basis, against a plain GROUP BY over the same facts."""

from __future__ import annotations

import time
from datetime import datetime

import asyncpg

from jarva.bench.measuring import Line, Measured, in_turns
from services.outreach.figures import FIGURES
from services.outreach.models import JOURNAL
from shared.basis import reading_at, wait_until_settled
from shared.db import Database, driver
from shared.figures import Query, compute
from shared.journal import take_snapshot
from shared.periods import Period

_BY = ("period", "unit", "sex", "age_group")
_PERIOD = Period.year(2023)
_BATCHES = 10
_TARGET = 1 / 30

# Spread over six years, four units, two sexes and three age groups.
_FACTS = """
    insert into outreach_fact (measure, happened_on, amount, record_kind, record_id, reason,
        unit, operation, venue, district, sex, age_group)
    select 'visits', date '2019-01-01' + (n * 7919 % 2190)::integer, 1, 'bench', uuidv7(), 'bench',
        'unit-' || n % 4, 'guidance', '', 'jarva', (array['women', 'men'])[1 + n / 4 % 2],
        (array['20-24', '25-29', '30-39'])[1 + n / 8 % 3]
    from generate_series($1::bigint, $2::bigint) n
"""
_PLAIN = """
    select extract(month from happened_on), unit, sex, age_group, sum(amount)
    from outreach_fact
    where measure = 'visits' and happened_on between $1 and $2 and recorded_at <= $3
    group by 1, 2, 3, 4 order by 1, 2, 3, 4
"""


async def visits_figure(db: Database, owner_url: str, *, facts: int, rounds: int) -> list[Line]:
    """Measure the visits of a year by month, unit, sex and age group."""
    past = await _fill(db, facts)
    await _vacuum(owner_url)
    now = await wait_until_settled(db)
    lines = []
    for name, basis in (("now", now), ("at a past basis", past)):
        figure, plain = await in_turns(rounds, _figure(db, basis), _plain(db, basis))
        title = f"figure {name}, {facts:,} facts".replace(",", " ")
        note = "GROUP BY over the same facts"
        lines.append(Line(title, figure * 1e3, plain * 1e3, "ms", _TARGET, note))
    return lines


async def _fill(db: Database, facts: int) -> datetime:
    """Record facts in batches with snapshots between; return a basis in the middle of a batch."""
    size = facts // _BATCHES
    past = None
    for number in range(_BATCHES):
        async with db.begin() as session:
            await (await driver(session)).execute(_FACTS, number * size + 1, (number + 1) * size)
        settled = await wait_until_settled(db)
        if number == _BATCHES // 2:
            past = settled
        else:
            async with db.begin() as session:
                await take_snapshot(await driver(session), JOURNAL)
    if past is None:
        raise RuntimeError("no batch was recorded")
    return past


async def _vacuum(owner_url: str) -> None:
    """Do at once what PostgreSQL's own vacuum does within minutes: statistics, BRIN summaries."""
    conn = await asyncpg.connect(owner_url)
    try:
        await conn.execute("vacuum analyze outreach_fact")
    finally:
        await conn.close()


def _figure(db: Database, basis: datetime) -> Measured:
    query = Query("visits", _PERIOD, basis, by=_BY)
    definitions = FIGURES.checked(query)

    async def measure() -> float:
        async with reading_at(db, basis) as (session, _):
            conn = await driver(session)
            began = time.perf_counter()
            await compute(conn, definitions, query)
            return time.perf_counter() - began

    return measure


def _plain(db: Database, basis: datetime) -> Measured:
    async def measure() -> float:
        async with reading_at(db, basis) as (session, _):
            conn = await driver(session)
            began = time.perf_counter()
            await conn.fetch(_PLAIN, _PERIOD.first, _PERIOD.last, basis)
            return time.perf_counter() - began

    return measure
