"""Hours of participation that somebody attests, month by month."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hour_attestation",
        sa.Column("id", sa.UUID(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("enrolment_id", sa.UUID(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("attested_by", sa.Text(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "extract(day from month) = 1", name=op.f("hour_attestation_month_check")
        ),
        sa.CheckConstraint("minutes > 0", name=op.f("hour_attestation_minutes_check")),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("hour_attestation_enrolment_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["programme"], ["programme.code"], name=op.f("hour_attestation_programme_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("hour_attestation_pkey")),
    )
    op.create_index(
        "hour_attestation_enrolment_month_key",
        "hour_attestation",
        ["enrolment_id", "month"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at is null"),
    )


def downgrade() -> None:
    op.drop_table("hour_attestation")
