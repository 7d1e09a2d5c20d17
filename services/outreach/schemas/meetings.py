"""Shapes of sessions, visit tallies and contacts."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, Self, TypeAlias
from uuid import UUID

from pydantic import Field, computed_field

from services.outreach.domain import times
from services.outreach.domain.codes import (
    AgeGroup,
    Channel,
    Direction,
    MissingPart,
    SessionKind,
    SessionState,
    Sex,
    TargetGroup,
)
from services.outreach.domain.meetings import missing_parts
from services.outreach.models import OutreachSession
from services.outreach.schemas.fields import (
    LEFT_OUT,
    ChangeIn,
    Count,
    DistrictCode,
    LocalTime,
    Name,
    OperationCode,
    Reason,
    RecordIn,
    RecordOut,
    UnitCode,
    VenueCode,
)
from shared.models import ApiModel, Instant, LocalDate

ClientId: TypeAlias = Annotated[
    UUID | None,
    Field(
        description="Made by the client: the same record may then be sent again safely",
        examples=["0198a0c4-5a2e-7c1b-9d3e-8f4a6b2c1d0e"],
    ),
]
PersonId: TypeAlias = Annotated[
    UUID | None, Field(description="Opaque id from participants; null when anonymous")
]


_PUBLIC = Field(default=False, description="Shown in the calendars that anybody may read")


class SessionIn(RecordIn):
    """A session that is planned, or has been held."""

    id: ClientId = None
    operation: OperationCode
    venue: VenueCode | None = None
    unit: UnitCode
    kind: SessionKind
    planned_on: LocalDate
    starts_at: LocalTime | None = None
    ends_at: LocalTime | None = None
    state: Literal[SessionState.PLANNED, SessionState.HELD] = SessionState.PLANNED
    title: Name | None = None
    public: bool = _PUBLIC


class SessionChangeIn(ChangeIn):
    """What becomes of a session; cancelling and correcting need a reason."""

    venue: VenueCode | None = None
    kind: SessionKind = LEFT_OUT
    planned_on: LocalDate = LEFT_OUT
    starts_at: LocalTime | None = None
    ends_at: LocalTime | None = None
    state: SessionState = LEFT_OUT
    title: Name | None = None
    public: bool = LEFT_OUT
    reason: Reason | None = None


class SessionOut(RecordOut):
    """A session; `reason` says why it was cancelled."""

    id: UUID
    operation: OperationCode
    venue: VenueCode | None
    unit: UnitCode
    kind: SessionKind
    planned_on: LocalDate
    starts_at: LocalTime | None
    ends_at: LocalTime | None
    state: SessionState
    reason: Reason | None
    title: Name | None
    public: bool
    schedule_id: UUID | None = Field(description="The schedule that gave it, if one did")
    scheduled_on: LocalDate | None = Field(
        description="The day of the schedule's rule, wherever the session was moved"
    )
    follows_schedule: bool = Field(description="Nobody has touched it: it follows its schedule")

    @computed_field  # type: ignore[prop-decorator]  # pydantic's own way
    @property
    def starts_instant(self) -> Instant | None:
        """The instant at which it begins."""
        return times.starts(self.planned_on, self.starts_at)

    @computed_field  # type: ignore[prop-decorator]  # same
    @property
    def ends_instant(self) -> Instant | None:
        """The instant at which it ends: the next day, if not after it begins."""
        return times.ends(self.planned_on, self.starts_at, self.ends_at)


class ListedSessionOut(SessionOut):
    """A session of a list, and what remains to be said of it."""

    missing_parts: list[MissingPart] = Field(
        description="Empty until it is over, and when everything is said"
    )

    @classmethod
    def listed(cls, row: OutreachSession, *, recorded: bool, now: datetime) -> Self:
        """Return the shape of a row, of which visits or contacts are recorded or not."""
        over = times.over(row.planned_on, row.starts_at, row.ends_at, now=now)
        missing = missing_parts(SessionState(row.state), over=over, recorded=recorded)
        said = {name: getattr(row, name) for name in SessionOut.model_fields}
        return cls(**said, missing_parts=missing)


class VisitTallyIn(RecordIn):
    """Visits of one age group; all zero says that nobody came."""

    id: ClientId = None
    age_group: AgeGroup = AgeGroup.UNKNOWN
    women: Count
    men: Count
    unknown: Count = 0


class VisitTallyChangeIn(ChangeIn):
    """What was counted wrongly."""

    age_group: AgeGroup = LEFT_OUT
    women: Count = LEFT_OUT
    men: Count = LEFT_OUT
    unknown: Count = LEFT_OUT
    reason: Reason


class _Sourced(RecordOut):
    source_key: str | None = Field(
        description="Its key in the system whose register pushed it",
        examples=["guidance:2024-0001"],
    )
    ended_on: LocalDate | None = Field(
        description="The day on which its source no longer held it; it still counts"
    )
    retracted_at: Instant | None = Field(description="Set: it never was true")


class VisitTallyOut(_Sourced):
    """Visits counted by sex."""

    id: UUID
    session_id: UUID | None
    operation: OperationCode
    venue: VenueCode | None
    unit: UnitCode
    held_on: LocalDate
    age_group: AgeGroup
    women: Count
    men: Count
    unknown: Count


class ContactIn(RecordIn):
    """One attempt to reach one person."""

    id: ClientId = None
    operation: OperationCode
    venue: VenueCode | None = None
    session_id: UUID | None = None
    unit: UnitCode
    happened_on: LocalDate
    channel: Channel
    direction: Direction
    person_id: PersonId = None
    sex: Sex = Sex.UNKNOWN
    age_group: AgeGroup = AgeGroup.UNKNOWN
    target_group: TargetGroup = TargetGroup.UNKNOWN
    district: DistrictCode | None = None


class ContactChangeIn(ChangeIn):
    """What was recorded wrongly; whom it was with is said by a person link."""

    venue: VenueCode | None = None
    happened_on: LocalDate = LEFT_OUT
    channel: Channel = LEFT_OUT
    direction: Direction = LEFT_OUT
    sex: Sex = LEFT_OUT
    age_group: AgeGroup = LEFT_OUT
    target_group: TargetGroup = LEFT_OUT
    district: DistrictCode | None = None
    reason: Reason


class PersonLinkIn(ApiModel):
    """Whom an anonymous contact turned out to be with."""

    person_id: UUID = Field(description="Opaque id from participants")
    reason: Reason | None = None


class ContactOut(_Sourced):
    """A contact."""

    id: UUID
    operation: OperationCode
    venue: VenueCode | None
    session_id: UUID | None
    unit: UnitCode
    happened_on: LocalDate
    channel: Channel
    direction: Direction
    person_id: PersonId
    linked_at: Instant | None = Field(description="Set: it was anonymous until then")
    sex: Sex
    age_group: AgeGroup
    target_group: TargetGroup
    district: DistrictCode | None
