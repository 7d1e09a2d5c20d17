"""Signed reports of a period say in which format they were signed; so far all in the first."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The default stays: a process of the release before, still running, signs in the first format.
    op.add_column(
        "period_report",
        sa.Column("format", sa.SmallInteger(), server_default=sa.text("1"), nullable=False),
    )
    op.create_check_constraint(op.f("period_report_format_check"), "period_report", "format >= 1")


def downgrade() -> None:
    op.drop_constraint(op.f("period_report_format_check"), "period_report", type_="check")
    op.drop_column("period_report", "format")
