"""What ledger files state beside vouchers: balances to be checked, and budgets by account.

The chart also takes class 9 (observation accounts and internal accounting), which ledgers of
others use.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KEPT = ("sie_file", "account_budget")
"""Tables that a basis looks into: nothing may slip in behind a basis already given."""

AGREEMENT = """
-- A file is kept only when the ledger has booked, through its register, what the file states.
create function sie_file_agrees() returns trigger language plpgsql as $$
declare
    differing record;
begin
    -- Added up once: the planner knows nothing of rows that this transaction has just written.
    with booked as materialized (
        select p.account, sum(p.amount) as total,
               sum(p.amount) filter (where p.period % 100 > 0) as movement
        from voucher v join posting p on p.voucher_id = v.id
        where v.source = 'sie' and v.year = new.year and v.reversal_of is null
          and not exists (select from voucher r where r.reversal_of = v.id)
        group by p.account),
    compared as (
        select s.key, s.amount, coalesce(
            case s.label when '#RES' then b.movement
                 else b.total + case when s.account = '20' then new.opening_net else 0 end
            end, 0) as booked
        from sie_balance s left join booked b using (account)
        where s.sie_file_id = new.id and s.label in ('#UB', '#RES'))
    select key, amount, booked into differing from compared
        where amount <> booked order by key limit 1;
    if found then
        raise exception 'the file states % for %, its register has booked %',
            differing.amount, differing.key, differing.booked
            using errcode = 'check_violation', constraint = 'sie_file_agrees', table = 'sie_file';
    end if;
    return null;
end $$
"""

LINES = ("sie_balance", "account_budget_line")


def upgrade() -> None:
    _chart("^[1-9][0-9]{1,5}$")
    _create_files()
    _create_budgets()
    for table in KEPT:
        op.execute(
            f"create trigger {table}_back_dated before insert on {table} for each row "
            "when (new.recorded_at < transaction_timestamp()) execute function refuse_back_dated()"
        )
    for table in (*KEPT, *LINES):
        op.execute(
            f"create trigger {table}_append_only before update or delete or truncate on {table} "
            "for each statement execute function refuse_change()"
        )

    op.execute(AGREEMENT)
    op.execute(
        "create constraint trigger sie_file_agrees after insert on sie_file "
        "deferrable initially deferred for each row execute function sie_file_agrees()"
    )


def downgrade() -> None:
    for table in ("account_budget_line", "account_budget", "sie_balance", "sie_file"):
        op.drop_table(table)
    op.execute("drop function sie_file_agrees")
    _chart("^[1-8][0-9]{1,5}$")


def _chart(codes: str) -> None:
    op.drop_constraint("account_code_check", "account")
    op.create_check_constraint(op.f("account_code_check"), "account", f"code ~ '{codes}'")


def _create_files() -> None:
    op.create_table(
        "sie_file",
        sa.Column("id", sa.UUID(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("variety", sa.Text(), nullable=False),
        sa.Column("opening_net", sa.BigInteger(), nullable=False),
        sa.Column("delivery_id", sa.UUID(), nullable=False),
        *_said_by(),
        sa.CheckConstraint("variety in ('1', '2', '3', '4E')", name=op.f("sie_file_variety_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("sie_file_pkey")),
        sa.UniqueConstraint("year", "version", name=op.f("sie_file_year_version_key")),
        info={"append_only": True},
    )
    op.create_table(
        "sie_balance",
        sa.Column("sie_file_id", sa.UUID(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        *_divided(),
        sa.CheckConstraint(
            "label in ('#IB', '#UB', '#RES', '#OIB', '#OUB', '#PSALDO')",
            name=op.f("sie_balance_label_check"),
        ),
        sa.CheckConstraint(
            "(label = '#PSALDO') = (period is not null)", name=op.f("sie_balance_period_check")
        ),
        sa.ForeignKeyConstraint(
            ["sie_file_id"], ["sie_file.id"], name=op.f("sie_balance_sie_file_id_fkey")
        ),
        sa.PrimaryKeyConstraint("sie_file_id", "key", name=op.f("sie_balance_pkey")),
        info={"append_only": True},
    )


def _create_budgets() -> None:
    op.create_table(
        "account_budget",
        sa.Column("id", sa.UUID(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.UUID(), nullable=False),
        *_said_by(),
        sa.PrimaryKeyConstraint("id", name=op.f("account_budget_pkey")),
        sa.UniqueConstraint("year", "version", name=op.f("account_budget_year_version_key")),
        info={"append_only": True},
    )
    op.create_table(
        "account_budget_line",
        sa.Column("account_budget_id", sa.UUID(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        *_divided(),
        sa.CheckConstraint("period is not null", name=op.f("account_budget_line_period_check")),
        sa.ForeignKeyConstraint(
            ["account_budget_id"],
            ["account_budget.id"],
            name=op.f("account_budget_line_account_budget_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("account_budget_id", "key", name=op.f("account_budget_line_pkey")),
        info={"append_only": True},
    )


def _said_by() -> tuple[sa.Column[str], sa.Column[datetime]]:
    return (
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
    )


def _divided() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("period", sa.Integer(), nullable=True),
        sa.Column("counterpart", sa.Text(), nullable=True),
        sa.Column("project", sa.Text(), nullable=True),
        sa.Column("responsibility", sa.Text(), nullable=True),
        sa.Column("activity", sa.Text(), nullable=True),
        sa.Column("objects", postgresql.JSONB(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
    )
