"""Shapes of the rules of who is UVAS."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import Field

from services.outreach.domain.uvas import OLDEST
from services.outreach.schemas.fields import Note
from shared.models import ApiModel, LocalDate

Age: TypeAlias = Annotated[
    int, Field(ge=0, le=OLDEST, examples=[19], description="Whole years; included")
]
WithoutKaa: TypeAlias = Annotated[
    bool,
    Field(
        examples=[True],
        description=(
            "Whether people in the municipal responsibility for activity (KAA) that day are left "
            "out; of anonymous contacts nobody knows"
        ),
    ),
]


class UvasRuleIn(ApiModel):
    """Who counts as UVAS from a day on."""

    valid_from: LocalDate
    youngest: Age
    oldest: Age
    without_kaa: WithoutKaa
    note: Note


class UvasRuleOut(UvasRuleIn):
    """One rule; it holds until the next one begins."""

    version: int = Field(examples=[2])


class UvasRulesOut(ApiModel):
    """Every rule, the earliest first; each after the first is a series break."""

    items: list[UvasRuleOut]
