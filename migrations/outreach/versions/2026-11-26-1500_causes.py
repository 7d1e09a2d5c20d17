"""With each fact what made it.

The column is null for what came new, for every row from before it, and for what the old code
writes meanwhile: nothing is rewritten.
"""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

ADDED = """
alter table outreach_fact
    add column cause text,
    add constraint outreach_fact_cause_check
        check (cause in ('progress', 'correction', 'retraction', 'merge', 'rule_change',
                         'area_change'))
"""


def upgrade() -> None:
    op.execute(ADDED)


def downgrade() -> None:
    op.execute("alter table outreach_fact drop column cause")
