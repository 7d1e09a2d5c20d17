"""Amounts of other currencies in kronor, at rates stated for a given day.

The rate that holds on a day is the newest stated for that day or an earlier one; without any
there are no kronor, and nothing takes their place. An amount becomes whole öre once, the
nearest, a half away from zero (as article 5 of Regulation (EC) No 1103/97 rounds conversions of
the euro); sums are then of those öre, so that rows add up to the sums shown below them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from services.budget.domain.projects import Amount, Currency

ORE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Rate:
    """Kronor for one unit of a currency, as a source states it for a day."""

    currency: Currency
    valid_on: date
    kronor: Decimal
    source: str


@dataclass(frozen=True, slots=True)
class Rates:
    """The rates that hold on one day, at most one for a currency."""

    day: date
    known: Mapping[Currency, Rate] = field(default_factory=dict)

    def in_sek(self, amount: Amount) -> int | None:
        """Return the öre of an amount, or None when no rate is known for its currency."""
        if amount.currency is Currency.SEK:
            return amount.hundredths
        rate = self.known.get(amount.currency)
        return None if rate is None else converted(amount.hundredths, rate.kronor)


@dataclass(frozen=True, slots=True)
class Summed:
    """Öre, or None with the reason (Swedish) why they are not known."""

    ore: int | None
    missing: str = ""

    def __add__(self, other: Summed) -> Summed:
        """Add two amounts; what one of them lacks, the sum lacks."""
        missing = "; ".join(dict.fromkeys(part for part in (self.missing, other.missing) if part))
        if self.ore is None or other.ore is None:
            return Summed(None, missing)
        return Summed(self.ore + other.ore, missing)


def sek(amount: Amount | None, rates: Rates) -> Summed:
    """Return an amount in öre, or why there is none."""
    if amount is None:
        return Summed(None, "belopp anges inte")
    ore = rates.in_sek(amount)
    if ore is None:
        return Summed(None, f"kurs för {amount.currency} saknas")
    return Summed(ore)


def converted(hundredths: int, kronor: Decimal) -> int:
    """Return hundredths of a currency as öre: the nearest, a half away from zero."""
    return int((hundredths * kronor).quantize(ORE, rounding=ROUND_HALF_UP))


def from_kronor(ore: int, kronor: Decimal) -> int:
    """Return öre as hundredths of a currency: the nearest, a half away from zero.

    Exact: the quotient is of integers, since a rate has at most six decimals.
    """
    divisor = int(kronor.scaleb(6))
    rounded = (2 * abs(ore) * 10**6 + divisor) // (2 * divisor)
    return -rounded if ore < 0 else rounded


MILLION_ORE = 100_000_000


def in_millions(ore: int) -> str:
    """Return öre as millions of kronor with one decimal: the nearest, a half away from zero.

    So the committee's forms, which are spreadsheets, show them. Only what is shown is rounded:
    sums are made of the öre, and may differ from the sum of the rounded amounts.
    """
    shown = (Decimal(ore) / MILLION_ORE).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    return f"{shown or abs(shown):f}"


def in_swedish(ore: int) -> str:
    """Return öre as kronor the Swedish way, for a text: ``67 200 000,00``."""
    kronor, rest = divmod(abs(ore), 100)
    grouped = f"{kronor:,}".replace(",", " ")
    return f"{'-' if ore < 0 else ''}{grouped},{rest:02d}"


def notes(rates: Rates, amounts: Iterable[Amount]) -> list[str]:
    """Return in Swedish which rates some amounts were converted at, and which are missing."""
    foreign = {amount.currency for amount in amounts} - {Currency.SEK}
    found = []
    for currency in sorted(foreign):
        rate = rates.known.get(currency)
        if rate is None:
            text = (
                f"Kurs för {currency} saknas per {rates.day}: beloppen räknas inte om till kronor."
            )
        else:
            kurs = f"{rate.kronor.normalize():f}".replace(".", ",")
            text = (
                f"Belopp i {currency} är omräknade med kursen {kurs} kronor per {rate.valid_on}"
                f" ({rate.source})."
            )
        found.append(text)
    return found
