"""The project appendix: projects under way by funder, with sums per currency.

Amounts of two currencies are never added. A budget that the source does not state stays blank
and is counted as such, because zero would be a statement.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.budget.domain.exchange import Rates, sek
from services.budget.domain.projects import (
    FUNDERS,
    Amount,
    Currency,
    PartialDate,
    Role,
    Terms,
    not_stated,
    totals,
)

COLUMNS = (
    ("budget", "Budget"),
    ("committee_share", "Nämndens del"),
    ("cofinancing", "Medfinansiering"),
)


@dataclass(frozen=True, slots=True)
class Project:
    """A decided project as the appendix prints it."""

    number: str
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
    forecast_start: PartialDate | None = None
    forecast_end: PartialDate | None = None
    forecast_explanation: str = ""
    strategic_reason: str = ""

    @property
    def first_year(self) -> int:
        """The first year it is under way in, as decided or as forecast."""
        return min(date.year for date in (self.start, self.forecast_start) if date)

    @property
    def last_year(self) -> int:
        """The last year it is under way in, as decided or as forecast."""
        return max(date.year for date in (self.end, self.forecast_end) if date)

    def over_before(self, day: date) -> bool:
        """Say whether it has ended before a day, as decided and as forecast."""
        return all(end.last_day() < day for end in (self.end, self.forecast_end) if end)

    def under_way(self, first: date, last: date) -> bool:
        """Say whether any day of the project lies between two days, both included."""
        return self.start.first_day() <= last and self.end.last_day() >= first


@dataclass(frozen=True, slots=True)
class FunderSum:
    """Sums of one funder and currency in hundredths; ``projects`` counts all its projects."""

    currency: Currency
    budget: int
    committee_share: int
    cofinancing: int
    projects: int
    not_stated: int


@dataclass(frozen=True, slots=True)
class KronorSum:
    """Öre of one column over all currencies, or None when nothing can be summed.

    ``without`` names projects that the sum cannot hold, by number, each with the reason.
    """

    ore: int | None
    without: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class FunderPart:
    """One funder's projects in the order of their numbers, and its sums."""

    funder: str
    title: str
    projects: tuple[Project, ...]
    sums: tuple[FunderSum, ...]
    in_kronor: Mapping[str, KronorSum]


@dataclass(frozen=True, slots=True)
class Appendix:
    """The whole appendix; ``sums`` are over all funders, per currency, then all in kronor."""

    parts: tuple[FunderPart, ...]
    sums: tuple[FunderSum, ...]
    in_kronor: Mapping[str, KronorSum]
    rates: Rates

    @property
    def projects(self) -> list[Project]:
        return [project for part in self.parts for project in part.projects]

    @property
    def amounts(self) -> list[Amount]:
        """Every amount that is stated."""
        return [a for p in self.projects for a in column_amounts(p).values() if a is not None]


def column_amounts(project: Project) -> dict[str, Amount | None]:
    """Return what a project adds to each column."""
    terms = project.terms
    stated = (terms.budget, terms.committee_share, terms.cofinancing)
    return dict(zip((code for code, _ in COLUMNS), stated, strict=True))


def project_appendix(projects: Sequence[Project], rates: Rates) -> Appendix:
    """Return projects grouped by funder, in the order the appendix prints funders.

    Sums in kronor are of each amount at the rate that holds on the day of ``rates``.
    """
    by_number = sorted(projects, key=lambda p: (len(p.number), p.number))
    parts = []
    for funder, title in FUNDERS.items():
        own = tuple(project for project in by_number if project.funder == funder)
        if own:
            parts.append(FunderPart(funder, title, own, _sums(own), _in_kronor(own, rates)))
    return Appendix(tuple(parts), _sums(by_number), _in_kronor(by_number, rates), rates)


def _in_kronor(projects: Sequence[Project], rates: Rates) -> dict[str, KronorSum]:
    columns = {}
    for code, _ in COLUMNS:
        found = [(p.number, sek(column_amounts(p)[code], rates)) for p in projects]
        known = [each.ore for _, each in found if each.ore is not None]
        without = tuple((number, each.missing) for number, each in found if each.missing)
        columns[code] = KronorSum(sum(known) if known else None, without)
    return columns


def _sums(projects: Sequence[Project]) -> tuple[FunderSum, ...]:
    terms = [project.terms for project in projects]
    return tuple(
        FunderSum(
            currency=total.currency,
            budget=total.budget,
            committee_share=total.committee_share,
            cofinancing=total.cofinancing,
            projects=len(projects),
            not_stated=not_stated(terms),
        )
        for total in totals(terms)
    )
