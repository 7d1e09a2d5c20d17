"""What became of people, as a breakdown of the facts about them."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("outreach_fact", "outreach_fact_sum"):
        op.execute(f"alter table {table} add column outcome text not null default ''")


def downgrade() -> None:
    for table in ("outreach_fact_sum", "outreach_fact"):
        op.execute(f"alter table {table} drop column outcome")
