"""Shapes of attested hours."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Self, TypeAlias
from uuid import UUID

from pydantic import AfterValidator, Field

from services.participants.domain.hours import hours_text, parse_hours
from services.participants.schemas.fields import ProgrammeCode, Reason, UnitCode
from shared.errors import Unacceptable
from shared.models import ApiModel, Instant

if TYPE_CHECKING:
    from asyncpg import Record


def _some(text: str) -> str:
    if parse_hours(text) == 0:
        raise Unacceptable("no hours are attested by withdrawing the attestation")
    return text


Hours: TypeAlias = Annotated[
    str,
    AfterValidator(_some),
    Field(
        pattern=r"^[0-9]{1,3}(:[0-5][0-9])?$",
        max_length=6,
        description="Hours, or hours and minutes",
        examples=["42:30"],
    ),
]
Month: TypeAlias = Annotated[
    str, Field(pattern=r"^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])$", max_length=7, examples=["2024-10"])
]


class HourAttestationIn(ApiModel):
    """The hours of an enrolment in a month, as the caller vouches for them."""

    enrolment_id: UUID
    month: Month
    hours: Hours

    @property
    def first_day(self) -> date:
        return first_day(self.month)

    @property
    def minutes(self) -> int:
        return parse_hours(self.hours)


class HourCorrectionIn(ApiModel):
    """Other hours than were attested, and why."""

    hours: Hours
    reason: Reason

    @property
    def minutes(self) -> int:
        return parse_hours(self.hours)


class HourWithdrawalIn(ApiModel):
    """Why nobody vouches for the hours any more."""

    reason: Reason


class HourAttestationOut(ApiModel):
    id: UUID
    enrolment_id: UUID
    unit: UnitCode
    programme: ProgrammeCode
    month: Month
    hours: str = Field(max_length=7, examples=["42:30"])
    attested_by: str = Field(max_length=200, examples=["coach-7"])
    withdrawn: bool
    version: int
    recorded_at: Instant

    @classmethod
    def of(cls, row: Record) -> Self:
        same = ("id", "enrolment_id", "unit", "programme", "attested_by", "version", "recorded_at")
        return cls.model_validate(
            {name: row[name] for name in same}
            | {
                "month": f"{row['month']:%Y-%m}",
                "hours": hours_text(row["minutes"]),
                "withdrawn": row["withdrawn_at"] is not None,
            }
        )


def first_day(month: str) -> date:
    """Return the first day of a month written YYYY-MM."""
    return date.fromisoformat(f"{month}-01")
