"""Shapes of the responsibility for activity. Contact details and goals are read one at a time."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Self, TypeAlias
from uuid import UUID

from pydantic import AfterValidator, Field

from services.participants.domain.kaa import Circumstances, ConditionCode, is_member, judge
from services.participants.domain.kaa_codes import (
    Channel,
    EndReason,
    JoinReason,
    LeaveReason,
    MeasureKind,
    Occupation,
    OccupationAfter,
    Responsible,
    Schooling,
    Studies,
)
from services.participants.schemas.fields import Reason, RecordOut, UnitCode
from services.participants.sealing import KaaContact
from shared.models import ApiModel, LocalDate

if TYPE_CHECKING:
    from asyncpg import Record

Goal: TypeAlias = Annotated[
    str, Field(min_length=1, max_length=4000, examples=["Börja på ett introduktionsprogram"])
]
ContactLine: TypeAlias = Annotated[
    str | None, Field(max_length=200, examples=["Testgatan 1, 111 11 Stockholm"])
]
FollowUpDays: TypeAlias = Annotated[
    list[LocalDate], Field(max_length=50), AfterValidator(lambda days: sorted(set(days)))
]


class KaaMembershipOut(RecordOut):
    """A period of responsibility.

    `endsOn` is the first day without it, at the latest the twentieth birthday.
    """

    id: UUID
    person_id: UUID
    unit: UnitCode
    joined_on: LocalDate
    join_reason: JoinReason
    ends_on: LocalDate
    end_reason: LeaveReason
    external_reference: str = Field(max_length=80, examples=["ber:2024-00117"])
    retracted: bool
    version: int


class KaaConditionOut(ApiModel):
    """One of the six conditions of skollagen 29 kap. 9 §, and why it is met or not."""

    code: ConditionCode
    met: bool
    explanation: str = Field(max_length=200, examples=["Skolplikten är fullgjord."])


class KaaMembershipContentOut(KaaMembershipOut):
    """A period of responsibility with what the register holds of the youth."""

    schooling: Schooling
    studies: Studies
    diploma: bool
    adapted_certificate: bool
    equivalent_education: bool
    study_certificate: bool
    home_address: ContactLine
    email: ContactLine
    phone: ContactLine
    judged_on: LocalDate
    belongs: bool = Field(description="All six conditions are met on the day judged")
    conditions: list[KaaConditionOut]

    @classmethod
    def opened(cls, row: Record, contact: KaaContact, day: date) -> Self:
        """Return the model of a row, its contact details, and its conditions on a day."""
        known = Circumstances(
            schooling=Schooling(row["schooling"]),
            studies=Studies(row["studies"]),
            diploma=row["diploma"],
            adapted_certificate=row["adapted_certificate"],
            equivalent_education=row["equivalent_education"],
            study_certificate=row["study_certificate"],
        )
        conditions = judge(known, born=row["born"], day=day)
        held = {name: row[name] for name in cls.model_fields if name in row}
        return cls.model_validate(
            held
            | {
                "home_address": contact.home_address,
                "email": contact.email,
                "phone": contact.phone,
                "judged_on": day,
                "belongs": is_member(conditions),
                "conditions": [
                    KaaConditionOut(code=one.code, met=one.met, explanation=one.explanation)
                    for one in conditions
                ],
            }
        )


class KaaContactIn(ApiModel):
    """A contact with a youth, or an attempt at one; two-way when the youth answered."""

    membership_id: UUID
    held_on: LocalDate
    channel: Channel
    two_way: bool
    occupation: Occupation = Field(description="What the youth did at the time")


class KaaContactCorrectionIn(ApiModel):
    """What was recorded wrongly; fields left out stay."""

    held_on: LocalDate | None = None
    channel: Channel | None = None
    two_way: bool | None = None
    occupation: Occupation | None = None
    reason: Reason


class KaaContactOut(RecordOut):
    id: UUID
    membership_id: UUID
    person_id: UUID
    unit: UnitCode
    held_on: LocalDate
    channel: Channel
    two_way: bool
    occupation: Occupation
    retracted: bool
    version: int


class KaaMeasureIn(ApiModel):
    """A measure that has begun, or an offer of one that was declined."""

    membership_id: UUID
    kind: MeasureKind
    responsible: Responsible
    started_on: LocalDate | None = None
    declined_on: LocalDate | None = None
    goal: Goal | None = None
    follow_up_days: FollowUpDays = Field(default_factory=list)


class KaaMeasureEndIn(ApiModel):
    """How a measure ended, and what the youth does afterwards."""

    ended_on: LocalDate
    end_reason: EndReason
    occupation_after: OccupationAfter


class KaaMeasureCorrectionIn(ApiModel):
    """What was recorded wrongly; fields left out stay, null takes a day, an end or a goal away."""

    kind: MeasureKind | None = None
    responsible: Responsible | None = None
    started_on: LocalDate | None = None
    declined_on: LocalDate | None = None
    ended_on: LocalDate | None = None
    end_reason: EndReason | None = None
    occupation_after: OccupationAfter | None = None
    goal: Goal | None = None
    follow_up_days: FollowUpDays | None = None
    reason: Reason


class KaaMeasureOut(RecordOut):
    """A measure, without its goal."""

    id: UUID
    membership_id: UUID
    person_id: UUID
    unit: UnitCode
    kind: MeasureKind
    responsible: Responsible
    started_on: LocalDate | None
    declined_on: LocalDate | None
    ended_on: LocalDate | None
    end_reason: EndReason | None
    occupation_after: OccupationAfter | None
    follow_up_days: list[LocalDate]
    retracted: bool
    version: int


class KaaMeasureContentOut(KaaMeasureOut):
    """A measure and its goal."""

    goal: Goal | None

    @classmethod
    def opened(cls, row: Record, goal: str | None) -> Self:
        held = {name: row[name] for name in KaaMeasureOut.model_fields}
        return cls.model_validate(held | {"goal": goal})


class KaaDocumentationOut(ApiModel):
    """What is documented about a youth; plans are read at /plans, one at a time."""

    membership: KaaMembershipOut
    contacts: list[KaaContactOut]
    measures: list[KaaMeasureContentOut]
