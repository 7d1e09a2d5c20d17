"""Shapes of projects."""

from __future__ import annotations

from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, Field

from services.budget.domain.appendix import Project
from services.budget.domain.projects import (
    FUNDERS,
    WHOLE,
    Amount,
    Currency,
    PartialDate,
    Particulars,
    Partner,
    Role,
    State,
    Terms,
)
from services.budget.queries.projects import Known
from services.budget.schemas.fields import Reason, Subject
from shared.errors import Unacceptable
from shared.models import ApiModel, Instant, LocalDate
from shared.money import Kronor, to_decimal_string


def _partial(text: str) -> str:
    return str(PartialDate.parse(text))


def _funder(code: str) -> str:
    if code not in FUNDERS:
        raise Unacceptable(f"must be one of {', '.join(FUNDERS)}")
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


SharePoints = Annotated[
    int,
    Field(
        ge=0,
        le=WHOLE,
        description="Hundredths of a per cent: 6700 is 67 %",
        examples=[6700],
    ),
]
PartnerName = Annotated[str, Field(min_length=1, max_length=200, examples=["Milano stad"])]


class PartnerIn(ApiModel):
    """Somebody who shares the project: a share, an amount, or neither where none is stated."""

    name: PartnerName
    role: Role
    is_committee: bool = False
    share_basis_points: SharePoints | None = None
    amount: AmountIn | None = None

    def to_domain(self) -> Partner:
        return Partner(
            name=self.name,
            role=self.role,
            is_committee=self.is_committee,
            share_points=self.share_basis_points,
            amount=self.amount.to_domain() if self.amount else None,
        )


class PartnerOut(ApiModel):
    name: PartnerName
    role: Role
    is_committee: bool = Field(description="Whether it is the committee itself")
    share_basis_points: SharePoints | None
    amount: AmountOut | None

    @classmethod
    def of(cls, partner: Partner) -> Self:
        return cls(
            name=partner.name,
            role=partner.role,
            is_committee=partner.is_committee,
            share_basis_points=partner.share_points,
            amount=AmountOut.of(partner.amount) if partner.amount else None,
        )


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
    decided_cost: AmountIn | None = Field(
        default=None, description="Total decided cost of the committee, where it is stated"
    )
    decided_income: AmountIn | None = Field(
        default=None, description="Total decided income, negative, where it is stated"
    )
    grant_share_basis_points: SharePoints | None = None
    partners: list[PartnerIn] = Field(default=[], max_length=100)
    start: StatedDate
    end: StatedDate
    forecast_start: StatedDate | None = None
    forecast_end: StatedDate | None = None
    forecast_explanation: Note = ""
    strategic_reason: Note = Field(
        default="", description="Why it is of strategic importance; empty when it is not"
    )

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
                decided_cost=self.decided_cost.to_domain() if self.decided_cost else None,
                decided_income=self.decided_income.to_domain() if self.decided_income else None,
                grant_points=self.grant_share_basis_points,
                partners=tuple(partner.to_domain() for partner in self.partners),
            ),
            budget_note=self.budget_note,
            start=PartialDate.parse(self.start),
            end=PartialDate.parse(self.end),
            forecast_start=PartialDate.parse(self.forecast_start) if self.forecast_start else None,
            forecast_end=PartialDate.parse(self.forecast_end) if self.forecast_end else None,
            forecast_explanation=self.forecast_explanation,
            strategic_reason=self.strategic_reason.strip(),
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
    decided_cost: AmountOut | None
    decided_income: AmountOut | None
    grant_share_basis_points: SharePoints | None
    partners: list[PartnerOut]
    start: StatedDate
    end: StatedDate
    forecast_start: StatedDate | None
    forecast_end: StatedDate | None
    forecast_explanation: Note
    strategic: bool
    strategic_reason: Note
    programme_reference: str | None = Field(
        max_length=20,
        description="By which participants knows its programme of the project, once decided",
        examples=["5"],
    )
    decided_on: LocalDate | None
    reason: Note
    by: Subject
    recorded_at: Instant

    @classmethod
    def of(cls, known: Known) -> Self:
        return cls.model_validate(shown(known))


def shown(known: Known) -> dict[str, object]:
    """Return what a version says, by field of `ProjectOut`."""
    row, project = known.row, known.project
    start, end = project.forecast_start, project.forecast_end
    return {
        "id": row["project_id"],
        "version": row["version"],
        "state": row["state"],
        "forecast_start": str(start) if start else None,
        "forecast_end": str(end) if end else None,
        "forecast_explanation": project.forecast_explanation,
        "strategic": bool(project.strategic_reason),
        "strategic_reason": project.strategic_reason,
        "programme_reference": project.number if row["state"] == State.DECIDED else None,
        "decided_on": row["decided_on"],
        "reason": row["reason"],
        "by": row["by"],
        "recorded_at": row["recorded_at"],
        **_described(project),
    }


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
        "budget": _amount(terms.budget),
        "budget_note": project.budget_note,
        "own_share": _amount(terms.own_share),
        "cofinancing": _amount(terms.cofinancing),
        "decided_cost": _amount(terms.decided_cost),
        "decided_income": _amount(terms.decided_income),
        "grant_share_basis_points": terms.grant_points,
        "partners": [PartnerOut.of(partner) for partner in terms.partners],
        "start": str(project.start),
        "end": str(project.end),
    }


def _amount(amount: Amount | None) -> AmountOut | None:
    return AmountOut.of(amount) if amount else None
