"""The routes of budget."""

from services.budget.api import (
    code_parts,
    dimensions,
    exchange_rates,
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
    planning.versions,
    planning.categories,
    planning.entries,
    projects.router,
    exchange_rates.router,
    statements.router,
    statements.ties,
)
