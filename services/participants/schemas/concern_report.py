"""Shapes of concern reports, and of the managers who sign them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Self, TypeAlias
from uuid import UUID

from pydantic import AfterValidator, Field

from services.participants.domain.concern_reports import Concern, Reporter, names_somebody
from services.participants.schemas.fields import Reason, RecordOut, UnitCode
from shared.errors import Unacceptable
from shared.models import ApiModel, Instant, LocalDate

if TYPE_CHECKING:
    from asyncpg import Record

    from shared.records import RecordVersion


def _somebody(name: str) -> str:
    if not names_somebody(name):
        raise Unacceptable("a report made in office is never anonymous: name the officer")
    return name


def _said(text: str) -> str:
    if not text.strip():
        raise Unacceptable("must say something")
    return text


Officer: TypeAlias = Annotated[
    str, Field(min_length=1, max_length=200, examples=["Test Testsson"]), AfterValidator(_somebody)
]
Subject: TypeAlias = Annotated[
    str,
    Field(
        pattern=r"^[!-~]+$",
        max_length=200,
        examples=["chef-kista"],
        description="The manager's own token subject",
    ),
]
Said: TypeAlias = Annotated[
    str, Field(min_length=1, max_length=20_000, examples=["Text"]), AfterValidator(_said)
]


class ReporterShape(ApiModel):
    """The officer who reports."""

    name: Officer
    title: str = Field(min_length=1, max_length=200, examples=["Jobbcoach"])
    phone: str | None = Field(default=None, max_length=40, examples=["08-508 00 000"])


class ConcernReportIn(ApiModel):
    """A report to write; `calledAt` is when it was told by telephone because it was urgent."""

    unit: UnitCode
    person_id: UUID | None = Field(
        default=None, description="Whom we know and through whom the concern arose"
    )
    child: Said
    concern: Said
    reporter: ReporterShape
    suspected_at: Instant
    written_at: Instant | None = Field(default=None, description="Left out: now")
    called_at: Instant | None = None

    @property
    def content(self) -> Concern:
        officer = Reporter(self.reporter.name, self.reporter.title, self.reporter.phone)
        return Concern(self.child, self.concern, officer, self.person_id)


class ConcernDispatchIn(ApiModel):
    """When the report was sent to the social services of the child's municipality."""

    sent_at: Instant


class ConcernCorrectionIn(ApiModel):
    """What was wrong in a report. Fields left out stay."""

    child: Said | None = None
    concern: Said | None = None
    reporter: ReporterShape | None = None
    suspected_at: Instant | None = None
    written_at: Instant | None = None
    called_at: Instant | None = None
    sent_at: Instant | None = None
    reason: Reason


class ConcernReportOut(RecordOut):
    """A report without what it says; `awaitsManager`: the unit has nobody to sign it today."""

    id: UUID
    unit: UnitCode
    written_by: Subject
    suspected_at: Instant
    written_at: Instant
    called_at: Instant | None
    signed_by: Subject | None
    signed_at: Instant | None
    sent_at: Instant | None
    awaits_manager: bool
    version: int


class ConcernReportReadOut(ConcernReportOut):
    """A report with what it says, for the unit's responsible manager."""

    person_id: UUID | None
    child: Said
    concern: Said
    reporter: ReporterShape

    @classmethod
    def opened(cls, row: Record, concern: Concern) -> Self:
        by = concern.reporter
        metadata = {name: row[name] for name in ConcernReportOut.model_fields}
        return cls(
            **metadata,
            person_id=concern.person_id,
            child=concern.child,
            concern=concern.concern,
            reporter=ReporterShape(name=by.name, title=by.title, phone=by.phone),
        )


class ConcernVersionOut(ApiModel):
    """What a report said until it was corrected; the newest has no end, reason or corrector."""

    version: int
    recorded_at: Instant
    superseded_at: Instant | None
    reason: str | None = Field(max_length=500, examples=["Fel tidpunkt"])
    corrected_by: Subject | None
    signed_by: Subject | None
    suspected_at: Instant
    written_at: Instant
    called_at: Instant | None
    sent_at: Instant | None
    child: Said
    concern: Said
    reporter: ReporterShape

    @classmethod
    def of(cls, version: RecordVersion, concern: Concern) -> Self:
        by = concern.reporter
        same = ("signed_by", "suspected_at", "written_at", "called_at", "sent_at")
        return cls(
            **{name: version.body[name] for name in same},
            version=version.version,
            recorded_at=version.recorded_at,
            superseded_at=version.superseded_at,
            reason=version.reason,
            corrected_by=version.by,
            child=concern.child,
            concern=concern.concern,
            reporter=ReporterShape(name=by.name, title=by.title, phone=by.phone),
        )


class UnitManagerIn(ApiModel):
    """Who signs a unit's concern reports from a day on, or (an acting manager) until another."""

    unit: UnitCode
    manager: Subject
    valid_from: LocalDate
    valid_to: LocalDate | None = None
    reason: Reason


class UnitManagerOut(RecordOut):
    """An appointment; `validTo` is its last day."""

    id: UUID
    unit: UnitCode
    manager: Subject
    valid_from: LocalDate
    valid_to: LocalDate | None
    version: int
