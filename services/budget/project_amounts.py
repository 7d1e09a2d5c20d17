"""What a project is decided, planned and forecast to cost and earn, year by year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

from services.budget.domain.project_amounts import Entry, faults_of_entries
from services.budget.errors import ProjectNotFound, TermsContradictory
from services.budget.project_facts import settle_projects
from services.budget.project_versions import lock_newest
from services.budget.queries import exchange_rates
from shared.db import Connection
from shared.journal import Cause


async def record(
    conn: Connection,
    project_id: UUID,
    entries: Sequence[Entry],
    *,
    period: int,
    note: str,
    by: str,
) -> list[int]:
    """Record amounts as they were said in a period (YYYYPP); return their ids, in order.

    Entries are only added. Of those about the same thing the newest said holds.

    Raises:
        TermsContradictory: an amount has the wrong sign, or was said twice, or the like.
        ProjectNotFound: there is none.

    """
    faults = faults_of_entries(entries, period, note)
    if faults:
        raise TermsContradictory(invalid_parameters=[asdict(fault) for fault in faults])
    await exchange_rates.hold_still(conn)
    if await lock_newest(conn, project_id) is None:
        raise ProjectNotFound
    rows = await conn.fetch(
        """
        insert into project_year_amount
            (project_id, kind, flow, year, period, amount, currency, note, by, recorded_at)
        select $1, e.kind, e.flow, e.year, $2, e.amount, e.currency, $3, $4,
               greatest(now(), (select max(recorded_at) + interval '1 microsecond'
                                from project_year_amount where project_id = $1))
        from unnest($5::text[], $6::text[], $7::int[], $8::bigint[], $9::text[])
             with ordinality as e (kind, flow, year, amount, currency, position)
        order by e.position
        returning id
        """,
        project_id,
        period,
        note,
        by,
        [entry.kind for entry in entries],
        [entry.flow for entry in entries],
        [entry.year for entry in entries],
        [entry.amount and entry.amount.hundredths for entry in entries],
        [entry.amount and entry.amount.currency for entry in entries],
    )
    # What is newly said of a year follows what was said before: neither was wrong.
    reason = note or "amounts of years"
    await settle_projects(conn, [project_id], reason, cause=Cause.PROGRESS)
    return [row["id"] for row in rows]
