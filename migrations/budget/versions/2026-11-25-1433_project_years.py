"""What projects cost and earn by year, their partners, and exchange rates."""

from __future__ import annotations

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """See the module."""


def downgrade() -> None:
    """See the module."""
