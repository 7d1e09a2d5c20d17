"""Operations that count every attempt at contact, answered or not, as some did before 2024."""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

WAYS = "'two_way_contacts', 'visitors', 'participants'"


def upgrade() -> None:
    _allow(f"'contacts', {WAYS}")


def downgrade() -> None:
    """Refused by the database while an operation counts so: its rule is never rewritten."""
    _allow(WAYS)


def _allow(ways: str) -> None:
    op.execute("alter table counting_rule drop constraint counting_rule_counts_check")
    op.execute(
        "alter table counting_rule add constraint counting_rule_counts_check "
        f"check (counts in ({ways}))"
    )
