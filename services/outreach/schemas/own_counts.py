"""Shapes of operations' own numbers."""

from __future__ import annotations

from pydantic import Field

from services.outreach.schemas.fields import Name, OperationCode
from shared.figures.schemas import BreakOut, CountingRuleInForceOut, NoteOut
from shared.models import ApiModel, Instant, LocalDate


class OwnCountOut(ApiModel):
    """What an operation counted by one of its rules, in the days that the rule held."""

    operation: OperationCode
    name: Name
    figure: str = Field(description="The figure that it is", examples=["visits"])
    version: int = Field(description="Of the figure", examples=[1])
    unit: str = Field(description="What was counted", examples=["visits"])
    definition: str = Field(examples=["Antal räknade besök under perioden."])
    from_: LocalDate = Field(alias="from", description="First day of the period under the rule")
    to: LocalDate = Field(description="Last day of the period under the rule")
    value: int = Field(examples=[729])
    rule: CountingRuleInForceOut


class OwnCountsOut(ApiModel):
    """Operations' own numbers, by operation and rule; the same question gives the same bytes."""

    period: str = Field(examples=["2024"])
    period_label: str = Field(examples=["2024"])
    state: str = Field(
        description="At the basis: complete, open (not over yet) or not_begun",
        examples=["complete"],
    )
    basis: Instant
    where: dict[str, list[str]] = Field(examples=[{"unit": ["jobbtorg-unga-jarva"]}])
    own_counts: list[OwnCountOut]
    notes: list[NoteOut]
    breaks: list[BreakOut] = Field(description="Changes of counting inside the period")
