"""Claims on funders, what they rest on, and what was granted, decided and paid."""

from __future__ import annotations

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """See the module."""


def downgrade() -> None:
    """See the module."""
