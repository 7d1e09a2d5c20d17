"""Shapes of funnels: what outreach led to."""

from __future__ import annotations

from pydantic import Field

from services.outreach.domain.funnels import SMALL_BASE, Stage
from shared.figures.schemas import CountingRuleInForceOut, NoteOut
from shared.models import ApiModel, Instant


class StageOut(ApiModel):
    """One step: the figure that it is, and what of it; its value stands in each group."""

    stage: Stage
    figure: str = Field(description="Asked for by itself it answers the same", examples=["visits"])
    version: int = Field(examples=[1])
    unit: str = Field(description="Steps of different units are never added", examples=["visits"])
    title: str = Field(examples=["Besök"])
    definition: str = Field(examples=["Antal räknade besök under perioden."])
    where: dict[str, list[str]] = Field(
        description="Which part of the figure", examples=[{"direction": ["two_way"]}]
    )
    notes: list[NoteOut]
    counting_rules: list[CountingRuleInForceOut] = Field(
        description="The dated rules in force, as in the figure's own answer"
    )


class StageValueOut(ApiModel):
    """How many came as far as a step."""

    stage: Stage
    figure: str = Field(examples=["visits"])
    unit: str = Field(examples=["visits"])
    value: int | None = Field(
        description="Null: the step is not counted by this breakdown", examples=[100]
    )


class ConversionOut(ApiModel):
    """What share went on from one step to another, with both numbers."""

    name: str = Field(examples=["enrolled"])
    numerator: StageValueOut
    denominator: StageValueOut
    value: str | None = Field(
        description="A decimal number, of the unit of the denominator; null when that is zero",
        examples=["0.2000"],
    )
    small_base: bool = Field(
        description=f"The denominator is under {SMALL_BASE}: the share says little",
        examples=[False],
    )
    note: str | None = Field(examples=["Besök är inte personer."])


class FunnelGroupOut(ApiModel):
    """The steps and conversions of one value of the breakdown, or of everything together."""

    group: str | None = Field(
        description="Null: everything together; empty: has no such property",
        examples=["tensta-library"],
    )
    stages: list[StageValueOut]
    conversions: list[ConversionOut]


class FunnelOut(ApiModel):
    """What outreach led to in a period; the same question at one basis gives the same bytes.

    Referrals are those made in the period, with what had become of them at the basis, whenever
    that happened. Persons are counted once in each group, so groups do not add up to the total.
    """

    period: str = Field(examples=["2024"])
    period_label: str = Field(examples=["2024"])
    basis: Instant
    by: str | None = Field(examples=["venue"])
    where: dict[str, list[str]] = Field(examples=[{"unit": ["jobbtorg-unga-kista"]}])
    stages: list[StageOut]
    groups: list[FunnelGroupOut]
    total: FunnelGroupOut
    notes: list[NoteOut] = Field(description="What holds for all of it")
