"""Grants and claims as they are listed and read, and what they come to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from services.budget.claim_errors import ClaimLineNotFound, ClaimNotFound, GrantNotFound
from services.budget.domain.claims import Source
from shared.db import Connection

_CLAIM = """
    select c.id, c.project_id, p.number as project, c.number, c.kind, c.first_month, c.last_month,
           c.advance, c.by, c.recorded_at, s.state, s.amount, s.deducted, s.decided, s.paid,
           s.repaid, case when c.kind = 'final' and s.state in ('decided', 'paid')
                     then greatest(b.advance_paid - b.deducted, 0) else 0 end as repayable,
           (select currency from grant_decision
            where project_id = c.project_id and number = 1) as currency
    from claim c join claim_standing s on s.claim_id = c.id join project p on p.id = c.project_id
    join grant_balance b on b.project_id = c.project_id
"""

_EVENT = """
    select claim_id, action, happened_on, amount, grant_number, basis, eligible, in_kind, support,
           deducted, cut, exchange_rate, exchange_day, exchange_source, settled, reference,
           reason, by, recorded_at
    from claim_event
"""

# What a source is, for whoever asks for vouchers and hours behind a line.
_OPENED = """
    select s.line, s.kind, s.minutes, s.amount, s.record_id, s.record_version, s.posting_id,
           v.id as voucher_id, v.series, v.year, v.number, o.account, o.happened_on,
           h.employee, h.activity, h.function, coalesce(h.day, a.month) as day
    from {source} s
    left join posting o on o.id = s.posting_id
    left join voucher v on v.id = o.voucher_id
    left join staff_hours h on s.kind = 'staff_hours' and h.id = s.record_id
    left join participant_hours a on s.kind = 'participant_hours'
         and a.attestation_id = s.record_id and a.version = s.record_version
    order by s.line, s.ordinal
"""

_GIVEN = """
    (select * from unnest($1::int[], $2::text[], $3::bigint[], $4::uuid[], $5::int[], $6::bigint[],
                          $7::bigint[]) with ordinality as given (line, kind, posting_id, record_id,
                          record_version, minutes, amount, ordinal))
"""


async def balance(conn: Connection, project_id: UUID) -> asyncpg.Record:
    """Return what a project's grant and live claims come to now.

    Raises:
        GrantNotFound: nothing has been granted.

    """
    row: asyncpg.Record | None = await conn.fetchrow(
        "select granted, claimed, decided, paid, advanced, deducted, final from grant_balance"
        " where project_id = $1",
        project_id,
    )
    if row is None:
        raise GrantNotFound
    return row


async def grant_decisions(conn: Connection, project_id: UUID) -> list[asyncpg.Record]:
    """Return every decision on a project's grant, the first one first."""
    return await conn.fetch(
        "select * from grant_decision where project_id = $1 order by number", project_id
    )


async def claim(conn: Connection, claim_id: UUID) -> asyncpg.Record:
    """Return one claim with its standing.

    Raises:
        ClaimNotFound: there is none.

    """
    row: asyncpg.Record | None = await conn.fetchrow(f"{_CLAIM} where c.id = $1", claim_id)
    if row is None:
        raise ClaimNotFound
    return row


async def claims_page(
    conn: Connection, *, project: str | None, state: str | None, limit: int, offset: int
) -> tuple[list[asyncpg.Record], int]:
    """Return a page of claims by project and number, and how many there are."""
    where = "where ($1::text is null or p.number = $1) and ($2::text is null or s.state = $2)"
    rows = await conn.fetch(
        f"{_CLAIM} {where} order by p.number, c.number limit $3 offset $4",
        project,
        state,
        limit,
        offset,
    )
    total = await conn.fetchval(f"select count(*) from ({_CLAIM} {where}) listed", project, state)
    return rows, total


async def events(conn: Connection, claim_id: UUID) -> list[asyncpg.Record]:
    """Return what happened to a claim, in its order."""
    return await conn.fetch(f"{_EVENT} where claim_id = $1 order by id", claim_id)


async def lines(conn: Connection, claim_id: UUID) -> list[asyncpg.Record]:
    """Return the lines that a submitted claim was frozen with."""
    return await conn.fetch(
        "select line, kind, cost_type, code, minutes, rate, share, base, base_lines, amount"
        " from claim_line where claim_id = $1 order by line",
        claim_id,
    )


