"""Shapes of the rules of target groups, and of the explanation of a person's groups."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Self, TypeAlias
from uuid import UUID

import msgspec
from pydantic import Field

from services.participants.domain.codes import TargetGroup
from services.participants.domain.conditions import Verdict
from services.participants.schemas.fields import Label
from shared.models import ApiModel, LocalDate

if TYPE_CHECKING:
    from datetime import date

    from asyncpg import Record

    from services.participants.domain.target_groups import Judged


class ConditionKind(StrEnum):
    """What a condition asks about; each kind has parameters of its own."""

    AGE = "age"
    SEX = "sex"
    COUNTRY_OF_BIRTH = "country_of_birth"
    YEARS_IN_SWEDEN = "years_in_sweden"
    GROUND = "ground"
    STATUS = "status"
    EDUCATION = "education"
    STATED = "stated"
    UNEMPLOYED = "unemployed"
    KAA = "kaa"
    NOT_IN_WORK_OR_STUDIES = "not_in_work_or_studies"
    ANY = "any"


Years: TypeAlias = Annotated[int, Field(ge=0, le=120, examples=[19])]
Months: TypeAlias = Annotated[int, Field(ge=1, le=120, examples=[12])]
Codes: TypeAlias = Annotated[list[str], Field(min_length=1, max_length=20, examples=[["inactive"]])]


class SimpleConditionIn(ApiModel):
    """One condition: `kind`, and the parameters of that kind alone.

    `age`: atLeast, atMost. `sex`, `country_of_birth`, `ground`, `status`, `education`, `stated`:
    values, codes of which one must hold. `years_in_sweden`: fewerThan. `unemployed`:
    monthsUnder25, monthsOtherwise (more than). `kaa`: member. `not_in_work_or_studies`: none.
    """

    kind: ConditionKind
    values: Codes | None = None
    at_least: Years | None = None
    at_most: Years | None = None
    fewer_than: Years | None = None
    months_under_25: Months | None = None
    months_otherwise: Months | None = None
    member: bool | None = None


class ConditionIn(SimpleConditionIn):
    """One condition, or with `kind` any, several `alternatives` of which one must hold."""

    alternatives: list[SimpleConditionIn] | None = Field(default=None, min_length=2, max_length=10)


class TargetGroupRuleIn(ApiModel):
    """A new version of what makes a group; all its conditions must hold."""

    target_group: TargetGroup
    valid_from: LocalDate
    title: Label
    conditions: list[ConditionIn] = Field(min_length=1, max_length=20)

    @property
    def conditions_json(self) -> str:
        """The conditions as the domain reads them: parameters that are left out are not there."""
        return msgspec.json.encode(
            [
                each.model_dump(mode="json", by_alias=True, exclude_none=True)
                for each in self.conditions
            ]
        ).decode()


class SimpleConditionOut(ApiModel):
    """A condition; parameters of other kinds are null."""

    kind: ConditionKind
    values: Codes | None
    at_least: Years | None
    at_most: Years | None
    fewer_than: Years | None
    months_under_25: Months | None
    months_otherwise: Months | None
    member: bool | None


class ConditionOut(SimpleConditionOut):
    """A condition; `alternatives` holds those of which one must hold, when `kind` is any."""

    alternatives: list[SimpleConditionOut] | None


class TargetGroupRuleOut(ApiModel):
    """One version of a group's rule, from its first day to its last."""

    id: UUID
    target_group: TargetGroup
    rule_version: int = Field(examples=[2])
    valid_from: LocalDate
    valid_to: LocalDate | None
    title: Label
    conditions: list[ConditionOut]
    version: int

    @classmethod
    def of(cls, row: Record) -> Self:
        same = ("id", "target_group", "rule_version", "valid_from", "valid_to", "title", "version")
        conditions = msgspec.json.decode(row["conditions_json"], type=list[dict[str, object]])
        return cls.model_validate(
            {name: row[name] for name in same}
            | {"conditions": [_filled(each, ConditionOut) for each in conditions]}
        )


class ExplainedOut(ApiModel):
    """What one condition gives, and why, in Swedish."""

    kind: ConditionKind
    verdict: Verdict
    explanation: str = Field(
        examples=["Uppfyllt: ålder 19 till 29 år på dagen; personen är 23 år."]
    )


class BelongingOut(ApiModel):
    """One group of the day: `met` belongs; `not_known` lacks what would decide it."""

    target_group: TargetGroup
    title: Label
    rule_version: int = Field(examples=[2])
    valid_from: LocalDate
    verdict: Verdict
    conditions: list[ExplainedOut]


class PersonTargetGroupsOut(ApiModel):
    """A person's target groups on a day."""

    person_id: UUID
    on: LocalDate
    groups: list[BelongingOut]

    @classmethod
    def of(cls, person_id: UUID, on: date, judged: list[Judged]) -> Self:
        groups = [
            BelongingOut(
                target_group=TargetGroup(each.rule.group),
                title=each.rule.title,
                rule_version=each.rule.version,
                valid_from=each.rule.valid_from,
                verdict=each.verdict,
                conditions=[
                    ExplainedOut(
                        kind=ConditionKind(told.kind), verdict=told.verdict, explanation=told.text
                    )
                    for told in each.conditions
                ],
            )
            for each in judged
        ]
        return cls(person_id=person_id, on=on, groups=groups)


def _filled(condition: dict[str, object], model: type[ApiModel]) -> dict[str, object]:
    """Return a stored condition with null for the parameters of other kinds."""
    filled: dict[str, object] = {
        str(field.alias): condition.get(str(field.alias)) for field in model.model_fields.values()
    }
    nested = condition.get("alternatives")
    if isinstance(nested, list):
        filled["alternatives"] = [_filled(each, SimpleConditionOut) for each in nested]
    return filled
