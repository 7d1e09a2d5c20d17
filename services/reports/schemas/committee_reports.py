"""Shapes of committee reports that are kept: drafts, frozen and attested ones."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Self
from uuid import UUID

from pydantic import Field

from services.reports.committee_reports import Replacing
from services.reports.reporting import Request
from shared.models import ApiModel, Instant

if TYPE_CHECKING:
    from asyncpg import Record

Reason = Annotated[
    str,
    Field(
        min_length=3,
        max_length=500,
        pattern=r"\S",
        description="Why, in a sentence; no personal data",
        examples=["Stadsdelens siffror kom efter attesten"],
    ),
]
Hash = Annotated[
    str,
    Field(
        pattern=r"^[0-9a-f]{64}$",
        max_length=64,
        description="SHA-256 of the content's bytes",
        examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
    ),
]
Subject = Annotated[str, Field(max_length=255, examples=["handlaggare-17"])]
Code = Annotated[str, Field(max_length=80)]


class ReportState(StrEnum):
    """A draft can be refreshed, a frozen report attested or thawed, an attested one stands."""

    DRAFT = "draft"
    FROZEN = "frozen"
    ATTESTED = "attested"


class ReplacingIn(ApiModel):
    """The attested report that a new one replaces once it is attested itself."""

    report_id: UUID
    reason: Reason


class CommitteeReportIn(ApiModel):
    """The question whose answer is fixed."""

    template: Code = Field(examples=["fokus-jarva"])
    period: str = Field(max_length=21, examples=["2024"])
    area: Code | None = Field(default=None, examples=["jarva"])
    programme: Code | None = Field(default=None, examples=[None])
    basis: Instant | None = Field(default=None, description="Left out: the newest settled one")
    replaces: ReplacingIn | None = None

    def to_question(self) -> Request:
        return Request(self.template, self.period, self.area, self.programme, self.basis)

    def to_replacing(self) -> Replacing | None:
        if self.replaces is None:
            return None
        return Replacing(self.replaces.report_id, self.replaces.reason)


class RefreshIn(ApiModel):
    basis: Instant | None = Field(default=None, description="Left out: the newest settled one")


class ThawIn(ApiModel):
    reason: Reason


class AttestIn(ApiModel):
    """The content that was read, and the name as it shall stand on the report."""

    content_hash: Hash
    name: str = Field(
        min_length=3,
        max_length=120,
        pattern=r"\S",
        description="Name and title",
        examples=["Karin Ek, arbetsmarknadsdirektör"],
    )


class AttestationOut(ApiModel):
    name: str = Field(max_length=120, examples=["Karin Ek, arbetsmarknadsdirektör"])
    by: Subject
    attested_at: Instant


class ReportOut(ApiModel):
    """A kept report; `contentHash` and `basis` are those of its newest content."""

    id: UUID
    template: Code = Field(examples=["fokus-jarva"])
    period: str = Field(max_length=21, examples=["2024"])
    area: Code | None = Field(examples=["jarva"])
    programme: Code | None = Field(examples=[None])
    title: str = Field(max_length=200, examples=["Fokus Järva 2024"])
    state: ReportState
    version: int = Field(description="Raised by every step", examples=[2])
    content_number: int = Field(description="1, 2, 3, ...", examples=[1])
    status: str = Field(description="complete or partial", max_length=20, examples=["complete"])
    basis: Instant
    content_hash: Hash
    by: Subject
    recorded_at: Instant
    supersedes: UUID | None
    supersedes_reason: Reason | None
    superseded_by: UUID | None = Field(description="The attested report that replaced it")
    reopened_periods: list[int] = Field(
        description="Periods of the ledger, YYYYPP, that it uses and that were reopened since",
        examples=[[]],
    )
    attestation: AttestationOut | None

    @classmethod
    def of(cls, row: Record, reopened: list[int]) -> Self:
        attested = row["attested_at"] and AttestationOut(
            name=row["attested_name"], by=row["attested_by"], attested_at=row["attested_at"]
        )
        made = {"attestation": attested, "reopened_periods": reopened}
        given = {name: row[name] for name in cls.model_fields if name not in made}
        about = {name: row[name] or None for name in ("area", "programme")}
        return cls.model_validate({**given, **about, **made})


class StepOut(ApiModel):
    """Something that was done with a report."""

    step: str = Field(max_length=20, examples=["frozen"])
    version: int = Field(description="Of the report, after the step", examples=[2])
    reason: str = Field(max_length=500, examples=[""])
    by: Subject
    recorded_at: Instant

    @classmethod
    def of(cls, row: Record) -> Self:
        return cls.model_validate({name: row[name] for name in cls.model_fields})


class ContentOut(ApiModel):
    """One content that a report has had."""

    number: int = Field(examples=[1])
    basis: Instant
    status: str = Field(max_length=20, examples=["complete"])
    content_hash: Hash
    by: Subject
    recorded_at: Instant

    @classmethod
    def of(cls, row: Record) -> Self:
        return cls.model_validate({name: row[name] for name in cls.model_fields})


class HistoryOut(ApiModel):
    """What was done with a report, and every content it has had, oldest first."""

    steps: list[StepOut]
    contents: list[ContentOut]
