"""What made a fact: the closed list by which a moved figure is explained (ADR 0026)."""

from __future__ import annotations

from enum import StrEnum


class Cause(StrEnum):
    """Why a fact was booked, as the ``cause`` of its row says.

    All rows of one settlement have one cause: what takes an old cell back and what adds the new
    one belong together. The reason beside it is the caller's own text and decides nothing.
    """

    NEW = "new"
    """Something happened that had not been told. Kept as null, as rows without a cause are."""

    PROGRESS = "progress"
    """Something happened later to a record whose facts keep the day of its beginning, such as a
    referral that is accepted: new, whatever day the rows are of."""

    CORRECTION = "correction"
    """What was told was wrong, and is told anew."""

    RETRACTION = "retraction"
    """What was told never was true."""

    MERGE = "merge"
    """Whom it counts for changed: records are one person, or are not."""

    RULE_CHANGE = "rule_change"
    """What counts changed, not what happened."""

    AREA_CHANGE = "area_change"
    """Which area a place or a person belongs to changed, not what happened."""

    @property
    def sql(self) -> str:
        """SQL of the cause as it is kept."""
        return "null" if self is Cause.NEW else f"'{self}'"


KEPT = tuple(cause.value for cause in Cause if cause is not Cause.NEW)
"""The causes that a row may have; null is `Cause.NEW`."""
