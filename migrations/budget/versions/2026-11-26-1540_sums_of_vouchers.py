"""What statements ask of vouchers is found without reading them."""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

ADDED = (
    (
        "create index posting_period_voucher_idx on posting (period, voucher_id)"
        " include (amount, recorded_at)"
    ),
    "drop index posting_period_idx",
    (
        "create index voucher_sources_idx on voucher (period)"
        " include (delivery_id, source, recorded_at, id)"
        " where delivery_id is not null and reversal_of is null"
    ),
    "create index voucher_spanning_idx on voucher (period) where covers_from < period",
)

DROPPED = (
    "drop index voucher_spanning_idx",
    "drop index voucher_sources_idx",
    "create index posting_period_idx on posting (period)",
    "drop index posting_period_voucher_idx",
)


def upgrade() -> None:
    for statement in ADDED:
        op.execute(statement)


def downgrade() -> None:
    for statement in DROPPED:
        op.execute(statement)
