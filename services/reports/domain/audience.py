"""For whom a report is, and how the persons in it are protected."""

from __future__ import annotations

from enum import StrEnum


class Audience(StrEnum):
    """Who reads it."""

    COMMITTEE = "committee"
    """Nämnden: exact numbers; needs the scope ``reports:committee``."""

    PUBLIC = "public"
    """Allmänheten: counts under the threshold are protected."""


class Protection(StrEnum):
    """How counts under the threshold are protected for the public."""

    SUPPRESSION = "suppression"
    """Withheld, with whatever else would give them away."""

    ROUNDING = "rounding"
    """The city's rounding: 1-2 shown as 0, 3-4 as 5, with whatever else must be rounded."""
