"""A decision on a claim may let less of an advance stand as used than the claim deducted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

COUNTS = """
create or replace function claim_event_counts() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $$
declare
    made claim;
    held claim_standing;
    was_live boolean;
    settled bigint;
begin
    select * into made from claim where id = new.claim_id;
    select * into held from claim_standing where claim_id = new.claim_id for update;
    if held.state <> all (case new.action when 'submitted' then array['draft']
                                          when 'withdrawn' then array['draft', 'submitted']
                                          when 'paid' then array['decided']
                                          when 'repaid' then array['decided', 'paid']
                                          else array['submitted'] end)
       or (new.action = 'repaid' and made.kind <> 'final') then
        raise exception 'a claim that is % cannot be %', held.state, new.action
            using errcode = 'check_violation', constraint = 'claim_event_order',
                  table = 'claim_event';
    end if;
    was_live := held.state = 'submitted';
    if new.action = 'submitted' then
        if exists (select from grant_balance where project_id = made.project_id and final) then
            raise exception 'nothing is claimed after the final claim'
                using errcode = 'check_violation', constraint = 'claim_event_after_final',
                      table = 'claim_event';
        end if;
        update claim_standing
        set state = 'submitted', amount = new.amount, deducted = new.deducted,
            frozen_in = pg_current_xact_id()::text::bigint
        where claim_id = new.claim_id;
        update grant_balance
        set claimed = claimed + new.amount, deducted = deducted + new.deducted,
            final = made.kind = 'final'
        where project_id = made.project_id;
    elsif new.action in ('withdrawn', 'rejected') then
        update claim_standing set state = new.action where claim_id = new.claim_id;
        if was_live then
            update grant_balance
            set claimed = claimed - held.amount, deducted = deducted - held.deducted,
                final = final and made.kind <> 'final'
            where project_id = made.project_id;
            perform release_claimed(new.claim_id);
        end if;
    elsif new.action = 'decided' then
        settled := coalesce(new.settled, held.deducted);
        if settled > held.deducted then
            raise exception 'a decision settles no more of advances than the claim deducts'
                using errcode = 'check_violation', constraint = 'claim_event_settled',
                      table = 'claim_event';
        end if;
        update claim_standing
        set state = 'decided', decided = new.amount, deducted = settled
        where claim_id = new.claim_id;
        update grant_balance
        set claimed = claimed - held.amount + new.amount, decided = decided + new.amount,
            deducted = deducted - held.deducted + settled,
            advanced = advanced + case made.kind when 'advance' then new.amount else 0 end
        where project_id = made.project_id;
    elsif new.action = 'repaid' then
        update claim_standing set repaid = repaid + new.amount where claim_id = new.claim_id;
        update grant_balance set repaid = repaid + new.amount where project_id = made.project_id;
    else
        update claim_standing
        set paid = paid + new.amount,
            state = case when paid + new.amount = decided then 'paid' else 'decided' end
        where claim_id = new.claim_id;
        update grant_balance
        set paid = paid + new.amount,
            advance_paid = advance_paid + case made.kind when 'advance' then new.amount else 0 end
        where project_id = made.project_id;
    end if;
    update grant_balance set recorded_at = new.recorded_at where project_id = made.project_id;
    return null;
end $$;
"""

COUNTED = """
create or replace function claim_event_counts() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $$
declare
    made claim;
    held claim_standing;
    was_live boolean;
begin
    select * into made from claim where id = new.claim_id;
    select * into held from claim_standing where claim_id = new.claim_id for update;
    if held.state <> all (case new.action when 'submitted' then array['draft']
                                          when 'withdrawn' then array['draft', 'submitted']
                                          when 'paid' then array['decided']
                                          when 'repaid' then array['decided', 'paid']
                                          else array['submitted'] end)
       or (new.action = 'repaid' and made.kind <> 'final') then
        raise exception 'a claim that is % cannot be %', held.state, new.action
            using errcode = 'check_violation', constraint = 'claim_event_order',
                  table = 'claim_event';
    end if;
    was_live := held.state = 'submitted';
    if new.action = 'submitted' then
        if exists (select from grant_balance where project_id = made.project_id and final) then
            raise exception 'nothing is claimed after the final claim'
                using errcode = 'check_violation', constraint = 'claim_event_after_final',
                      table = 'claim_event';
        end if;
        update claim_standing
        set state = 'submitted', amount = new.amount, deducted = new.deducted,
            frozen_in = pg_current_xact_id()::text::bigint
        where claim_id = new.claim_id;
        update grant_balance
        set claimed = claimed + new.amount, deducted = deducted + new.deducted,
            final = made.kind = 'final'
        where project_id = made.project_id;
    elsif new.action in ('withdrawn', 'rejected') then
        update claim_standing set state = new.action where claim_id = new.claim_id;
        if was_live then
            update grant_balance
            set claimed = claimed - held.amount, deducted = deducted - held.deducted,
                final = final and made.kind <> 'final'
            where project_id = made.project_id;
            perform release_claimed(new.claim_id);
        end if;
    elsif new.action = 'decided' then
        update claim_standing set state = 'decided', decided = new.amount
        where claim_id = new.claim_id;
        update grant_balance
        set claimed = claimed - held.amount + new.amount, decided = decided + new.amount,
            advanced = advanced + case made.kind when 'advance' then new.amount else 0 end
        where project_id = made.project_id;
    elsif new.action = 'repaid' then
        update claim_standing set repaid = repaid + new.amount where claim_id = new.claim_id;
        update grant_balance set repaid = repaid + new.amount where project_id = made.project_id;
    else
        update claim_standing
        set paid = paid + new.amount,
            state = case when paid + new.amount = decided then 'paid' else 'decided' end
        where claim_id = new.claim_id;
        update grant_balance
        set paid = paid + new.amount,
            advance_paid = advance_paid + case made.kind when 'advance' then new.amount else 0 end
        where project_id = made.project_id;
    end if;
    update grant_balance set recorded_at = new.recorded_at where project_id = made.project_id;
    return null;
end $$;
"""


def upgrade() -> None:
    op.add_column("claim_event", sa.Column("settled", sa.BigInteger(), nullable=True))
    op.create_check_constraint(
        op.f("claim_event_settled_check"),
        "claim_event",
        "settled is null or (action = 'decided' and settled >= 0)",
    )
    op.execute(COUNTS.strip())


def downgrade() -> None:
    op.execute(COUNTED.strip())
    op.drop_constraint(op.f("claim_event_settled_check"), "claim_event", type_="check")
    op.drop_column("claim_event", "settled")
