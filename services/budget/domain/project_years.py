"""What a project costs and earns by year: said beforehand, forecast, and booked.

Costs are positive and income negative. What nobody has stated is None, never zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from services.budget.domain.exchange import Rates, Summed, sek
from services.budget.domain.layouts import Groups
from services.budget.domain.projects import Amount


class YearKind(StrEnum):
    """What an amount of one year is.

    A decided budget (beslutad budget), a plan of the coming years (plan), a forecast (prognos),
    or outcome that is not in the ledger because it was booked before the ledger began.
    """

    BUDGET = "budget"
    PLAN = "plan"
    FORECAST = "forecast"
    EARLIER_OUTCOME = "earlier_outcome"


class Flow(StrEnum):
    """Cost (kostnad) is positive, income (intäkt) negative."""

    COST = "cost"
    INCOME = "income"


GROUPS_OF: Mapping[Flow, tuple[Groups, ...]] = {
    Flow.COST: (Groups("40", "79"), Groups("85", "88")),
    Flow.INCOME: (Groups("30", "39"), Groups("80", "84")),
}
"""The account groups behind a project's outcome, divided as the budget settlement divides them."""


NOTHING = Summed(0)


@dataclass(frozen=True, slots=True)
class ProjectYears:
    """Everything known about one project's years at a basis, by the end of a period.

    Attributes:
        first: the first year that the project is under way in, decided or forecast.
        last: the last one.
        said: what holds for a kind, flow and year; missing when nothing does.
        booked: öre in the ledger by flow and year.
        opened: years that the ledger has, in which nothing booked means nothing spent.

    """

    first: int
    last: int
    said: Mapping[tuple[YearKind, Flow, int], Amount] = field(default_factory=dict)
    booked: Mapping[tuple[Flow, int], int] = field(default_factory=dict)
    opened: frozenset[int] = frozenset()

    @property
    def years(self) -> range:
        """Every year that the project is under way in, or that anything is known of."""
        known = {self.first, self.last, *(y for _, _, y in self.said), *(y for _, y in self.booked)}
        return range(min(known), max(known) + 1)

    def stated(self, kind: YearKind, flow: Flow, year: int, rates: Rates) -> Summed:
        """Return what was said about a year; in years without the project that is nothing."""
        amount = self.said.get((kind, flow, year))
        if amount is None and not self.first <= year <= self.last:
            return NOTHING
        return sek(amount, rates)

    def outcome(self, flow: Flow, year: int, rates: Rates) -> Summed:
        """Return what a year came to: the ledger's part, and what was booked before it began."""
        earlier = self.said.get((YearKind.EARLIER_OUTCOME, flow, year))
        booked = self.booked.get((flow, year), 0)
        if earlier is not None:
            return sek(earlier, rates) + Summed(booked)
        if booked or year in self.opened or not self.first <= year <= self.last:
            return Summed(booked)
        return Summed(None, f"utfall {year} saknas")

    def accumulated(self, flow: Flow, before: int, rates: Rates) -> Summed:
        """Return the outcome of all years before one; any year not known leaves it unknown."""
        years = {year for each, year in self.booked if each is flow}
        years |= {year for kind, _, year in self.said if kind is YearKind.EARLIER_OUTCOME}
        years |= set(range(self.first, min(self.last + 1, before)))
        total = NOTHING
        for year in sorted(year for year in years if year < before):
            total += self.outcome(flow, year, rates)
        return total

    def forecast_total(self, flow: Flow, year: int, rates: Rates) -> Summed:
        """Return the outcome before a year, and the forecasts of it and every later one."""
        years = {
            said for kind, each, said in self.said if (kind, each) == (YearKind.FORECAST, flow)
        }
        years |= set(range(max(self.first, year), self.last + 1))
        total = self.accumulated(flow, year, rates)
        for ahead in sorted(each for each in years if each >= year):
            part = self.stated(YearKind.FORECAST, flow, ahead, rates)
            total += part if not part.missing else Summed(None, f"prognos {ahead}: {part.missing}")
        return total
