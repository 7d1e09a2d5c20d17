"""What the ledger adds up to at a basis."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from services.budget.domain.chart import GROUP_NAMES
from services.budget.domain.ledger_sums import Cell, LedgerSums
from services.budget.domain.periods import PeriodRange
from shared.db import Connection


class Shape(StrEnum):
    """In what shape the ledger is added up (`services.budget.figures`), as snapshots name it."""

    ACCOUNTS = "posting_account"
    PROJECTS = "posting_project"


async def added_up_until(
    conn: Connection,
    basis: datetime,
    shape: Shape = Shape.ACCOUNTS,
    *,
    from_postings: bool = False,
) -> datetime | None:
    """Return the instant of the newest snapshot of a shape at or before a basis.

    None when there is none, or none is to be believed. It is asked for by itself and bound as a
    value, and the rest of the transaction is planned for its own values: what was recorded since
    is then read as the little that it is, and everything where there is no snapshot. The driver
    prepares statements, and after five runs PostgreSQL would settle for one plan.
    """
    found: datetime | None = await conn.fetchval(_ADDED_UP, shape, basis, from_postings, column=1)
    return found


_ADDED_UP = """
    select set_config('plan_cache_mode', 'force_custom_plan', true) as planned,
           (select max(as_of) from journal_snapshot
            where journal = $1 and as_of <= $2 and not $3) as as_of
"""


def booked_facts(*, first: str, last: str, basis: str, since: str) -> str:
    """Return the SQL parts ``marked`` and ``facts``: accounts' marks, and what was booked.

    Facts are the snapshot of an instant (see `added_up_until`) and what was recorded since, or
    the postings alone where that is null. The arguments are SQL expressions, as a rule places of
    bound values. Postings are added up by account and period before anything is joined to them: a
    ledger has many more postings than those.
    """
    return f"""
    marked as (
        select distinct on (code) code, settlement_row from account_version
        where recorded_at <= {basis} order by code, version desc),
    facts as (
        select account, left(account, 2) as account_group, counterpart_class, period, amount
        from posting_account_sum
        where as_of = {since} and measure = 'postings' and period between {first} and {last}
        union all
        select account, left(account, 2), counterpart_class, period, sum(amount)::bigint
        from posting
        where recorded_at > coalesce({since}::timestamptz, '-infinity')
          and recorded_at <= {basis} and period between {first} and {last}
        group by account, counterpart_class, period)
    """


_CELLS = f"""
    with {booked_facts(first="$1", last="$4", basis="$5", since="$6")}
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


async def ledger_sums(
    conn: Connection, of: PeriodRange, basis: datetime, *, from_postings: bool = False
) -> LedgerSums:
    """Return every cell of a range and the names of the groups that accounts were given in.

    With ``from_postings`` no snapshot is believed, and every posting is added up again.
    """
    since = await added_up_until(conn, basis, from_postings=from_postings)
    cells = await conn.fetch(_CELLS, of.opening, of.start_of_year, of.first, of.last, basis, since)
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
