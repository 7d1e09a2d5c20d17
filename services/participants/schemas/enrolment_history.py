"""Shapes of what was known about an enrolment, version by version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self
from uuid import UUID

from pydantic import Field

from services.participants.domain.codes import Education, EntryStatus, Ground, Outcome, TargetGroup
from services.participants.schemas.enrolment import Circumstances
from services.participants.schemas.fields import ProgrammeCode, TeamCode, UnitCode
from shared.models import ApiModel, Instant, LocalDate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from shared.records import RecordVersion


class EnrolmentVersionOut(ApiModel):
    """What an enrolment said from `recordedAt` until `supersededAt`; null: it still does.

    Reason and `changedBy` are those of the change that ended the version.
    """

    version: int = Field(examples=[1])
    recorded_at: Instant
    superseded_at: Instant | None
    reason: str | None = Field(max_length=500, examples=["Fel startdag i anmälan"])
    changed_by: str | None = Field(max_length=200, examples=["coach-7"])
    unit: UnitCode
    programme: ProgrammeCode
    team: TeamCode | None
    ground: Ground
    circumstances: Circumstances
    target_groups: list[TargetGroup]
    status_at_entry: EntryStatus
    education_at_entry: Education | None
    unemployed_since: LocalDate | None
    started_on: LocalDate
    exited_on: LocalDate | None
    outcome: Outcome | None
    retracted: bool

    @classmethod
    def of(cls, known: RecordVersion, basis: datetime | None) -> Self:
        """Return a version, as it stood at a basis: what ended it later had not happened."""
        over = known.superseded_at is not None and (basis is None or known.superseded_at <= basis)
        said = {name: known.body.get(name) for name in cls.model_fields}
        return cls.model_validate(
            said
            | {
                # Versions from before circumstances were stated have none.
                "circumstances": known.body.get("circumstances") or [],
                "recorded_at": known.recorded_at,
                "superseded_at": known.superseded_at if over else None,
                "reason": known.reason if over else None,
                "changed_by": known.by if over else None,
                "retracted": known.body.get("retracted_at") is not None,
            }
        )


class EnrolmentHistoryOut(ApiModel):
    """Every version of an enrolment, the oldest first."""

    enrolment_id: UUID
    basis: Instant | None
    versions: list[EnrolmentVersionOut]

    @classmethod
    def of(
        cls, enrolment_id: UUID, versions: Sequence[RecordVersion], basis: datetime | None
    ) -> Self:
        known = [each for each in versions if basis is None or each.recorded_at <= basis]
        told = [EnrolmentVersionOut.of(each, basis) for each in known]
        return cls(enrolment_id=enrolment_id, basis=basis, versions=told)
