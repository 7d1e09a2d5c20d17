"""What ledger files state beside vouchers: balances to be checked, and budgets by account."""

from __future__ import annotations

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """See the module."""


def downgrade() -> None:
    """See the module."""
