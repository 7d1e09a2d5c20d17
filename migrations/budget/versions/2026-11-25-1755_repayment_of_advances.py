"""What was paid in advance and no claim has settled is repaid, once the final claim is decided."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

COUNTS = """
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
                                          else array['submitted'] end) then
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
    else
        update claim_standing
        set paid = paid + new.amount,
            state = case when paid + new.amount = decided then 'paid' else 'decided' end
        where claim_id = new.claim_id;
        update grant_balance set paid = paid + new.amount where project_id = made.project_id;
    end if;
    update grant_balance set recorded_at = new.recorded_at where project_id = made.project_id;
    return null;
end $$;
"""

PAID_SO_FAR = """
update grant_balance b set advance_paid = told.paid
from (select c.project_id, sum(s.paid)::bigint as paid
      from claim c join claim_standing s on s.claim_id = c.id
      where c.kind = 'advance' group by c.project_id) told
where b.project_id = told.project_id
"""

EARLIER = {
    "action": "action in ('submitted', 'withdrawn', 'decided', 'rejected', 'paid')",
    "amount": "(action in ('submitted', 'decided', 'paid')) = (amount is not null)",
    "amount_sign": "amount >= 0 and (action <> 'paid' or amount > 0)",
}
NOW = {
    "action": "action in ('submitted', 'withdrawn', 'decided', 'rejected', 'paid', 'repaid')",
    "amount": "(action in ('submitted', 'decided', 'paid', 'repaid')) = (amount is not null)",
    "amount_sign": "amount >= 0 and (action not in ('paid', 'repaid') or amount > 0)",
}
SUMS = (
    ("claim_standing", "repaid"),
    ("grant_balance", "repaid"),
    ("grant_balance", "advance_paid"),
)


def upgrade() -> None:
    for table, name in SUMS:
        op.add_column(
            table,
            sa.Column(name, sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        )
    op.execute(PAID_SO_FAR.strip())
    op.create_check_constraint(
        op.f("grant_balance_repaid_check"),
        "grant_balance",
        "repaid = 0 or repaid + deducted <= advance_paid",
    )
    _checked(NOW)
    op.execute(COUNTS.strip())


def downgrade() -> None:
    """Refused by `claim_event_action_check` once something has been repaid: it cannot be kept."""
    op.execute(COUNTED.strip())
    _checked(EARLIER)
    op.drop_constraint(op.f("grant_balance_repaid_check"), "grant_balance", type_="check")
    for table, name in reversed(SUMS):
        op.drop_column(table, name)


def _checked(rules: dict[str, str]) -> None:
    for name, rule in rules.items():
        constraint = op.f(f"claim_event_{name}_check")
        op.drop_constraint(constraint, "claim_event", type_="check")
        op.create_check_constraint(constraint, "claim_event", rule)
