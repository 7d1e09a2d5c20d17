"""Facts are found by what is new of a measure."""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ADDED = (
    "create index budget_fact_recorded_idx on budget_fact (recorded_at)",
    "create index budget_fact_measure_recorded_idx on budget_fact (measure, recorded_at)",
    "drop index budget_fact_recorded_at_idx",
)

DROPPED = (
    (
        "create index budget_fact_recorded_at_idx on budget_fact using brin (recorded_at)"
        " with (autosummarize = on)"
    ),
    "drop index budget_fact_measure_recorded_idx",
    "drop index budget_fact_recorded_idx",
)


def upgrade() -> None:
    for statement in ADDED:
        op.execute(statement)


def downgrade() -> None:
    for statement in DROPPED:
        op.execute(statement)
