"""The routes of budget."""

from services.budget.api import (
    code_parts,
    deviations,
    dimensions,
    exchange_rates,
    forecasts,
    period_reports,
    periods,
    planning,
    projects,
    statements,
    vouchers,
)

ROUTERS = (
    code_parts.accounts,
    code_parts.counterparts,
    dimensions.router,
    periods.years,
    periods.router,
    vouchers.router,
    planning.budget,
    planning.versions,
    planning.categories,
    planning.entries,
    forecasts.router,
    forecasts.proposals,
    forecasts.accuracy,
    deviations.router,
    deviations.thresholds,
    deviations.comments,
    period_reports.router,
    projects.router,
    exchange_rates.router,
    statements.router,
    statements.ties,
)
