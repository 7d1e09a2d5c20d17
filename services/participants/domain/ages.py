"""The age groups that figures are broken down by; the database's age_group() assigns them."""

from __future__ import annotations

UNKNOWN_AGE_GROUP = "unknown"

AGE_GROUPS: tuple[tuple[int, str], ...] = (
    (0, "0-15"),
    (16, "16-19"),
    (20, "20-24"),
    (25, "25-29"),
    (30, "30-39"),
    (40, "40-49"),
    (50, "50-59"),
    (60, "60-64"),
    (65, "65-"),
)
"""Lowest age of each group, in whole years, and its code."""
