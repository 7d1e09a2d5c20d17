"""Shapes of attested hours."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Self, TypeAlias
from uuid import UUID

from pydantic import AfterValidator, Field

from services.participants.domain.hours import (
    MINUTES,
    MOST_HOURS_A_DAY,
    hours_text,
    parse_hours,
)
from services.participants.errors.hours import HoursOrAttendance
from services.participants.schemas.fields import (
    ProgrammeCode,
    Reason,
    RecordOut,
    SourceKey,
    UnitCode,
)
from shared.errors import Unacceptable
from shared.models import ApiModel, Instant, LocalDate

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


class _HoursIn(ApiModel):
    """Hours that are stated, or those that the attendance on record adds up to."""

    hours: Hours | None = None
    from_attendance: bool = False

    @property
    def minutes(self) -> int | None:
        """The minutes stated; None: those of the attendance.

        Raises:
            HoursOrAttendance: both are given, or neither.

        """
        if (self.hours is None) is not self.from_attendance:
            raise HoursOrAttendance.of("hours", "one_of", "give hours, or fromAttendance: true")
        return None if self.hours is None else parse_hours(self.hours)


class HourAttestationIn(_HoursIn):
    """The hours of an enrolment in a month, as the caller vouches for them."""

    enrolment_id: UUID
    month: Month

    @property
    def first_day(self) -> date:
        return first_day(self.month)


class HourCorrectionIn(_HoursIn):
    """Other hours than were attested, and why."""

    reason: Reason


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
    from_attendance: bool
    attended_hours: str = Field(
        max_length=7, examples=["42:30"], description="What the attendance adds up to now"
    )
    differs_from_attendance: bool = Field(
        description="It no longer is what it was attested from, or never was what is on record"
    )
    version: int
    recorded_at: Instant

    @classmethod
    def of(cls, row: Record) -> Self:
        same = (
            *("id", "enrolment_id", "unit", "programme", "attested_by", "from_attendance"),
            *("version", "recorded_at"),
        )
        return cls.model_validate(
            {name: row[name] for name in same}
            | {
                "month": f"{row['month']:%Y-%m}",
                "hours": hours_text(row["minutes"]),
                "withdrawn": row["withdrawn_at"] is not None,
                "attended_hours": hours_text(row["attended"]),
                "differs_from_attendance": row["differs"],
            }
        )


class AttendanceOut(RecordOut):
    """A day's attendance; it counts while its enrolment covers the day."""

    id: UUID
    enrolment_id: UUID
    unit: UnitCode
    programme: ProgrammeCode
    day: LocalDate
    minutes: int = Field(ge=1, le=MOST_HOURS_A_DAY * MINUTES, examples=[210])
    external_reference: SourceKey
    covered: bool
    retracted: bool
    version: int


def first_day(month: str) -> date:
    """Return the first day of a month written YYYY-MM."""
    return date.fromisoformat(f"{month}-01")
