"""What must hold within the terms of a project: each fault with its field, code and reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from services.budget.domain.projects import WHOLE, PartialDate, Particulars, Partner, Terms


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that makes no sense; ``property`` is the path that it was sent under."""

    property: str
    code: str
    reason: str


def faults_of(said: Particulars) -> list[Fault]:
    """Return everything that makes no sense in what is said about a project."""
    return [*_of_amounts(said), *_of_dates(said), *_of_partners(said.terms)]


def _of_amounts(said: Particulars) -> Iterator[Fault]:
    terms = said.terms
    if terms.budget is None and not said.budget_note.strip():
        yield Fault(
            "budgetNote", "note_missing", "a budget that is not stated needs a note saying what is"
        )
    for name, amount in (
        ("budget", terms.budget),
        ("ownShare", terms.own_share),
        ("cofinancing", terms.cofinancing),
        ("decidedCost", terms.decided_cost),
    ):
        if amount is not None and amount.hundredths < 0:
            yield Fault(f"{name}.amount", "negative", "money to be spent is positive")
    if terms.decided_income is not None and terms.decided_income.hundredths > 0:
        yield Fault("decidedIncome.amount", "positive", "income is negative")


def _of_dates(said: Particulars) -> Iterator[Fault]:
    if said.start.first_day() > said.end.last_day():
        yield Fault("end", "before_start", "a project ends after it begins")
    start, end = said.forecast_start or said.start, said.forecast_end or said.end
    forecast = said.forecast_start or said.forecast_end
    if forecast and start.first_day() > end.last_day():
        field = "forecastEnd" if said.forecast_end else "forecastStart"
        yield Fault(field, "before_start", "a project is expected to end after it begins")
    for field, forecast, decided in (
        ("forecastStart", said.forecast_start, said.start),
        ("forecastEnd", said.forecast_end, said.end),
    ):
        if deviates(forecast, decided) and not said.forecast_explanation.strip():
            yield Fault(
                field,
                "not_explained",
                "a date that is not the decided one needs an explanation (forecastExplanation)",
            )


def deviates(forecast: PartialDate | None, decided: PartialDate) -> bool:
    """Say whether a forecast date cannot be the decided one, as exactly as both are stated."""
    return forecast is not None and not forecast.may_be(decided)


def _of_partners(terms: Terms) -> Iterator[Fault]:
    for at, partner in enumerate(terms.partners):
        yield from _of_partner(f"partners.{at}", partner, terms)
    if sum(partner.is_committee for partner in terms.partners) > 1:
        yield Fault("partners", "committee_twice", "the committee is one of them at most once")
    if sum(partner.share_points or 0 for partner in terms.partners) > WHOLE:
        yield Fault("partners", "more_than_whole", f"the shares are more than {WHOLE}, the whole")
    budget = terms.budget
    stated = (partner.amount for partner in terms.partners if partner.amount)
    if budget is not None:
        within = sum(a.hundredths for a in stated if a.currency is budget.currency)
        if within > max(budget.hundredths, 0):
            yield Fault("partners", "more_than_budget", "their amounts are more than the budget")


def _of_partner(field: str, partner: Partner, terms: Terms) -> Iterator[Fault]:
    amount = partner.amount
    if amount is None:
        return
    if partner.share_points is not None:
        yield Fault(field, "share_and_amount", "a partner has a share or an amount, not both")
    if amount.hundredths < 0:
        yield Fault(f"{field}.amount.amount", "negative", "money to be spent is positive")
    if partner.is_committee and terms.own_share and amount != terms.own_share:
        yield Fault(f"{field}.amount", "not_own_share", "our amount is not what ownShare says")
