"""Shape of the project appendix: the rows of a statement, with what is said of each project."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, Self

from pydantic import Field

from services.budget.domain.appendix import (
    COLUMNS,
    Appendix,
    FunderPart,
    FunderSum,
    KronorSum,
    Project,
)
from services.budget.domain.exchange import notes
from services.budget.domain.periods import PeriodRange
from services.budget.domain.projects import Amount, Currency, Role
from services.budget.schemas.exchange_rates import RateOut
from services.budget.schemas.fields import PERIOD
from services.budget.schemas.projects import PartnerOut
from services.budget.schemas.statements import ColumnOut
from shared.models import ApiModel, Instant
from shared.money import to_decimal_string

_CODES = ("budget", "committeeShare", "cofinancing")


class AppendixRowOut(ApiModel):
    """A funder (section), a project, a sum of one currency, or a sum in kronor of all.

    Amounts are in the row's currency unless ``currencies`` says another; null where the source
    states none, or none can be summed.
    """

    code: str = Field(max_length=80, examples=["5"])
    label: str = Field(max_length=260, examples=["5. Vux 2.0"])
    kind: Literal["section", "project", "sum"]
    currency: Currency | None
    amounts: dict[str, str | None] = Field(
        description="By column code",
        examples=[{"budget": "18700000.00", "committeeShare": None, "cofinancing": "4700000.00"}],
    )
    currencies: dict[str, Currency | None] | None = Field(
        description="Of a project: by column code", examples=[{"budget": "SEK"}]
    )
    missing: dict[str, str] | None = Field(
        description="Of a sum in kronor, in Swedish and by column code: whose amounts it lacks",
        examples=[{"budget": "utan projekt 10 (belopp anges inte)"}],
    )
    partners: list[PartnerOut] | None = Field(description="Of a project: who shares it")
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
        share = terms.committee_share if terms.committee_share != terms.budget else None
        columns = dict(zip(_CODES, (terms.budget, share, terms.cofinancing), strict=True))
        return cls._blank(
            code=project.number,
            label=f"{project.number}. {project.name}",
            kind="project",
            currency=stated.currency if stated else None,
            amounts={code: _shown(amount) for code, amount in columns.items()},
            currencies={code: amount and amount.currency for code, amount in columns.items()},
            partners=[PartnerOut.of(partner) for partner in terms.partners],
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
    def kronor(cls, code: str, label: str, sums: Mapping[str, KronorSum]) -> Self:
        """Return the sum of all currencies in kronor, saying whose amounts it lacks."""
        by_column = dict(zip(_CODES, sums.values(), strict=True))
        return cls._blank(
            code=f"{code}-sum-in-sek",
            label=f"{label} i kronor",
            kind="sum",
            currency=Currency.SEK,
            amounts={
                column: None if found.ore is None else to_decimal_string(found.ore)
                for column, found in by_column.items()
            },
            missing={
                column: "utan projekt "
                + ", ".join(f"{number} ({why})" for number, why in found.without)
                for column, found in by_column.items()
                if found.without
            },
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
    rates: list[RateOut] = Field(
        description="That amounts in other currencies were converted at: the newest known on the"
        " period's last day"
    )
    notes: list[str] = Field(description="What a reader must know, in Swedish", examples=[[]])

    @classmethod
    def of(cls, appendix: Appendix, period: PeriodRange, basis: datetime) -> Self:
        rows = [row for part in appendix.parts for row in _rows(part)]
        rows += [AppendixRowOut.sum("total", "Summa", total) for total in appendix.sums]
        rows.append(AppendixRowOut.kronor("total", "Summa", appendix.in_kronor))
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
            rates=[RateOut.of(rate) for rate in appendix.rates.known.values()],
            notes=_notes(appendix),
        )


def _rows(part: FunderPart) -> list[AppendixRowOut]:
    return [
        AppendixRowOut.section(part),
        *(AppendixRowOut.project(project) for project in part.projects),
        *(AppendixRowOut.sum(part.funder, f"Summa {part.title}", total) for total in part.sums),
        *(
            [AppendixRowOut.kronor(part.funder, f"Summa {part.title}", part.in_kronor)]
            if any(total.currency is not Currency.SEK for total in part.sums)
            else []
        ),
    ]


def _shown(amount: Amount | None) -> str | None:
    return to_decimal_string(amount.hundredths) if amount else None


def _notes(appendix: Appendix) -> list[str]:
    unstated = [project for project in appendix.projects if project.terms.budget is None]
    found = []
    if unstated:
        found.append(f"{len(unstated)} projekt anger inget budgetbelopp och ingår inte i summorna.")
    found += [
        f"Projekt {project.number} ({project.name}) går ej att summera: {project.budget_note}."
        for project in unstated
    ]
    return found + notes(appendix.rates, appendix.amounts)
