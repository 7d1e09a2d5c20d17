"""Shapes of programme periods, their rules, and grants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Self, TypeAlias
from uuid import UUID

from pydantic import Field, model_validator

from services.budget.domain.programmes import RateKind, StaffCosts
from services.budget.grants import Decision
from services.budget.programmes import PeriodTerms
from services.budget.schemas.fields import KebabCode, Name, RecordOut, Subject
from services.budget.schemas.projects import AmountIn, AmountOut, Note
from shared.errors import Unacceptable
from shared.models import ApiModel, Instant, LocalDate
from shared.money import Kronor, to_decimal_string

if TYPE_CHECKING:
    from asyncpg import Record

ProgrammeCode: TypeAlias = Annotated[
    str,
    Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60, examples=["esf-plus-2021-2027"]),
]
RuleSource: TypeAlias = Annotated[
    str,
    Field(
        min_length=3,
        max_length=500,
        description="Where the rule is written",
        examples=["Förordning (EU) 2021/1060, artikel 56.1"],
    ),
]
CostTypeCode: TypeAlias = Annotated[
    str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60, examples=["personal"])
]
Prefix: TypeAlias = Annotated[
    str,
    Field(
        pattern=r"^[4-8][0-9]{0,5}$",
        max_length=6,
        description="The beginning of accounts; the longest that fits an account decides",
        examples=["50"],
    ),
]
Share: TypeAlias = Annotated[
    int, Field(ge=0, le=10_000, description="Hundredths of a per cent", examples=[4000])
]
CostTypes: TypeAlias = Annotated[list[CostTypeCode], Field(max_length=40)]
Function: TypeAlias = Annotated[
    str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60, examples=["projektledare"])
]
Rate: TypeAlias = Annotated[
    str,
    Field(pattern=r"^[0-9]{1,13}\.[0-9]{2}$", max_length=16, examples=["412.50"]),
]


class PeriodTermsIn(ApiModel):
    """What holds for a whole programme period; hours are those paid for of one person."""

    name: Name
    first_day: LocalDate
    last_day: LocalDate
    hours_per_year: int = Field(ge=1, le=8784, examples=[1720])
    hours_per_day: int = Field(ge=1, le=24, examples=[13])
    whole_hours: bool = Field(
        default=False, description="Each time report counts in whole hours, rounded down"
    )
    source: RuleSource

    @model_validator(mode="after")
    def _begins_before_it_ends(self) -> Self:
        if self.first_day > self.last_day:
            raise Unacceptable("a programme period ends after it begins")
        return self

    def to_domain(self) -> PeriodTerms:
        return PeriodTerms(**{name: getattr(self, name) for name in PeriodTermsIn.model_fields})


class ProgrammePeriodIn(PeriodTermsIn):
    """A programme period to register."""

    code: ProgrammeCode


class ProgrammePeriodOut(RecordOut):
    code: ProgrammeCode
    version: int
    name: Name
    first_day: LocalDate
    last_day: LocalDate
    hours_per_year: int
    hours_per_day: int
    whole_hours: bool
    source: RuleSource
    by: Subject
    recorded_at: Instant


class CostTypeIn(ApiModel):
    """A cost type (kostnadsslag) with the accounts that feed it from a day on."""

    code: CostTypeCode
    name: Name
    account_prefixes: list[Prefix] = Field(default=[], max_length=100)
    valid_from: LocalDate
    source: RuleSource


class CostTypeOut(RecordOut):
    code: CostTypeCode
    name: Name
    source: RuleSource
    by: Subject
    recorded_at: Instant


class AccountRuleIn(ApiModel):
    """From a day on, accounts that begin with a prefix feed a cost type; null: none."""

    prefix: Prefix
    cost_type: CostTypeCode | None
    valid_from: LocalDate
    source: RuleSource


class AccountRuleOut(RecordOut):
    id: int
    prefix: Prefix
    cost_type: CostTypeCode | None
    valid_from: LocalDate
    source: RuleSource
    by: Subject
    recorded_at: Instant


class FlatRateIn(ApiModel):
    """A flat rate (schablon) from a day on; a share of zero ends it.

    What it `replaces` it pays for: such costs cannot be claimed beside it.
    """

    code: KebabCode
    name: Name
    share: Share
    on_cost_types: CostTypes = Field(min_length=1)
    replaces: CostTypes = Field(default=[])
    valid_from: LocalDate
    source: RuleSource

    @model_validator(mode="after")
    def _replaces_others(self) -> Self:
        if set(self.on_cost_types) & set(self.replaces):
            raise Unacceptable("a flat rate does not replace what it is computed on")
        return self


class FlatRateOut(RecordOut):
    id: int
    code: KebabCode
    name: Name
    share: Share
    on_cost_types: CostTypes
    replaces: CostTypes
    valid_from: LocalDate
    source: RuleSource
    by: Subject
    recorded_at: Instant


class HourlyRateIn(ApiModel):
    """What an hour of a function, or of a participant, is worth from a day on."""

    kind: RateKind
    code: Function
    name: Name
    cost_type: CostTypeCode
    amount: Kronor = Field(ge=0)
    valid_from: LocalDate
    source: RuleSource


class HourlyRateOut(ApiModel):
    id: int
    kind: RateKind
    code: Function
    name: Name
    cost_type: CostTypeCode
    amount: Rate
    valid_from: LocalDate
    source: RuleSource
    by: Subject
    recorded_at: Instant

    @classmethod
    def of(cls, row: Record) -> Self:
        return cls.model_validate({**dict(row), "amount": to_decimal_string(row["amount"])})


class ProgrammeRulesOut(ProgrammePeriodOut):
    """A programme period with every rule of its own; of one code, the newest for a day holds."""

    cost_types: list[CostTypeOut]
    accounts: list[AccountRuleOut]
    flat_rates: list[FlatRateOut]
    hourly_rates: list[HourlyRateOut]


class GrantIn(ApiModel):
    """A funder's decision: the whole amount and all terms, from then on."""

    amount: AmountIn
    decided_on: LocalDate
    reference: Name
    programme_period: ProgrammeCode
    support_rate: Annotated[Share, Field(ge=1)]
    staff_costs: StaffCosts
    flat_rates: list[KebabCode] = Field(default=[], max_length=20)
    participant_rate: Function | None = None
    eligible_from: LocalDate
    eligible_to: LocalDate
    reason: Note = ""

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.eligible_from > self.eligible_to:
            raise Unacceptable("costs are eligible from a day to a later one")
        if self.amount.amount < 0:
            raise Unacceptable("a grant is not negative")
        return self

    def to_domain(self) -> Decision:
        return Decision(
            **{
                name: getattr(self, name)
                for name in GrantIn.model_fields
                if name not in ("amount", "flat_rates")
            },
            amount=self.amount.to_domain(),
            flat_rates=tuple(self.flat_rates),
        )


class GrantOut(ApiModel):
    """A decision on a project's grant."""

    project_id: UUID
    number: int = Field(examples=[1])
    amount: AmountOut
    decided_on: LocalDate
    reference: Name
    programme_period: ProgrammeCode
    support_rate: Share
    staff_costs: StaffCosts
    flat_rates: list[KebabCode]
    participant_rate: Function | None
    eligible_from: LocalDate
    eligible_to: LocalDate
    reason: Note
    by: Subject
    recorded_at: Instant

    @classmethod
    def of(cls, row: Record) -> Self:
        said = {name: row[name] for name in cls.model_fields if name != "amount"}
        amount = {"amount": to_decimal_string(row["amount"]), "currency": row["currency"]}
        return cls.model_validate({**said, "amount": amount})


class GrantsOut(ApiModel):
    items: list[GrantOut]

    @classmethod
    def of(cls, rows: list[Record]) -> Self:
        return cls(items=[GrantOut.of(row) for row in rows])
