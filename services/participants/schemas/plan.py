"""Shapes of plans. What a plan says is read one at a time, never in lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Self, TypeAlias
from uuid import UUID

from pydantic import Field

from services.participants.domain.codes import ChecklistState
from services.participants.domain.plans import PlanContent, Step
from services.participants.schemas.fields import Reason, RecordOut, UnitCode
from shared.models import ApiModel, LocalDate

if TYPE_CHECKING:
    from asyncpg import Record

PlanText: TypeAlias = Annotated[str, Field(min_length=1, max_length=4000, examples=["Egen lön"])]


class StepShape(ApiModel):
    """One step towards the goal."""

    what: PlanText
    by: LocalDate | None = None


class ContentIn(ApiModel):
    """What a plan says and when it is looked at again."""

    drawn_up_on: LocalDate
    review_on: LocalDate
    goal: PlanText
    steps: list[StepShape] = Field(min_length=1, max_length=40)
    guardian_of_children: bool | None = Field(
        default=None, description="Of children under 18 on the day; left out, as the person says"
    )

    @property
    def content(self) -> PlanContent:
        return _content(self.goal, self.steps)


class PlanIn(ContentIn):
    """A plan drawn up with a person."""

    person_id: UUID
    unit: UnitCode
    enrolment_id: UUID | None = Field(
        default=None, description="The enrolment it is for; none before or beside enrolments"
    )


class PlanCorrectionIn(ApiModel):
    """What was recorded wrongly. Fields left out stay; goal and steps are given together."""

    drawn_up_on: LocalDate | None = None
    review_on: LocalDate | None = None
    goal: PlanText | None = None
    steps: list[StepShape] | None = Field(default=None, min_length=1, max_length=40)
    guardian_of_children: bool | None = None
    reason: Reason

    @property
    def content(self) -> PlanContent | None:
        if self.goal is None or self.steps is None:
            return None
        return _content(self.goal, self.steps)


class PlanOut(RecordOut):
    """A plan, without what it says; `renewedBy` is the plan that follows it."""

    id: UUID
    person_id: UUID
    enrolment_id: UUID | None
    unit: UnitCode
    drawn_up_on: LocalDate
    review_on: LocalDate
    follows: UUID | None
    renewed_by: UUID | None
    guardian_of_children: bool
    child_checklist: ChecklistState
    retracted: bool
    version: int


class PlanContentOut(PlanOut):
    """A plan and what it says."""

    goal: PlanText
    steps: list[StepShape]

    @classmethod
    def opened(cls, row: Record, content: PlanContent) -> Self:
        """Return the model of a row and its opened content."""
        return cls.model_validate(
            {name: row[name] for name in PlanOut.model_fields}
            | {
                "goal": content.goal,
                "steps": [StepShape(what=step.what, by=step.by) for step in content.steps],
            }
        )


def _content(goal: str, steps: list[StepShape]) -> PlanContent:
    return PlanContent(goal, tuple(Step(step.what, step.by) for step in steps))