async def sources_page(
    conn: Connection, claim_id: UUID, line: int, *, limit: int, offset: int
) -> tuple[list[asyncpg.Record], int]:
    """Return a page of what a line stands on; a flat rate stands on its base lines' sources.

    Raises:
        ClaimLineNotFound: the submitted claim has no such line.

    """
    found = await conn.fetchrow(
        "select base_lines from claim_line where claim_id = $1 and line = $2", claim_id, line
    )
    if found is None:
        raise ClaimLineNotFound
    of = [line, *found["base_lines"]]
    kept = "(select * from claim_source where claim_id = $1 and line = any($2::int[]))"
    rows = await conn.fetch(
        f"{_OPENED.format(source=kept)} limit $3 offset $4", claim_id, of, limit, offset
    )
    total = await conn.fetchval(
        "select count(*) from claim_source where claim_id = $1 and line = any($2::int[])",
        claim_id,
        of,
    )
    return rows, total


async def opened(conn: Connection, sources: Sequence[tuple[int, Source]]) -> list[asyncpg.Record]:
    """Return what some sources of a draft are, each with the number of its line."""
    named = ("kind", "posting_id", "record_id", "record_version", "minutes", "amount")
    columns = [[getattr(source, name) for _, source in sources] for name in named]
    return await conn.fetch(_OPENED.format(source=_GIVEN), [line for line, _ in sources], *columns)


async def reopened_since(conn: Connection, claim_id: UUID) -> list[asyncpg.Record]:
    """Return the periods of a claim's postings that were reopened after it was submitted."""
    return await conn.fetch(
        """
        select e.period, e.reason, e.recorded_at from period_event e
        where e.action = 'reopened'
          and e.recorded_at > (select recorded_at from claim_event
                               where claim_id = $1 and action = 'submitted')
          and e.period in (select o.period from claim_source s join posting o on o.id = s.posting_id
                           where s.claim_id = $1)
        order by e.recorded_at, e.id
        """,
        claim_id,
    )


async def reversed_since(conn: Connection, claim_id: UUID) -> list[asyncpg.Record]:
    """Return the vouchers of a claim that were taken back after it was submitted, with the öre."""
    return await conn.fetch(
        """
        select r.reversal_of as voucher_id, r.id as reversal_id, r.reason, r.recorded_at,
               sum(s.amount)::bigint as amount
        from claim_source s
        join claim_line l using (claim_id, line)
        join posting o on o.id = s.posting_id
        join voucher r on r.reversal_of = o.voucher_id
        where s.claim_id = $1 and l.kind = 'actual'
          and r.recorded_at > (select basis from claim_event
                               where claim_id = $1 and action = 'submitted')
        group by r.id order by r.recorded_at, r.id
        """,
        claim_id,
    )


_MONEY = """
    select c.id, max(e.amount) filter (where e.action = 'submitted') as amount,
           max(e.amount) filter (where e.action = 'decided') as decided,
           coalesce(sum(e.amount) filter (where e.action = 'paid'), 0)::bigint as paid,
           coalesce(sum(e.amount) filter (where e.action = 'repaid'), 0)::bigint as repaid
    from claim c join claim_event e on e.claim_id = c.id and e.recorded_at <= $2
    where c.project_id = $1
    group by c.id
    having bool_or(e.action = 'submitted') and not bool_or(e.action in ('withdrawn', 'rejected'))
"""


async def financing(conn: Connection, project_id: UUID, basis: datetime) -> asyncpg.Record:
    """Return what was granted, asked for, claimed, decided, paid and repaid by a basis."""
    row: asyncpg.Record | None = await conn.fetchrow(
        f"""
        select (select amount from grant_decision where project_id = $1 and recorded_at <= $2
                order by number desc limit 1) as granted,
               (select currency from grant_decision where project_id = $1 and number = 1)
               as currency,
               coalesce(sum(amount), 0)::bigint as requested,
               coalesce(sum(coalesce(decided, amount)), 0)::bigint as claimed,
               coalesce(sum(decided), 0)::bigint as decided,
               coalesce(sum(paid - repaid), 0)::bigint as paid,
               coalesce(sum(repaid), 0)::bigint as repaid
        from ({_MONEY}) money
        """,
        project_id,
        basis,
    )
    if row is None or row["granted"] is None:
        raise GrantNotFound
    return row


async def financing_by_cost_type(
    conn: Connection, project_id: UUID, basis: datetime
) -> list[asyncpg.Record]:
    """Return the eligible öre of live claims by kind of line and cost type."""
    return await conn.fetch(
        f"""
        select l.kind, l.cost_type, sum(l.amount)::bigint as amount
        from ({_MONEY}) money join claim_line l on l.claim_id = money.id
        where l.kind <> 'excluded' group by l.kind, l.cost_type order by l.cost_type, l.kind
        """,
        project_id,
        basis,
    )
