"""What the journal of budget holds about claims and co-financing, as SQL over the records."""

from __future__ import annotations

from uuid import UUID

from services.budget.figures import FACTS
from shared.db import Connection
from shared.journal import Cause, settle

_OF_PROJECT = (
    "null::uuid as subject, {record} as record_id, '' as funder, '' as programme, '' as role,"
    " '' as department, p.number as project, '' as settlement_row"
)

COFINANCING_FACTS = f"""
    select 'cofinancing' as measure, h.month as happened_on,
           half_even(h.minutes * rate.amount, 60) as amount,
           {_OF_PROJECT.format(record="h.attestation_id")}
    from (select distinct on (attestation_id) * from participant_hours
          where attestation_id = any($1::uuid[]) order by attestation_id, version desc) h
    join project p on p.number = h.project
    join lateral (select programme_period, participant_rate from grant_decision
                  where project_id = p.id order by number desc limit 1) g on true
    join lateral (select amount from hourly_rate r
                  where r.programme_period = g.programme_period and r.kind = 'participant'
                    and r.code = g.participant_rate and r.valid_from <= h.month
                  order by r.valid_from desc, r.id desc limit 1) rate on true
"""
"""Rounded for each attestation; a claim rounds its line once, so the two may differ by öre."""

CLAIM_FACTS = f"""
    select 'claimed' as measure, e.happened_on,
           round(case s.state when 'submitted' then s.amount else s.decided end
                 * coalesce(e.exchange_rate, 1))::bigint as amount,
           {_OF_PROJECT.format(record="c.id")}
    from claim c join claim_standing s on s.claim_id = c.id join project p on p.id = c.project_id
    join claim_event e on e.claim_id = c.id and e.action = 'submitted'
    where c.id = any($1::uuid[]) and s.state in ('submitted', 'decided', 'paid')
    union all
    select 'paid', e.happened_on,
           case e.action when 'repaid' then -1 else 1 end
           * round(e.amount * coalesce(told.exchange_rate, 1))::bigint,
           {_OF_PROJECT.format(record="c.id")}
    from claim c join project p on p.id = c.project_id
    join claim_event told on told.claim_id = c.id and told.action = 'submitted'
    join claim_event e on e.claim_id = c.id and e.action in ('paid', 'repaid')
    where c.id = any($1::uuid[])
"""
"""Other currencies in kronor at the rate that the claim was submitted with."""


async def settle_claim(
    conn: Connection, claim_id: UUID, *, reason: str, withdrawn: bool = False
) -> None:
    """Make the journal agree with what has happened to a claim.

    What is decided and paid comes to a claim that is known: new, whatever day the claim is of.
    """
    cause = Cause.RETRACTION if withdrawn else Cause.PROGRESS
    await settle(
        conn, FACTS, "claim", [claim_id], wanted_sql=CLAIM_FACTS, reason=reason, cause=cause
    )
