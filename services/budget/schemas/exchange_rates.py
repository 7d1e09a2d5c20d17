"""Shapes of exchange rates."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import AfterValidator, Field

from services.budget.domain.exchange import Rate
from services.budget.domain.projects import Currency
from services.budget.schemas.fields import Subject
from shared.errors import Unacceptable
from shared.models import ApiModel, Instant, LocalDate

if TYPE_CHECKING:
    from asyncpg import Record


def _positive(text: str) -> str:
    if not Decimal(text):
        raise Unacceptable("a rate is greater than zero")
    return text


RateText = Annotated[
    str,
    Field(
        pattern=r"^[0-9]{1,8}(\.[0-9]{1,6})?$",
        max_length=15,
        description="Kronor for one unit, exact, with at most six decimals",
        examples=["10.2945"],
    ),
    AfterValidator(_positive),
]
Source = Annotated[str, Field(min_length=2, max_length=200, examples=["Sveriges riksbank"])]


class ExchangeRateIn(ApiModel):
    """The rate that a source states for a day; it holds until a later day has one."""

    currency: Literal[Currency.EUR]
    valid_on: LocalDate
    rate: RateText
    source: Source

    def to_domain(self) -> Rate:
        return Rate(self.currency, self.valid_on, Decimal(self.rate), self.source)


class ExchangeRateOut(ApiModel):
    currency: Currency
    valid_on: LocalDate
    rate: RateText
    source: Source
    by: Subject
    recorded_at: Instant

    @classmethod
    def of(cls, row: Record) -> Self:
        named = {name: row[name] for name in cls.model_fields if name != "rate"}
        return cls.model_validate({**named, "rate": plain(row["rate"])})


class RateOut(ApiModel):
    """A rate that amounts were converted at: the newest at or before the day asked for."""

    currency: Currency
    valid_on: LocalDate
    rate: RateText
    source: Source

    @classmethod
    def of(cls, rate: Rate) -> Self:
        return cls(
            currency=rate.currency,
            valid_on=rate.valid_on,
            rate=plain(rate.kronor),
            source=rate.source,
        )


def plain(rate: Decimal) -> str:
    """Return a rate without the zeros that the database fills it up with, four at least kept."""
    whole, _, decimals = f"{rate:f}".partition(".")
    return f"{whole}.{decimals.rstrip('0').ljust(4, '0')}"
