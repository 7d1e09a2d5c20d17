"""Why figures moved, on the wire."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from shared.figures.schemas import AskedFigureOut, FigureQueryIn, NoteOut
from shared.models import ApiModel, Instant


class FigureChangesIn(ApiModel):
    """Questions whose answers are compared between two bases."""

    queries: list[FigureQueryIn] = Field(min_length=1, max_length=500)
    since: Instant = Field(description="The earlier basis")
    basis: Instant | None = Field(
        default=None, description="The later basis, settled; left out: the newest there is"
    )


class PartsOut(ApiModel):
    """A difference by what made it; the parts sum to it exactly."""

    new_facts: int | str = Field(
        description="Happened after the day of the earlier basis, or came of a record since",
        examples=[12],
    )
    late_facts: int | str = Field(
        description="Happened on or before the day of the earlier basis and was told after it",
        examples=[3],
    )
    corrections: int | str = Field(description="Was told wrongly before", examples=[-1])
    retractions: int | str = Field(description="Never was true", examples=[-2])
    merges: int | str = Field(
        description="Records turned out to be one person, or not to be", examples=[-1]
    )
    rule_changes: int | str = Field(
        description="Other rules for what counts, such as a target group's", examples=[0]
    )
    area_changes: int | str = Field(
        description="Places and people that came to belong to another area", examples=[0]
    )


class ChangeOut(ApiModel):
    """A value at two bases; its values are of the same type as in the figure's own answer."""

    before: int | str | None = Field(
        description="At the earlier basis; null: the median of nothing", examples=[120]
    )
    after: int | str | None = Field(
        description="At the later basis; null: the median of nothing", examples=[131]
    )
    difference: int | str | None = Field(
        description="After less before; null where one of them is", examples=[11]
    )
    parts: PartsOut | None = Field(description="Null where the difference is")


class ChangedCellOut(ChangeOut):
    """The change of one combination, whose breakdown values stand beside it by name."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "additionalProperties": {
                "type": "string",
                "description": "The value of a breakdown, by its name",
                "examples": ["women"],
            }
        },
    )


class FigureChangeOut(AskedFigureOut):
    """Why one figure moved."""

    total: ChangeOut
    cells: list[ChangedCellOut] = Field(
        description="Sorted; one for each combination that is not zero at both bases or has a "
        "part, and for those that `where` names one by one"
    )
    notes: list[NoteOut]


class FigureChangesOut(ApiModel):
    """Why figures moved between two bases, in the order asked."""

    since: Instant = Field(description="The earlier basis")
    basis: Instant = Field(description="The later basis")
    items: list[FigureChangeOut]
