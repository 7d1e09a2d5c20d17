"""Shapes of projects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from services.budget.domain.appendix import Project
from services.budget.domain.projects import (
    FUNDERS,
    Amount,
    Currency,
    PartialDate,
    Role,
    State,
    Terms,
)
from services.budget.projects import Particulars
from services.budget.queries.projects import project_of, stated_date
from services.budget.schemas.fields import Reason, Subject
from shared.models import ApiModel, Instant, LocalDate
from shared.money import Kronor, to_decimal_string

if TYPE_CHECKING:
    from asyncpg import Record


def _partial(text: str) -> str:
    return str(PartialDate.parse(text))


def _funder(code: str) -> str:
    if code not in FUNDERS:
        raise ValueError(f"must be one of {', '.join(FUNDERS)}")
    return code


StatedDate = Annotated[
    str,
    AfterValidator(_partial),
    Field(max_length=10, description="2017, 2017-10 or 2017-10-01", examples=["2017-10"]),
]
FunderCode = Annotated[str, AfterValidator(_funder), Field(max_length=40, examples=["esf"])]
ProjectNumber = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,19}$", max_length=20, examples=["5"]),
]
ProjectName = Annotated[str, Field(min_length=1, max_length=200, examples=["Vux 2.0"])]
ShortText = Annotated[str, Field(max_length=200, examples=["Vuxenutbildning Stockholm"])]
Note = Annotated[str, Field(max_length=500, examples=["Bidraget täcker en projektledare"])]


class AmountIn(ApiModel):
    amount: Kronor
    currency: Currency

    def to_domain(self) -> Amount:
        return Amount(self.amount, self.currency)


class AmountOut(ApiModel):
    amount: str = Field(max_length=19, examples=["18700000.00"])
    currency: Currency

    @classmethod
    def of(cls, amount: Amount) -> Self:
        return cls(amount=to_decimal_string(amount.hundredths), currency=amount.currency)


class ParticularsIn(ApiModel):
    """What is said about a project; a budget that is not stated needs a note instead."""

    name: ProjectName
    funder: FunderCode
    programme: ShortText
    role: Role
    responsible_department: ShortText
    phase: ShortText = ""
    budget: AmountIn | None = None
    budget_note: Note = ""
    own_share: AmountIn | None = None
    cofinancing: AmountIn | None = None
    start: StatedDate
    end: StatedDate
    forecast_start: StatedDate | None = None
    forecast_end: StatedDate | None = None
    forecast_explanation: Note = ""

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.budget is None and not self.budget_note.strip():
            raise ValueError("a budget that is not stated needs a note saying what is")
        if PartialDate.parse(self.start).first_day() > PartialDate.parse(self.end).last_day():
            raise ValueError("a project ends after it begins")
        if (self.forecast_start or self.forecast_end) and not self.forecast_explanation.strip():
            raise ValueError("forecast dates need an explanation")
        return self

    def to_domain(self) -> Particulars:
        return Particulars(
            name=self.name,
            funder=self.funder,
            programme=self.programme,
            role=self.role,
            department=self.responsible_department,
            phase=self.phase,
            terms=Terms(
                budget=self.budget.to_domain() if self.budget else None,
                own_share=self.own_share.to_domain() if self.own_share else None,
                cofinancing=self.cofinancing.to_domain() if self.cofinancing else None,
            ),
            budget_note=self.budget_note,
            start=PartialDate.parse(self.start),
            end=PartialDate.parse(self.end),
            forecast_start=PartialDate.parse(self.forecast_start) if self.forecast_start else None,
            forecast_end=PartialDate.parse(self.forecast_end) if self.forecast_end else None,
            forecast_explanation=self.forecast_explanation,
        )


class ProjectIn(ParticularsIn):
    """A project to register as proposed."""

    number: ProjectNumber


class ProjectChangeIn(ParticularsIn):
    """Everything a project says about itself from now on, and why it changed."""

    reason: Reason


class DecisionIn(ApiModel):
    """The day on which the project got its money."""

    decided_on: LocalDate


class ProjectOut(ApiModel):
    id: UUID
    version: int
    number: ProjectNumber
    state: State
    name: ProjectName
    funder: str = Field(max_length=40, examples=["esf"])
    programme: ShortText
    role: Role
    responsible_department: ShortText
    phase: ShortText
    budget: AmountOut | None = Field(description="Null when the source states no amount")
    budget_note: Note
    own_share: AmountOut | None
    cofinancing: AmountOut | None
    start: StatedDate
    end: StatedDate
    forecast_start: StatedDate | None
    forecast_end: StatedDate | None
    forecast_explanation: Note
    decided_on: LocalDate | None
    reason: Note
    by: Subject
    recorded_at: Instant

    @classmethod
    def of(cls, row: Record) -> Self:
        project = project_of(row)
        start, end = stated_date(row, "forecast_start"), stated_date(row, "forecast_end")
        return cls.model_validate(
            {
                "id": row["project_id"],
                "version": row["version"],
                "state": row["state"],
                "forecast_start": str(start) if start else None,
                "forecast_end": str(end) if end else None,
                "forecast_explanation": row["forecast_explanation"],
                "decided_on": row["decided_on"],
                "reason": row["reason"],
                "by": row["by"],
                "recorded_at": row["recorded_at"],
                **_described(project),
            }
        )


def _described(project: Project) -> dict[str, object]:
    terms = project.terms
    return {
        "number": project.number,
        "name": project.name,
        "funder": project.funder,
        "programme": project.programme,
        "role": project.role,
        "responsible_department": project.department,
        "phase": project.phase,
        "budget": AmountOut.of(terms.budget) if terms.budget else None,
        "budget_note": project.budget_note,
        "own_share": AmountOut.of(terms.own_share) if terms.own_share else None,
        "cofinancing": AmountOut.of(terms.cofinancing) if terms.cofinancing else None,
        "start": str(project.start),
        "end": str(project.end),
    }
