"""Facts are found by what nearly every question is about: what is new, a unit, a project."""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

ADDED = (
    "create index participant_fact_recorded_idx on participant_fact (recorded_at)",
    "create index participant_fact_measure_recorded_idx on participant_fact (measure, recorded_at)",
    (
        "create index participant_fact_unit_idx on participant_fact (measure, unit, happened_on)"
        " include (subject, amount, recorded_at, sex, district)"
    ),
    (
        "create index participant_fact_programme_idx"
        " on participant_fact (measure, programme, happened_on)"
    ),
    (
        "create index participant_fact_sum_unit_idx"
        " on participant_fact_sum (as_of, measure, unit, period)"
    ),
    "drop index participant_fact_recorded_at_idx",
)

DROPPED = (
    (
        "create index participant_fact_recorded_at_idx on participant_fact using brin (recorded_at)"
        " with (autosummarize = on)"
    ),
    "drop index participant_fact_sum_unit_idx",
    "drop index participant_fact_programme_idx",
    "drop index participant_fact_unit_idx",
    "drop index participant_fact_measure_recorded_idx",
    "drop index participant_fact_recorded_idx",
)


def upgrade() -> None:
    for statement in ADDED:
        op.execute(statement)


def downgrade() -> None:
    for statement in DROPPED:
        op.execute(statement)
