"""What the ledger adds up to at a basis, and what can be wrong with it."""

from __future__ import annotations

from datetime import datetime

from services.budget.domain.chart import GROUP_NAMES
from services.budget.domain.ledger_sums import Cell, LedgerSums
from services.budget.domain.periods import PeriodRange
from services.budget.domain.ties import Imbalance
from shared.db import Connection


def booked_facts(*, first: str, last: str, basis: str, from_postings: str) -> str:
    """Return the SQL parts ``marked`` and ``facts``: accounts' marks, and what was booked.

    Facts are the newest snapshot at or before the basis and what was recorded since (see
    `shared.journal`), or the postings alone where ``from_postings`` is true. The arguments are
    SQL expressions, as a rule places of bound values. Postings are added up by account and
    period before anything is joined to them: a ledger has many more postings than those.
    """
    return f"""
    marked as (
        select distinct on (code) code, settlement_row from account_version
        where recorded_at <= {basis} order by code, version desc),
    snapshot as (
        select max(as_of) as at from journal_snapshot
        where journal = 'posting' and as_of <= {basis} and not {from_postings}),
    facts as (
        select account, account_group, counterpart_class, period, amount from posting_sum
        where as_of = (select at from snapshot) and measure = 'postings'
          and period between {first} and {last}
        union all
        select account, left(account, 2), counterpart_class, period, sum(amount)::bigint
        from posting
        where recorded_at > coalesce((select at from snapshot), '-infinity')
          and recorded_at <= {basis} and period between {first} and {last}
        group by account, counterpart_class, period)
    """


_CELLS = f"""
    with {booked_facts(first="$1", last="$4", basis="$5", from_postings="$6")}
    select f.account_group, f.counterpart_class, coalesce(m.settlement_row, '') as mark,
           coalesce(sum(f.amount) filter (where f.period = $1), 0)::bigint as opening,
           coalesce(sum(f.amount) filter (
               where f.period >= $2 and f.period < $3), 0)::bigint as before,
           coalesce(sum(f.amount) filter (where f.period >= $3), 0)::bigint as movement
    from facts f left join marked m on m.code = f.account and m.settlement_row is not null
    group by 1, 2, 3 order by 1, 2, 3
"""

_NAMES = """
    select a.account_group,
           (select v.name from account_version v
            where v.code = a.account_group and v.recorded_at <= $1
            order by v.version desc limit 1) as name
    from account a where a.recorded_at <= $1 group by a.account_group
"""

# Read from the postings themselves, never from a snapshot: what somebody changed behind the
# triggers' back is found here. By period too, which is its voucher's: so they come in the order
# of the index that holds all this asks for, and are added up one after the other.
_IMBALANCES = """
    select v.series, v.year, v.number, p.amount
    from (select voucher_id, sum(amount)::bigint as amount from posting
          where period between $1 and $2 and recorded_at <= $3
          group by period, voucher_id having sum(amount) <> 0) p
    join voucher v on v.id = p.voucher_id
    order by v.year, v.series, v.number limit 100
"""


async def ledger_sums(
    conn: Connection, of: PeriodRange, basis: datetime, *, from_postings: bool = False
) -> LedgerSums:
    """Return every cell of a range and the names of the groups that accounts were given in.

    With ``from_postings`` no snapshot is believed, and every posting is added up again.
    """
    cells = await conn.fetch(
        _CELLS, of.opening, of.start_of_year, of.first, of.last, basis, from_postings
    )
    return LedgerSums(
        cells=tuple(
            Cell(
                group=row["account_group"],
                counterpart_class=row["counterpart_class"],
                opening=row["opening"],
                before=row["before"],
                movement=row["movement"],
                mark=row["mark"],
            )
            for row in cells
        ),
        names=await group_names(conn, basis),
    )


async def group_names(conn: Connection, basis: datetime) -> dict[str, str]:
    """Return every group that has an account, with what it was called."""
    rows = await conn.fetch(_NAMES, basis)
    return {
        row["account_group"]: row["name"] or GROUP_NAMES.get(row["account_group"], "")
        for row in rows
    }


async def imbalances(conn: Connection, of: PeriodRange, basis: datetime) -> list[Imbalance]:
    """Return the year's vouchers up to the range's end that do not sum to zero (at most 100)."""
    rows = await conn.fetch(_IMBALANCES, of.opening, of.last, basis)
    return [
        Imbalance(f"{row['series']} {row['number']} ({row['year']})", row["amount"]) for row in rows
    ]
