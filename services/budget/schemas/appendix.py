"""Shape of the project appendix: the rows of a statement, with what is said of each project."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, Self

from pydantic import Field

from services.budget.domain.appendix import COLUMNS, Appendix, FunderPart, FunderSum, Project
from services.budget.domain.periods import PeriodRange
from services.budget.domain.projects import Currency, Role
from services.budget.schemas.fields import PERIOD
from services.budget.schemas.statements import ColumnOut
from shared.models import ApiModel, Instant
from shared.money import to_decimal_string

_CODES = ("budget", "committeeShare", "cofinancing")


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
