"""Merged records of one person, contact details, and further breakdowns of facts."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BREAKDOWNS = ("status", "target_group", "activity", "indicator")

PERSON = """
alter table person
    add column merged_into uuid constraint person_merged_into_fkey references person (id),
    add column merged_root uuid constraint person_merged_root_fkey references person (id);

alter table person
    add column subject_id uuid generated always as (coalesce(merged_root, id)) stored not null,
    add constraint person_merged_check check ((merged_into is null) = (merged_root is null));

create index person_merged_into_idx on person (merged_into);

create index person_merged_root_idx on person (merged_root);
"""

DROPPED = """
alter table person drop constraint person_merged_check, drop column subject_id;

alter table person drop column merged_into, drop column merged_root;
"""


def upgrade() -> None:
    for table in ("participant_fact", "participant_fact_sum"):
        for name in BREAKDOWNS:
            op.execute(f"alter table {table} add column {name} text not null default ''")
    _run(PERSON)


def downgrade() -> None:
    _run(DROPPED)
    for table in ("participant_fact_sum", "participant_fact"):
        for name in BREAKDOWNS:
            op.execute(f"alter table {table} drop column {name}")


def _run(script: str) -> None:
    """Run statements one by one, as the driver takes them; they are parted by a blank line."""
    for statement in script.strip().split("\n\n"):
        op.execute(statement)
