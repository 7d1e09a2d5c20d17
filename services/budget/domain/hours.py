"""Hours of staff that a programme pays for: at most so many a year and person.

Source of the caps: esf.se, Redovisning av personal och deltagare (programperiod 2021-2027:
1 720 hours a calendar year; 2014-2020: 1 662); both are data of the programme period. The cap
is the person's, over all projects: the earliest days are paid for, what lies beyond is not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.budget.domain.rounding import MINUTES


@dataclass(frozen=True, slots=True)
class StaffReport:
    """The minutes of one person, project, day, activity and function, as attested now."""

    id: UUID
    version: int
    employee: str
    project: str
    day: date
    activity: int
    function: str
    minutes: int
    claimed: int = 0

    @property
    def order(self) -> tuple[str, int, date, str, int, str, UUID]:
        """What decides whose hours fill the year: the day first, then what never changes."""
        return (
            self.employee,
            self.day.year,
            self.day,
            self.project,
            self.activity,
            self.function,
            self.id,
        )


def within_year(
    reports: Iterable[StaffReport], *, hours_per_year: int, whole_hours: bool
) -> dict[UUID, int]:
    """Return the minutes of each report that lie within its person's calendar year.

    With ``whole_hours`` each report counts in whole hours, rounded down (an older practice of
    ESF projects).
    """
    within: dict[UUID, int] = {}
    year: tuple[str, int] | None = None
    left = 0
    for report in sorted(reports, key=lambda each: each.order):
        if year != (report.employee, report.day.year):
            year, left = (report.employee, report.day.year), hours_per_year * MINUTES
        counted = report.minutes // MINUTES * MINUTES if whole_hours else report.minutes
        within[report.id] = min(counted, left)
        left -= within[report.id]
    return within
