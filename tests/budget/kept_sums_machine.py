"""The ledger at random, with its sums and checks taken at any moment, asked at any basis."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from services.budget.balance_checks import check_next
from services.budget.deviations import deviations_of
from services.budget.domain.periods import PeriodRange
from services.budget.figures import ACCOUNTS, PROJECTS
from services.budget.statements import report
from shared.basis import reading_at, wait_until_settled
from shared.db import driver
from shared.journal import Journal, take_snapshot
from tests.budget.ledger_machine import PARTS, LedgerMachine
from tests.budget.ledger_model import period_of

SHAPES = (ACCOUNTS, PROJECTS)
AT_ONCE = timedelta(0)

# What statements stand on, said once more from the vouchers themselves.
SOURCES = """
    select coalesce(v.source, 'trial-balance') as register, v.delivery_id,
           max(v.recorded_at) as booked_at, count(*) as vouchers
    from voucher v
    where v.delivery_id is not null and v.reversal_of is null
      and v.period between $1 and $2 and v.recorded_at <= $3
      and not exists (select from voucher r where r.reversal_of = v.id and r.recorded_at <= $3)
    group by v.delivery_id, v.source order by booked_at, v.delivery_id
"""


class KeptSumsMachine(LedgerMachine):
    """Everything that `LedgerMachine` does; whatever is kept of it changes no answer."""

    def __init__(self) -> None:
        super().__init__()
        self.bases: list[datetime] = []

    @rule()
    def remember(self) -> None:
        self.bases.append(self.run(wait_until_settled(self.db)))

    @rule(shape=st.sampled_from(SHAPES))
    def add_up(self, shape: Journal) -> None:
        async def added_up() -> None:
            async with self.db.begin() as session:
                await take_snapshot(await driver(session), shape)

        self.run(added_up())

    @rule(periods=st.integers(1, 15))
    def look_through(self, periods: int) -> None:
        for _ in range(periods):
            assert self.run(check_next(self.db, every=AT_ONCE))

    @precondition(lambda self: self.bases)
    @rule(at=st.integers(0, 20), first=PARTS, last=PARTS)
    def ask(self, at: int, first: int, last: int) -> None:
        of = PeriodRange(*sorted((period_of(max(first, 1)), period_of(max(last, 1)))))
        self.run(self.same_without(of, self.bases[at % len(self.bases)]))

    async def same_without(self, of: PeriodRange, basis: datetime) -> None:
        """Check that nothing kept says anything but what postings and vouchers say."""
        async with reading_at(self.db, basis) as (session, _):
            conn = await driver(session)
            kept = await report(conn, of, basis)
            assert kept == await report(conn, of, basis, from_postings=True)
            assert kept.sources == await conn.fetch(SOURCES, of.opening, of.last, basis)
            departing = await deviations_of(conn, of, basis)
            assert departing == await deviations_of(conn, of, basis, from_postings=True)
