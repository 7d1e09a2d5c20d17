"""Shapes of child checklists, and of plans that need one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Self, TypeAlias
from uuid import UUID

from pydantic import AfterValidator, Field

from services.participants.domain.child_checklists import ChecklistContent
from services.participants.domain.codes import ChecklistGround, PlanOrder
from services.participants.schemas.fields import Reason, RecordOut, UnitCode
from shared.errors import Unacceptable
from shared.models import ApiModel, Instant, LocalDate

if TYPE_CHECKING:
    from asyncpg import Record

    from shared.records import RecordVersion


def _answered(text: str) -> str:
    if not text.strip():
        raise Unacceptable("must say something")
    return text


Answer: TypeAlias = Annotated[
    str, Field(min_length=1, max_length=8000, examples=["Svar"]), AfterValidator(_answered)
]
Officer: TypeAlias = Annotated[str, Field(max_length=200, examples=["coach-7"])]


class ChecklistAnswers(ApiModel):
    """How the planning affects the children, what the parents say of it, and a reflection.

    Of a youth in the responsibility for activity, their own view instead of the parents'.
    """

    effect_short_term: Answer
    effect_long_term: Answer
    parents_view: Answer | None = None
    childs_view: Answer | None = None
    reflection: Answer = Field(description="Short, on the rights of the child (barnkonventionen)")

    @property
    def content(self) -> ChecklistContent:
        return ChecklistContent(
            effect_short_term=self.effect_short_term,
            effect_long_term=self.effect_long_term,
            parents_view=self.parents_view,
            childs_view=self.childs_view,
            reflection=self.reflection,
        )


class ChildChecklistIn(ChecklistAnswers):
    """The checklist of a plan."""

    plan_id: UUID
    answered_on: LocalDate


class ChecklistCorrectionIn(ApiModel):
    """What was wrong. Fields left out stay."""

    answered_on: LocalDate | None = None
    effect_short_term: Answer | None = None
    effect_long_term: Answer | None = None
    parents_view: Answer | None = None
    childs_view: Answer | None = None
    reflection: Answer | None = None
    reason: Reason


class ChildChecklistOut(RecordOut):
    """That a plan has its checklist, without the answers."""

    id: UUID
    plan_id: UUID
    person_id: UUID
    unit: UnitCode
    answered_on: LocalDate
    answered_by: Officer
    retracted: bool
    version: int


class AnswersOut(ApiModel):
    """The answers of a checklist."""

    effect_short_term: Answer
    effect_long_term: Answer
    parents_view: Answer | None
    childs_view: Answer | None
    reflection: Answer

    @classmethod
    def opened(cls, content: ChecklistContent) -> Self:
        return cls.model_validate({name: getattr(content, name) for name in cls.model_fields})


class ChildChecklistReadOut(ChildChecklistOut):
    """A checklist with its answers."""

    answers: AnswersOut

    @classmethod
    def opened(cls, row: Record, content: ChecklistContent) -> Self:
        metadata = {name: row[name] for name in ChildChecklistOut.model_fields}
        return cls(**metadata, answers=AnswersOut.opened(content))


class ChecklistVersionOut(ApiModel):
    """What a checklist said until it was corrected; the newest has no end, reason or corrector."""

    version: int
    recorded_at: Instant
    superseded_at: Instant | None
    reason: str | None = Field(max_length=500, examples=["Fel barn"])
    corrected_by: Officer | None
    answered_on: LocalDate
    answers: AnswersOut

    @classmethod
    def of(cls, version: RecordVersion, content: ChecklistContent) -> Self:
        return cls(
            version=version.version,
            recorded_at=version.recorded_at,
            superseded_at=version.superseded_at,
            reason=version.reason,
            corrected_by=version.by,
            answered_on=version.body["answered_on"],
            answers=AnswersOut.opened(content),
        )


class ChildPlanOut(RecordOut):
    """A plan that needs a child checklist, why, and whether it has one."""

    plan_id: UUID
    person_id: UUID
    unit: UnitCode
    drawn_up_on: LocalDate
    ground: ChecklistGround
    order: PlanOrder
    checklist_id: UUID | None = Field(description="Null: it is lacking")
    answered_on: LocalDate | None
    days: int | None = Field(description="From plan to checklist")
