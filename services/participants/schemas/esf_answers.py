"""Shapes of what ESF participants say, and of incomplete records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self
from uuid import UUID

from pydantic import Field

from services.participants.domain.codes import EsfCircumstance, EsfResult
from services.participants.domain.esf import Participation, missing, record_faults
from services.participants.schemas.fields import ProgrammeCode, Reason, RecordOut, UnitCode
from shared.models import ApiModel, LocalDate

if TYPE_CHECKING:
    from asyncpg import Record


class EsfResultsIn(ApiModel):
    """What had come of it within four weeks of leaving; an empty list when nothing had."""

    results: list[EsfResult] = Field(max_length=len(EsfResult))
    observed_on: LocalDate
    reason: Reason = "Utträde"


class EsfStatementIn(ApiModel):
    """What a participant says of themselves, and when they consented to it being kept.

    Both null when the consent is withdrawn.
    """

    circumstances: list[EsfCircumstance] | None = Field(max_length=len(EsfCircumstance))
    consented_on: LocalDate | None
    reason: Reason = "Uppgift från deltagaren"


class EsfAnswersOut(RecordOut):
    """What has been said for the indicators; null is not answered, empty is none of it."""

    id: UUID
    person_id: UUID
    unit: UnitCode
    programme: ProgrammeCode
    started_on: LocalDate
    exited_on: LocalDate | None
    esf_circumstances: list[EsfCircumstance] | None
    esf_consented_on: LocalDate | None
    esf_results: list[EsfResult] | None
    esf_results_on: LocalDate | None
    version: int


class EsfIncompleteRecordOut(ApiModel):
    """An enrolment by which a participant, or a result, is in no indicator."""

    enrolment_id: UUID
    person_id: UUID
    unit: UnitCode
    programme: ProgrammeCode
    entered_on: LocalDate
    missing_answers: list[str] = Field(examples=[["education"]])
    faults: list[str] = Field(examples=[["result_outside_window"]])

    @classmethod
    def of(cls, row: Record) -> Self:
        participation = Participation(
            sex=row["sex"],
            employment_status=row["status"],
            age=row["age"],
            education=row["education"],
            entered_on=row["entered_on"],
            exited_on=row["exited_on"],
            results=row["results"],
            results_on=row["results_on"],
            improvement_answered=row["improvement"] is not None,
        )
        same = ("enrolment_id", "person_id", "unit", "programme", "entered_on")
        return cls.model_validate(
            {name: row[name] for name in same}
            | {"missing_answers": missing(participation), "faults": record_faults(participation)}
        )
