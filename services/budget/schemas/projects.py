"""Shapes of projects and of the project appendix."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from services.budget.domain.appendix import COLUMNS, Appendix, FunderPart, FunderSum, Project
from services.budget.domain.periods import PeriodRange
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
from services.budget.schemas.statements import PERIOD, ColumnOut
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


class AppendixRowOut(ApiModel):
    """A funder (section), a project, or a sum of one currency.

    Amounts are in the row's currency; null where the source states none.
    """

    code: str = Field(max_length=80, examples=["5"])
    label: str = Field(max_length=260, examples=["5. Vux 2.0"])
    kind: Literal["section", "project", "sum"]
    currency: Currency | None
    amounts: dict[str, str | None] = Field(
        description="By column code",
        examples=[{"budget": "18700000.00", "committeeShare": None, "cofinancing": "4700000.00"}],
    )
    funder: str | None = Field(max_length=40, examples=["esf"])
    programme: str | None = Field(max_length=200, examples=["ESF"])
    role: Role | None
    responsible_department: str | None = Field(
        max_length=200, examples=["Vuxenutbildning Stockholm"]
    )
    phase: str | None = Field(max_length=200, examples=[""])
    start: str | None = Field(max_length=10, examples=["2017-12"])
    end: str | None = Field(max_length=10, examples=["2021-12"])
    budget_note: str | None = Field(max_length=500, examples=[""])
    projects: int | None = Field(description="Of a sum: how many projects", examples=[10])
    not_stated: int | None = Field(description="Of a sum: how many state no budget", examples=[1])

    @classmethod
    def section(cls, part: FunderPart) -> Self:
        return cls._blank(code=part.funder, label=part.title, kind="section", funder=part.funder)

    @classmethod
    def project(cls, project: Project) -> Self:
        terms = project.terms
        stated = terms.budget or terms.cofinancing
        share = terms.own_share
        return cls._blank(
            code=project.number,
            label=f"{project.number}. {project.name}",
            kind="project",
            currency=stated.currency if stated else None,
            amounts={
                "budget": to_decimal_string(terms.budget.hundredths) if terms.budget else None,
                "committeeShare": to_decimal_string(share.hundredths) if share else None,
                "cofinancing": to_decimal_string(terms.cofinancing.hundredths)
                if terms.cofinancing
                else None,
            },
            funder=project.funder,
            programme=project.programme,
            role=project.role,
            responsible_department=project.department,
            phase=project.phase,
            start=str(project.start),
            end=str(project.end),
            budget_note=project.budget_note,
        )

    @classmethod
    def sum(cls, code: str, label: str, total: FunderSum) -> Self:
        return cls._blank(
            code=f"{code}-sum-{total.currency.lower()}",
            label=f"{label} ({total.currency})",
            kind="sum",
            currency=total.currency,
            amounts={
                "budget": to_decimal_string(total.budget),
                "committeeShare": to_decimal_string(total.committee_share),
                "cofinancing": to_decimal_string(total.cofinancing),
            },
            projects=total.projects,
            not_stated=total.not_stated,
        )

    @classmethod
    def _blank(cls, **known: object) -> Self:
        """Return a row whose other fields do not apply."""
        absent = {name: None for name in cls.model_fields if name != "amounts"}
        return cls.model_validate({**absent, "amounts": dict.fromkeys(_CODES), **known})


_CODES = ("budget", "committeeShare", "cofinancing")


class AppendixOut(ApiModel):
    """Projects under way in a period, by funder, as they were known at a basis."""

    statement: str = Field(max_length=40, examples=["project-appendix"])
    title: str = Field(max_length=80, examples=["Projektbilaga"])
    version: int = Field(description="Of the form's layout", examples=[1])
    period: str = PERIOD
    basis: Instant
    columns: list[ColumnOut]
    rows: list[AppendixRowOut]
    notes: list[str] = Field(description="What a reader must know, in Swedish", examples=[[]])

    @classmethod
    def of(cls, appendix: Appendix, period: PeriodRange, basis: datetime) -> Self:
        rows = [row for part in appendix.parts for row in _rows(part)]
        rows += [AppendixRowOut.sum("total", "Summa", total) for total in appendix.sums]
        unstated = sum(1 for p in appendix.parts for q in p.projects if q.terms.budget is None)
        return cls(
            statement="project-appendix",
            title="Projektbilaga",
            version=1,
            period=str(period),
            basis=basis,
            columns=[
                ColumnOut(code=code, label=label)
                for code, (_, label) in zip(_CODES, COLUMNS, strict=True)
            ],
            rows=rows,
            notes=[f"{unstated} projekt anger inget budgetbelopp och ingår inte i summorna."]
            if unstated
            else [],
        )


def _rows(part: FunderPart) -> list[AppendixRowOut]:
    return [
        AppendixRowOut.section(part),
        *(AppendixRowOut.project(project) for project in part.projects),
        *(AppendixRowOut.sum(part.funder, f"Summa {part.title}", total) for total in part.sums),
    ]
