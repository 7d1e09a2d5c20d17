"""What the reports service says, as its published specification describes it."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.models import ApiModel, Instant, LocalDate


class ReportPeriodOut(ApiModel):
    """The period reported."""

    period: str = Field(examples=["2024"])
    label: str = Field(examples=["2024"])
    first: LocalDate
    last: LocalDate


class ReportAreaOut(ApiModel):
    """The area reported, on today's division."""

    code: str = Field(examples=["jarva"])
    name: str = Field(examples=["Järva"])
    districts: list[str] = Field(examples=[["jarva", "rinkeby-kista", "spanga-tensta"]])


class ReportSourceOut(ApiModel):
    """A provider that was asked, and whether it answered."""

    name: str = Field(examples=["participants"])
    status: str = Field(description="ok or unavailable", examples=["ok"])
    reason: str | None = Field(description="Why it is unavailable", examples=[None])


class ReportSectionOut(ApiModel):
    """One part of the report: figures, ratios, references, statements, tables and texts.

    An item whose `status` is `unavailable` has a reason and no value: what is missing is never
    shown as zero.
    """

    key: str = Field(examples=["guidance"])
    title: str = Field(examples=["Studie- och yrkesvägledning"])
    status: str = Field(description="ok or unavailable", examples=["ok"])
    reason: str | None = Field(examples=[None])
    items: list[dict[str, Any]] = Field(
        examples=[
            [
                {
                    "kind": "figure",
                    "key": "guidance.visits",
                    "label": "Besök under året",
                    "status": "ok",
                    "unit": "visits",
                    "values": [{"period": "2024", "value": 729, "tables": []}],
                    "notes": ["Räknas på ett nytt sätt från den 2024-01-01."],
                }
            ]
        ]
    )


class CommitteeReportOut(ApiModel):
    """A committee report: the same question with the same basis gives the same bytes."""

    template: str = Field(examples=["fokus-jarva"])
    title: str = Field(examples=["Arbetsmarknadsnämndens bidrag till Fokus Järva 2024"])
    period: ReportPeriodOut
    area: ReportAreaOut | None
    programme: str | None = Field(
        description="The code of the programme reported", examples=["stockholmskraften"]
    )
    names: dict[str, dict[str, str]] = Field(
        description="What codes are called, by breakdown",
        examples=[{"district": {"jarva": "Järva"}}],
    )
    basis: Instant
    status: str = Field(description="complete or partial", examples=["complete"])
    audience: str = Field(
        default="committee", description="public, or left out: committee", examples=["public"]
    )
    protection: str | None = Field(
        default=None,
        description="For the public: suppression or rounding. A protected value is null and "
        "`withheld`, or `rounded`; a table with rows left out is `incomplete`",
        examples=["suppression"],
    )
    notes_written: bool = Field(
        default=False,
        description="Whether each item's `notes` hold everything its reader must know; reports"
        " kept before this hold those that do not follow from the values",
        examples=[True],
    )
    sources: list[ReportSourceOut]
    sections: list[ReportSectionOut]


class TemplateOut(ApiModel):
    """A kind of report that can be asked for."""

    name: str = Field(examples=["fokus-jarva"])
    title: str = Field(examples=["Arbetsmarknadsnämndens bidrag till Fokus {area} {year}"])
    period_kind: str = Field(description="year, tertial, year_or_tertial or any", examples=["year"])
    needs_area: bool
    needs_programme: bool = Field(description="Whether programme must be given")
    sections: list[str] = Field(examples=[["Jobbtorg"]])


class TemplatesOut(ApiModel):
    """Every template."""

    templates: list[TemplateOut]


class AreaOut(ApiModel):
    """A district of the city while it exists, and the ones that were merged into it."""

    code: str = Field(examples=["jarva"])
    name: str = Field(examples=["Järva"])
    valid_from: LocalDate
    valid_to: LocalDate | None = Field(examples=[None])
    predecessors: list[str] = Field(examples=[["rinkeby-kista", "spanga-tensta"]])


class AreasOut(ApiModel):
    """The area map."""

    areas: list[AreaOut]
