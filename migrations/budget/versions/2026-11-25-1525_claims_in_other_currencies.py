"""Claims in other currencies: at a stated rate, which the claim is kept with."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ADDS_UP = """
create or replace function claim_adds_up() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $$
declare
    faulty integer;
    made claim;
    granted grant_decision;
    cap bigint;
    divisor numeric;
    eligible_sum bigint;
    in_kind_sum bigint;
begin
    select min(l.line) into faulty from claim_line l
    cross join lateral (
        select coalesce(sum(amount), 0) as amount, coalesce(sum(minutes), 0) as minutes
        from claim_source s where s.claim_id = l.claim_id and s.line = l.line) s
    cross join lateral (
        select coalesce(sum(b.amount), 0) as amount from claim_line b
        where b.claim_id = l.claim_id and b.line = any(l.base_lines)
          and b.kind in ('actual', 'unit_cost')) b
    where l.claim_id = new.claim_id and not case l.kind
        when 'actual' then l.amount = s.amount
        when 'flat_rate' then l.base = b.amount and l.amount = half_even(l.base * l.share, 10000)
        when 'excluded' then l.base = s.amount
        else l.minutes = s.minutes and l.amount = half_even(l.minutes * l.rate, 60) end;
    if faulty is not null then
        raise exception 'line % is not what its sources come to', faulty
            using errcode = 'check_violation', constraint = 'claim_line_adds_up',
                  table = 'claim_line';
    end if;
    select * into made from claim where id = new.claim_id;
    select * into granted from grant_decision
        where project_id = made.project_id and number = new.grant_number;
    select coalesce(sum(amount), 0), coalesce(sum(amount) filter (where kind = 'in_kind'), 0)
        into eligible_sum, in_kind_sum from claim_line where claim_id = new.claim_id;
    cap := case made.kind when 'advance' then made.advance
           else least(half_even(eligible_sum * granted.support_rate, 10000),
                      greatest(eligible_sum - in_kind_sum, 0)) end;
    if new.exchange_rate is not null and made.kind <> 'advance' then
        divisor := new.exchange_rate * 1000000;
        cap := sign(cap) * div(2 * abs(cap)::numeric * 1000000 + divisor, 2 * divisor);
    end if;
    if granted.number is null or (new.eligible, new.in_kind) <> (eligible_sum, in_kind_sum)
       or new.support <> cap
       or (made.kind = 'advance' and new.deducted + new.cut <> 0)
       or (granted.currency = 'SEK') <> (new.exchange_rate is null)
       or (new.exchange_rate is not null and not exists (
           select from exchange_rate r
           where (r.currency, r.rate, r.valid_on, r.source)
               = (granted.currency, new.exchange_rate, new.exchange_day, new.exchange_source)))
    then
        raise exception 'a claim is not what its lines come to'
            using errcode = 'check_violation', constraint = 'claim_adds_up', table = 'claim_event';
    end if;
    update claim_standing set frozen_in = null where claim_id = new.claim_id;
    return null;
end $$;
"""

ADDED_UP = """
create or replace function claim_adds_up() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $$
declare
    faulty integer;
    made claim;
    rate integer;
    eligible_sum bigint;
    in_kind_sum bigint;
begin
    select min(l.line) into faulty from claim_line l
    cross join lateral (
        select coalesce(sum(amount), 0) as amount, coalesce(sum(minutes), 0) as minutes
        from claim_source s where s.claim_id = l.claim_id and s.line = l.line) s
    cross join lateral (
        select coalesce(sum(b.amount), 0) as amount from claim_line b
        where b.claim_id = l.claim_id and b.line = any(l.base_lines)
          and b.kind in ('actual', 'unit_cost')) b
    where l.claim_id = new.claim_id and not case l.kind
        when 'actual' then l.amount = s.amount
        when 'flat_rate' then l.base = b.amount and l.amount = half_even(l.base * l.share, 10000)
        when 'excluded' then l.base = s.amount
        else l.minutes = s.minutes and l.amount = half_even(l.minutes * l.rate, 60) end;
    if faulty is not null then
        raise exception 'line % is not what its sources come to', faulty
            using errcode = 'check_violation', constraint = 'claim_line_adds_up',
                  table = 'claim_line';
    end if;
    select * into made from claim where id = new.claim_id;
    select support_rate into rate from grant_decision
        where project_id = made.project_id and number = new.grant_number;
    select coalesce(sum(amount), 0), coalesce(sum(amount) filter (where kind = 'in_kind'), 0)
        into eligible_sum, in_kind_sum from claim_line where claim_id = new.claim_id;
    if rate is null or (new.eligible, new.in_kind) <> (eligible_sum, in_kind_sum)
       or new.support <> (case made.kind when 'advance' then made.advance
            else least(half_even(eligible_sum * rate, 10000), greatest(eligible_sum - in_kind_sum, 0)) end)
       or (made.kind = 'advance' and new.deducted + new.cut <> 0)
    then
        raise exception 'a claim is not what its lines come to'
            using errcode = 'check_violation', constraint = 'claim_adds_up', table = 'claim_event';
    end if;
    update claim_standing set frozen_in = null where claim_id = new.claim_id;
    return null;
end $$;
"""


def upgrade() -> None:
    op.add_column("claim_event", sa.Column("exchange_rate", sa.Numeric(14, 6), nullable=True))
    op.add_column("claim_event", sa.Column("exchange_day", sa.Date(), nullable=True))
    op.add_column("claim_event", sa.Column("exchange_source", sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("claim_event_exchange_check"),
        "claim_event",
        "num_nulls(exchange_rate, exchange_day, exchange_source) in (0, 3)"
        " and (exchange_rate is null or action = 'submitted')",
    )
    op.execute(ADDS_UP.strip())


def downgrade() -> None:
    op.execute(ADDED_UP.strip())
    op.drop_constraint(op.f("claim_event_exchange_check"), "claim_event", type_="check")
    for column in ("exchange_source", "exchange_day", "exchange_rate"):
        op.drop_column("claim_event", column)
