"""What statements ask of the ledger is kept in the shape that they ask for it.

Sums by account and class, and by project and group, of each period; how many vouchers each delivery booked in each period; and how
far periods have been looked through for vouchers that do not balance. The first and the last are
filled by the worker. The second is written by a trigger, also for what the old code books, and
has to be whole from the start: the trigger comes first and locks the vouchers, then those that are
there are counted.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

SHAPES = {
    "posting_account_sum": ("account", "counterpart_class"),
    "posting_project_sum": ("project", "account_group"),
}

DELIVERED = """
create function voucher_delivered() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $$
begin
    insert into delivery_booking (delivery_id, source, period, booked_at, vouchers, recorded_at)
        select delivery_id, source, period, recorded_at, count(*), recorded_at
        from booked where delivery_id is not null and reversal_of is null
        group by delivery_id, source, period, recorded_at
        union all
        select v.delivery_id, v.source, v.period, v.recorded_at, -count(*), b.recorded_at
        from booked b join voucher v on v.id = b.reversal_of
        where v.delivery_id is not null and v.reversal_of is null
        group by v.delivery_id, v.source, v.period, v.recorded_at, b.recorded_at;
    return null;
end $$

create trigger voucher_delivered after insert on voucher referencing new table as booked
    for each statement execute function voucher_delivered()

insert into delivery_booking (delivery_id, source, period, booked_at, vouchers, recorded_at)
    select delivery_id, source, period, recorded_at, count(*), recorded_at
    from voucher where delivery_id is not null and reversal_of is null
    group by delivery_id, source, period, recorded_at
    union all
    select v.delivery_id, v.source, v.period, v.recorded_at, -count(*), r.recorded_at
    from voucher r join voucher v on v.id = r.reversal_of
    where v.delivery_id is not null and v.reversal_of is null
    group by v.delivery_id, v.source, v.period, v.recorded_at, r.recorded_at

create trigger delivery_booking_back_dated before insert on delivery_booking
    for each row when (new.recorded_at < transaction_timestamp())
    execute function refuse_back_dated()

create trigger delivery_booking_append_only before update or delete or truncate
    on delivery_booking for each statement execute function refuse_change()

drop index voucher_sources_idx
"""

DROPPED = """
create index voucher_sources_idx on voucher (period)
    include (delivery_id, source, recorded_at, id)
    where delivery_id is not null and reversal_of is null

drop trigger voucher_delivered on voucher

drop function voucher_delivered
"""


def upgrade() -> None:
    for table, dimensions in SHAPES.items():
        op.create_table(
            table,
            sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
            sa.Column("measure", sa.Text(), nullable=False),
            sa.Column("period", sa.Integer(), nullable=False),
            sa.Column("amount", sa.BigInteger(), nullable=False),
            *(
                sa.Column(name, sa.Text(), server_default=sa.text("''"), nullable=False)
                for name in dimensions
            ),
            info={"append_only": True},
        )
        op.create_index(f"{table}_as_of_idx", table, ["as_of", "measure", "period"])
    op.create_table(
        "delivery_booking",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("delivery_id", sa.UUID(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("period", sa.Integer(), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("vouchers", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("vouchers <> 0", name=op.f("delivery_booking_vouchers_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("delivery_booking_pkey")),
        info={"derived": True},
    )
    op.create_index("delivery_booking_period_idx", "delivery_booking", ["period"])
    op.create_table(
        "balance_check",
        sa.Column("period", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unbalanced", postgresql.ARRAY(sa.UUID()), nullable=False),
        sa.PrimaryKeyConstraint("period", name=op.f("balance_check_pkey")),
    )
    _run(DELIVERED)


def downgrade() -> None:
    _run(DROPPED)
    for table in ("balance_check", "delivery_booking", *SHAPES):
        op.drop_table(table)


def _run(script: str) -> None:
    """Run statements one by one, as the driver takes them; they are parted by a blank line."""
    for statement in script.strip().split("\n\n"):
        op.execute(statement)
