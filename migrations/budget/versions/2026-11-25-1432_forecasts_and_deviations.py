"""Forecasts, thresholds, comments on deviations, and reports of a period."""

from __future__ import annotations

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """See the module."""


def downgrade() -> None:
    """See the module."""
