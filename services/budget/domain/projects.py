"""Projects: amounts that may be left unstated, dates known to the month or the year."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from typing_extensions import override

DECEMBER = 12
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)


class Precision(StrEnum):
    """How exactly a date was stated."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class Role(StrEnum):
    """The committee's part in a project."""

    OWNER = "owner"
    PART_OWNER = "part_owner"
    PARTNER = "partner"


class State(StrEnum):
    """A proposed project is nobody's money yet; an ended one keeps its rows in past reports."""

    PROPOSED = "proposed"
    DECIDED = "decided"


class Currency(StrEnum):
    """Currencies that funders decide in; amounts are hundredths of them."""

    SEK = "SEK"
    EUR = "EUR"


class NotADate(ValueError):
    """The text is no day, month or year of the calendar."""


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date as it was stated: ``2017`` does not claim to be 1 January 2017."""

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        if not 1900 <= self.year <= 2199:  # noqa: PLR2004
            raise NotADate("the year has four digits and is near ours")
        try:
            self.first_day()
        except ValueError as error:
            raise NotADate("the date is not in the calendar") from error

    @classmethod
    def parse(cls, text: str) -> PartialDate:
        """Read ``2017``, ``2017-10`` or ``2017-10-01``.

        Raises:
            NotADate: anything else, or a day the calendar lacks.

        """
        match = _DATE.fullmatch(text)
        if match is None:
            raise NotADate("a date is written 2017, 2017-10 or 2017-10-01")
        year, month, day = (int(part) if part else None for part in match.groups())
        return cls(year or 0, month, day)

    @classmethod
    def of(cls, day: date, precision: Precision) -> PartialDate:
        """Return the date that was stored as a day with its precision."""
        match precision:
            case Precision.YEAR:
                return cls(day.year)
            case Precision.MONTH:
                return cls(day.year, day.month)
            case Precision.DAY:
                return cls(day.year, day.month, day.day)

    @property
    def precision(self) -> Precision:
        if self.day:
            return Precision.DAY
        return Precision.MONTH if self.month else Precision.YEAR

    def first_day(self) -> date:
        return date(self.year, self.month or 1, self.day or 1)

    def last_day(self) -> date:
        month = self.month or DECEMBER
        return date(self.year, month, self.day or monthrange(self.year, month)[1])

    def may_be(self, other: PartialDate) -> bool:
        """Say whether two dates, as exactly as each is stated, can be one and the same day.

        ``2020`` may be ``2020-06``; ``2020-06`` cannot be ``2020-07-01``.
        """
        return self.first_day() <= other.last_day() and other.first_day() <= self.last_day()

    @override
    def __str__(self) -> str:
        parts = [f"{self.year:04d}", *(f"{p:02d}" for p in (self.month, self.day) if p)]
        return "-".join(parts)


@dataclass(frozen=True, slots=True)
class Amount:
    """Hundredths of a currency."""

    hundredths: int
    currency: Currency


WHOLE = 10_000
"""The whole in hundredths of a per cent (basis points), in which shares are stated."""


def share_of(amount: Amount, points: int) -> Amount:
    """Return a share of an amount: the nearest hundredth, a half away from zero."""
    halved = 2 * abs(amount.hundredths) * points + WHOLE
    part = halved // (2 * WHOLE)
    return Amount(-part if amount.hundredths < 0 else part, amount.currency)


@dataclass(frozen=True, slots=True)
class Partner:
    """Somebody who shares a project (samverkanspart): an amount, a share of the budget, or neither.

    ``share_points`` are hundredths of a per cent. ``is_committee`` marks ourselves.
    """

    name: str
    role: Role
    is_committee: bool
    share_points: int | None = None
    amount: Amount | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What was decided about a project.

    ``budget`` is None when the source states no amount; ``budget_note`` then says what it
    says instead. ``own_share`` is the committee's part of a budget shared with others.
    ``decided_cost`` and ``decided_income`` (negative) are the committee's totals where the
    decision states them (totalt beslutad kostnad resp. intäkt); ``grant_points`` is the part of
    the cost that the funder pays, in hundredths of a per cent.
    """

    budget: Amount | None
    own_share: Amount | None
    cofinancing: Amount | None
    decided_cost: Amount | None = None
    decided_income: Amount | None = None
    grant_points: int | None = None
    partners: tuple[Partner, ...] = ()

    @property
    def committee_share(self) -> Amount | None:
        """Return our part of the budget: stated, or our share as a partner, or all of it."""
        ours = next((partner for partner in self.partners if partner.is_committee), None)
        if self.own_share or ours is None:
            return self.own_share or self.budget
        if ours.share_points is not None and self.budget is not None:
            return share_of(self.budget, ours.share_points)
        return ours.amount or self.budget

    @property
    def total_cost(self) -> Amount | None:
        """Return the total decided cost: as stated, or else our part of the budget."""
        return self.decided_cost or self.committee_share

    @property
    def total_income(self) -> Amount | None:
        """Return the total decided income: as stated, or else the granted share of the cost."""
        cost = self.total_cost
        if self.decided_income or self.grant_points is None or cost is None:
            return self.decided_income
        return share_of(Amount(-cost.hundredths, cost.currency), self.grant_points)


@dataclass(frozen=True, slots=True)
class CurrencyTotal:
    """Sums of one currency; ``not_stated`` counts projects that give no amount at all."""

    currency: Currency
    budget: int
    committee_share: int
    cofinancing: int


def totals(terms: Iterable[Terms]) -> list[CurrencyTotal]:
    """Return sums per currency, never across currencies, in the currencies' order."""
    budget: dict[Currency, int] = {}
    share: dict[Currency, int] = {}
    cofinancing: dict[Currency, int] = {}
    for term in terms:
        for sums, amount in (
            (budget, term.budget),
            (share, term.committee_share),
            (cofinancing, term.cofinancing),
        ):
            if amount is not None:
                sums[amount.currency] = sums.get(amount.currency, 0) + amount.hundredths
    return [
        CurrencyTotal(c, budget.get(c, 0), share.get(c, 0), cofinancing.get(c, 0))
        for c in Currency
        if c in budget or c in cofinancing
    ]


def not_stated(terms: Iterable[Terms]) -> int:
    return sum(1 for term in terms if term.budget is None)


FUNDERS: Mapping[str, str] = {
    "esf": "Europeiska socialfonden",
    "eu-commission": "Europeiska kommissionen",
    "finsam": "Samordningsförbundet",
    "social-investment-fund": "Sociala investeringsfonden",
    "county-board": "Länsstyrelsen",
    "other": "Övriga finansiärer",
}
"""Funders in the order of the project appendix."""


@dataclass(frozen=True, slots=True)
class Particulars:
    """Everything a version says about a project, beside whether it is decided.

    ``strategic_reason`` is why a project is of strategic importance, and empty for all others.
    """

    name: str
    funder: str
    programme: str
    role: Role
    department: str
    phase: str
    terms: Terms
    budget_note: str
    start: PartialDate
    end: PartialDate
    forecast_start: PartialDate | None
    forecast_end: PartialDate | None
    forecast_explanation: str
    strategic_reason: str = ""
