"""What the routes of figures take, as it is read and as it is published."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path
from fastapi import Query as QueryParameter
from pydantic.alias_generators import to_camel

from shared.figures.series import Step
from shared.models import Instant

FigureName = Annotated[str, Path(alias="figure", max_length=80, description="Its name")]
PeriodText = Annotated[
    str,
    QueryParameter(
        alias="period",
        max_length=21,
        description="2024, 2024-Q3, 2024-T2, 2024-09, 2024-12-31 or 2024-09-01/2024-12-31",
    ),
]
BasisQuery = Annotated[
    Instant | None,
    QueryParameter(alias="basis", description="A settled instant; left out: the newest there is"),
]
ByQuery = Annotated[
    list[str] | None, QueryParameter(alias="by", description="Breakdowns, repeated or with commas")
]
PlusQuery = Annotated[
    list[str] | None,
    QueryParameter(alias="plus", description="Further figures of the same unit and kind to add"),
]

StepQuery = Annotated[Step, QueryParameter(alias="step", description="How long each point is")]


def filter_parameter(dimension: str) -> dict[str, Any]:
    """Return the query parameter by which a breakdown's values are chosen, as it is published."""
    return {
        "name": to_camel(dimension),
        "in": "query",
        "required": False,
        "description": "Count only these values, where the figure has this breakdown",
        "schema": {"type": "array", "items": {"type": "string", "maxLength": 80}},
    }
