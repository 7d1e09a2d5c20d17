"""The question of a report, as query parameters of every route that asks it."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Query

from services.reports.domain.audience import Audience, Protection
from services.reports.reporting import Request as Question
from shared.models import Instant

ReportPath = Annotated[UUID, Path(alias="reportId", description="The report's id")]
TemplateQuery = Annotated[
    str, Query(alias="template", max_length=80, description="Its name: `/templates` lists them")
]
PeriodQuery = Annotated[
    str, Query(alias="period", max_length=21, description="2024 for a year, 2020-T2 for a tertial")
]
AreaQuery = Annotated[
    str | None, Query(alias="area", max_length=40, description="A code of the area map: jarva")
]
ProgrammeQuery = Annotated[
    str | None,
    Query(alias="programme", max_length=80, description="For reports about one programme"),
]
BasisQuery = Annotated[
    Instant | None,
    Query(
        alias="basis",
        description="The basis of an earlier report gives that report again, byte for byte; "
        "left out, the newest instant that all providers have settled",
    ),
]
AudienceQuery = Annotated[
    Audience, Query(alias="audience", description="`committee` gives exact numbers")
]
ProtectionQuery = Annotated[
    Protection,
    Query(alias="protection", description="For the public: how small counts are protected"),
]


def question(
    *,
    template: TemplateQuery,
    period: PeriodQuery,
    area: AreaQuery = None,
    programme: ProgrammeQuery = None,
    basis: BasisQuery = None,
    audience: AudienceQuery = Audience.COMMITTEE,
    protection: ProtectionQuery = Protection.SUPPRESSION,
) -> Question:
    """Return what a caller asks a report for."""
    return Question(template, period, area, programme, basis, audience, protection)


QuestionDep = Annotated[Question, Depends(question)]
