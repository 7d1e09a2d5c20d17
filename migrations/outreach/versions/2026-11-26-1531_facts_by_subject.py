"""Facts are found by what is new of a measure, and people who were reached without their rows."""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

ADDED = (
    "create index outreach_fact_recorded_idx on outreach_fact (recorded_at)",
    "create index outreach_fact_measure_recorded_idx on outreach_fact (measure, recorded_at)",
    (
        "create index outreach_fact_subject_idx on outreach_fact (measure, happened_on)"
        " include (subject, amount, recorded_at, target_group) where subject is not null"
    ),
    "drop index outreach_fact_recorded_at_idx",
)

DROPPED = (
    (
        "create index outreach_fact_recorded_at_idx on outreach_fact using brin (recorded_at)"
        " with (autosummarize = on)"
    ),
    "drop index outreach_fact_subject_idx",
    "drop index outreach_fact_measure_recorded_idx",
    "drop index outreach_fact_recorded_idx",
)


def upgrade() -> None:
    for statement in ADDED:
        op.execute(statement)


def downgrade() -> None:
    for statement in DROPPED:
        op.execute(statement)
