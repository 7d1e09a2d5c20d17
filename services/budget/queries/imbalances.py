"""Which vouchers do not sum to zero, and how far that has been looked for.

The ledger's rules let no such voucher in, so whoever finds one finds that somebody went around
them. Sums cannot tell: every posting is read, voucher by voucher. The worker does that again and
again (`services.budget.balance_checks`); a reader has its findings, and reads what came since.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from services.budget.domain.periods import PeriodRange
from services.budget.domain.ties import Imbalance
from shared.db import Connection

# Nothing is skipped while a period of the range has yet to be looked through.
_CHECKED = """
    select case when count(c.period) = count(*) then min(c.as_of) end as as_of,
           coalesce((select array_agg(found.id)
                     from balance_check b cross join unnest(b.unbalanced) found (id)
                     where b.period between $1 and $2), '{}') as unbalanced
    from ledger_period p left join balance_check c on c.period = p.period
    where p.period between $1 and $2
"""

# By period too, which is its voucher's: so postings come in the order of the index that holds
# all this asks for, and are added up one after the other.
_IMBALANCES = """
    select v.series, v.year, v.number, p.amount
    from (select voucher_id, sum(amount)::bigint as amount from posting
          where period between $1 and $2 and recorded_at <= $3
            and recorded_at > coalesce($4::timestamptz, '-infinity')
            and $3::timestamptz > coalesce($4::timestamptz, '-infinity')
            and voucher_id <> all($5::uuid[])
          group by period, voucher_id having sum(amount) <> 0
          union all
          select voucher_id, sum(amount)::bigint from posting
          where period between $1 and $2 and recorded_at <= $3 and voucher_id = any($5::uuid[])
          group by period, voucher_id having sum(amount) <> 0) p
    join voucher v on v.id = p.voucher_id
    order by v.year, v.series, v.number limit 100
"""

_DUE = """
    select p.period from ledger_period p left join balance_check c on c.period = p.period
    where c.period is null or c.checked_at < clock_timestamp() - $1::interval
       or (select sum(abs(d.vouchers)) from delivery_booking d
           where d.period = p.period and d.recorded_at > c.as_of and d.recorded_at <= $2) >= $3
    order by c.checked_at nulls first, p.period limit 1
"""

_NOTE = """
    insert into balance_check (period, as_of, checked_at, unbalanced)
    select $1, $2, clock_timestamp(), coalesce(array_agg(voucher_id), '{}')
    from (select voucher_id from posting where period = $1 and recorded_at <= $2
          group by voucher_id
          having sum(amount) <> 0 or min(recorded_at) <> max(recorded_at)) found
    on conflict (period) do update
        set as_of = excluded.as_of, checked_at = excluded.checked_at,
            unbalanced = excluded.unbalanced
    returning cardinality(unbalanced)
"""


async def unbalanced(
    conn: Connection, of: PeriodRange, basis: datetime, *, from_postings: bool = False
) -> list[Imbalance]:
    """Return the year's vouchers up to the range's end that do not sum to zero (at most 100).

    With ``from_postings`` no earlier check is believed, and every posting is read.
    """
    checked = None if from_postings else await conn.fetchrow(_CHECKED, of.opening, of.last)
    known = (checked["as_of"], checked["unbalanced"]) if checked else (None, [])
    rows = await conn.fetch(_IMBALANCES, of.opening, of.last, basis, *known)
    return [
        Imbalance(f"{row['series']} {row['number']} ({row['year']})", row["amount"]) for row in rows
    ]


async def period_due(
    conn: Connection, every: timedelta, as_of: datetime, *, vouchers: int
) -> int | None:
    """Return the period that was looked through longest ago of those that are due.

    Args:
        conn: any.
        every: how old a check may become.
        as_of: a settled instant, up to which deliveries are taken account of.
        vouchers: how many of them, delivered since its check, have a period looked through before.

    """
    found: int | None = await conn.fetchval(_DUE, every, as_of, vouchers)
    return found


async def check_period(conn: Connection, period: int, as_of: datetime) -> int:
    """Read a period's postings recorded up to a settled instant, and keep which do not balance.

    Returns:
        how many vouchers those are.

    """
    found: int = await conn.fetchval(_NOTE, period, as_of)
    return found
