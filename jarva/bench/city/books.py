"""Every statement and tie of the ledger in the database, against plain SQL over the same rows."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from jarva.bench.city import plain
from jarva.bench.city.plain import Disagreement
from jarva.bench.measuring import Line
from services.budget import statements
from services.budget.domain.periods import PeriodRange
from services.budget.domain.statements import RowKind
from shared.basis import reading_at
from shared.db import driver
from shared.journal.snapshots import THRESHOLD

if TYPE_CHECKING:
    from uuid import UUID

    from jarva.bench.city.filling import Filled
    from shared.db import Connection

_ASKED = PeriodRange(202401, 202408)
_NOTE = (
    "plain SQL reading postings and vouchers through, for sums, balance and sources; each of the"
    " three may take the share of all postings that a threshold of snapshots is"
)

_BOOKED = """
    select a.account_group, c.counterpart_class,
           sum(p.amount) filter (where p.period = $1) as opening,
           sum(p.amount) filter (where p.period > $1) as movement
    from posting p join account a on a.code = p.account
    join counterpart c on c.code = p.counterpart
    where p.period between $1 and $2 and p.recorded_at <= $3
    group by 1, 2
"""
_UNBALANCED = """
    select voucher_id from posting where period between $1 and $2 and recorded_at <= $3
    group by voucher_id having sum(amount) <> 0
"""
_SOURCES = """
    select v.delivery_id, count(*) as vouchers
    from voucher v left join voucher r on r.reversal_of = v.id and r.recorded_at <= $3
    where v.delivery_id is not null and v.reversal_of is null and r.id is null
      and v.period between $1 and $2 and v.recorded_at <= $3
    group by 1
"""


@dataclass(frozen=True, slots=True)
class _Plainly:
    """What plain SQL found: öre that groups moved by, vouchers that do not balance, sources."""

    moved: Mapping[str, int]
    unbalanced: int
    sources: Mapping[UUID, int]


async def of_the_ledger(filled: Filled, *, rounds: int) -> list[Line]:
    """Measure all statements of two thirds of a year, now and at the past basis.

    They add up what came since a snapshot, and that is a threshold at most; plain SQL reads all.

    Raises:
        Disagreement: an amount, a tie or a source is not the plain one.

    """
    lines = []
    for name, basis in filled.bases.items():
        product, baseline, postings = [], [], 0
        for _ in range(rounds):
            async with reading_at(filled.databases["budget"], basis) as (session, _at):
                conn = await driver(session)
                began = time.perf_counter()
                made = await statements.report(conn, _ASKED, basis)
                product.append(time.perf_counter() - began)
                await plain.unprepared(conn)
                began = time.perf_counter()
                plainly = await _read_through(conn, basis)
                baseline.append(time.perf_counter() - began)
                postings = await conn.fetchval("select count(*) from posting")
            _compare(made, plainly)
        title = f"all statements and ties of the ledger, {name}"
        taken, plain_took = (statistics.median(each) * 1e3 for each in (product, baseline))
        target = min(1.0, 3 * THRESHOLD / postings)
        lines.append(Line(title, taken, plain_took, "ms", target, _NOTE))
    return lines


async def _read_through(conn: Connection, basis: datetime) -> _Plainly:
    asked = (_ASKED.opening, _ASKED.last, basis)
    moved: dict[str, int] = {}
    for row in await conn.fetch(_BOOKED, *asked):
        group = row["account_group"]
        moved[group] = moved.get(group, 0) + int(row["movement"] or 0)
    return _Plainly(
        moved=moved,
        unbalanced=len(await conn.fetch(_UNBALANCED, *asked)),
        sources={row["delivery_id"]: row["vouchers"] for row in await conn.fetch(_SOURCES, *asked)},
    )


def _compare(made: statements.Report, plainly: _Plainly) -> None:
    income = made.statements["income-statement"]
    for row in income.rows:
        if row.kind is RowKind.GROUP and row.amounts["total"] != plainly.moved.get(row.code, 0):
            raise Disagreement(f"account group {row.code}: {row.amounts} is not {plainly.moved}")
    (balance,) = (tie for tie in made.ties if tie.tie.code == "vouchers-balance")
    if len(balance.named) != plainly.unbalanced:
        raise Disagreement(f"{balance.named} are not the {plainly.unbalanced} that do not balance")
    sources = {row["delivery_id"]: row["vouchers"] for row in made.sources}
    if sources != plainly.sources:
        raise Disagreement(f"{sources} are not the sources {plainly.sources}")
