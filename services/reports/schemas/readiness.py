"""Shapes of readiness: which reports of money can be made."""

from __future__ import annotations

from typing import Self

from pydantic import Field

from services.reports.readiness import Readiness
from shared.models import ApiModel


class ReadinessOut(ApiModel):
    """A period of a report, and the months of the ledger that stand in its way."""

    period: str = Field(max_length=7, examples=["2020-T2"])
    ready: bool = Field(description="Every month of the year so far is closed")
    open_periods: list[int] = Field(description="YYYYPP, never closed or reopened", examples=[[]])
    reopened_periods: list[int] = Field(description="Those that had been closed", examples=[[]])

    @classmethod
    def of(cls, found: Readiness) -> Self:
        return cls(
            period=str(found.period),
            ready=found.ready,
            open_periods=list(found.open_periods),
            reopened_periods=list(found.reopened),
        )


class ReadinessesOut(ApiModel):
    """A year's tertials in order."""

    items: list[ReadinessOut]
