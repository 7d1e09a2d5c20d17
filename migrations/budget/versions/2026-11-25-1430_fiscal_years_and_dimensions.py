"""Fiscal years, dimensions with validity, and what a voucher tells of its source."""

from __future__ import annotations

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """See the module."""


def downgrade() -> None:
    """See the module."""
