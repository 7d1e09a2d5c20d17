"""Shapes of session reports: a held session and its visitors in one request."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pydantic import Field

from services.outreach.domain.codes import (
    AgeGroup,
    Channel,
    Direction,
    SessionKind,
    Sex,
    TargetGroup,
)
from services.outreach.domain.session_reports import Report
from services.outreach.schemas.fields import (
    Count,
    DistrictCode,
    LocalTime,
    OperationCode,
    Reason,
    UnitCode,
    VenueCode,
)
from services.outreach.schemas.meetings import (
    ClientId,
    ContactOut,
    PersonId,
    SessionOut,
    VisitTallyOut,
)
from shared.models import ApiModel, Instant, LocalDate

MAX_CONTACTS = 200


class ReportedSessionIn(ApiModel):
    """A session that nobody had planned here."""

    operation: OperationCode
    venue: VenueCode | None = None
    unit: UnitCode
    kind: SessionKind
    held_on: LocalDate
    starts_at: LocalTime | None = None
    ends_at: LocalTime | None = None

    def values(self) -> dict[str, Any]:
        """Return its members by column."""
        values = dict(self)
        day = values.pop("held_on")
        return {**values, "planned_on": day}


class SessionCorrectionIn(ApiModel):
    """How a planned or cancelled session turned out otherwise; members left out were right."""

    reason: Reason
    venue: VenueCode | None = None
    held_on: LocalDate | None = None
    starts_at: LocalTime | None = None
    ends_at: LocalTime | None = None

    def values(self) -> dict[str, Any]:
        """Return the members that were sent, by column, the reason apart."""
        values = {name: getattr(self, name) for name in self.model_fields_set - {"reason"}}
        if "held_on" in values:
            day = values.pop("held_on")
            values |= {} if day is None else {"planned_on": day}
        return values


class ReportedVisitsIn(ApiModel):
    """Visits of one age group; all zero says that nobody came."""

    age_group: AgeGroup = AgeGroup.UNKNOWN
    women: Count
    men: Count
    unknown: Count = 0


class ReportedContactIn(ApiModel):
    """One person who was met at the session; its operation, venue, unit and day are the session's.

    Contacts and visits are different units: a visitor who was also talked to is in both.
    """

    id: UUID = Field(description="Made by the client")
    channel: Channel = Channel.MEETING
    direction: Direction = Direction.TWO_WAY
    person_id: PersonId = None
    sex: Sex = Sex.UNKNOWN
    age_group: AgeGroup = AgeGroup.UNKNOWN
    target_group: TargetGroup = TargetGroup.UNKNOWN
    district: DistrictCode | None = None


class SessionReportIn(ApiModel):
    """A held session, its visits and contacts, under an id that the client made."""

    id: UUID = Field(
        description="Made by the client. A session given in full gets the same id",
    )
    session_id: ClientId = None
    schedule_id: UUID | None = Field(None, description="With `scheduledOn`: the schedule's session")
    scheduled_on: LocalDate | None = Field(
        None, description="The day that the schedule gave, wherever the session was moved to"
    )
    session: ReportedSessionIn | None = None
    correction: SessionCorrectionIn | None = None
    visits: list[ReportedVisitsIn] = Field(default_factory=list, max_length=len(AgeGroup))
    contacts: list[ReportedContactIn] = Field(default_factory=list, max_length=MAX_CONTACTS)

    def report(self) -> Report:
        """Return what it says, its defaults filled in."""
        correction = self.correction
        return Report(
            id=self.id,
            session_id=self.session_id,
            schedule_id=self.schedule_id,
            scheduled_on=self.scheduled_on,
            new=None if self.session is None else self.session.values(),
            correction={} if correction is None else correction.values(),
            reason=None if correction is None else correction.reason,
            visits=[dict(tally) for tally in self.visits],
            contacts=[dict(contact) for contact in self.contacts],
            said=self.model_dump(mode="json", by_alias=True),
        )


class SessionReportOut(ApiModel):
    """What became true by a report, as it stands now."""

    id: UUID
    session: SessionOut
    visits: list[VisitTallyOut] = Field(description="Counted by this report")
    contacts: list[ContactOut] = Field(description="Recorded by this report")
    recorded_at: Instant
