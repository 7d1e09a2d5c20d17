"""Periods that were reopened, and the signed reports that had used them by then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.budget.domain.periods import PeriodRange
from shared.clock import local_day


@dataclass(frozen=True, slots=True)
class EarlierReport:
    """A signed report that used a period before it was reopened."""

    id: UUID
    range: PeriodRange
    basis: datetime
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Reopening:
    """A period that took vouchers again, why, and the reports that had used it by then."""

    period: int
    reason: str
    at: datetime
    reports: tuple[EarlierReport, ...]

    @property
    def notes(self) -> list[str]:
        """What a reader of a later statement must know, in Swedish."""
        return [
            f"Perioden {self.period} öppnades igen {local_day(self.at)} ({self.reason}) efter att"
            f" rapporten för {report.range} undertecknats {local_day(report.at)} av {report.by};"
            " beloppen kan skilja sig från den rapporten."
            for report in self.reports
        ]
