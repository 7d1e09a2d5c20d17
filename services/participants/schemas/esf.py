"""Shapes of ESF projects' monthly files, codes and answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self
from uuid import UUID

from pydantic import Field

from services.participants.domain.codes import Sex
from services.participants.schemas.fields import Label, ProgrammeCode, Reason, RecordOut
from services.participants.schemas.hours import Month, first_day
from shared.models import ApiModel, Instant

if TYPE_CHECKING:
    from datetime import date

    from asyncpg import Record


class ParticipantFilesIn(ApiModel):
    """Up to which month a project's series is brought up to date, and why."""

    programme: ProgrammeCode
    through: Month
    reason: Reason

    @property
    def last_month(self) -> date:
        return first_day(self.through)


class ParticipantFileOut(ApiModel):
    """One issue of a month: `number` in the project's series, `issue` of its month."""

    id: UUID
    programme: ProgrammeCode
    number: int = Field(ge=1, examples=[7])
    month: Month
    issue: int = Field(ge=1, examples=[2])
    basis: Instant
    rows: int = Field(ge=0, examples=[41])
    reason: Reason
    issued_by: str = Field(max_length=200, examples=["projektledare-3"])
    recorded_at: Instant

    @classmethod
    def of(cls, row: Record) -> Self:
        same = {name: row[name] for name in cls.model_fields if name != "month"}
        return cls.model_validate(same | {"month": f"{row['month']:%Y-%m}"})


class ParticipantFilesOut(ApiModel):
    """What was issued, by month; nothing when every month stands as it was issued."""

    files: list[ParticipantFileOut]


class ReplacementCodeIn(ApiModel):
    """What stands after the birth date of protected people of a sex, and who says so."""

    sex: Sex
    suffix: str = Field(pattern=r"^[A-Za-z0-9]{1,10}$", max_length=10, examples=["Tf29"])
    source: Label


class ReplacementCodeOut(RecordOut):
    """A replacement code; the last one recorded of a sex counts."""

    id: UUID
    sex: Sex
    suffix: str = Field(max_length=10, examples=["Tf29"])
    source: Label
    recorded_by: str = Field(max_length=200, examples=["projektledare-3"])
    recorded_at: Instant
