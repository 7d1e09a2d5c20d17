"""The routes of budget."""

from services.budget.api import code_parts, periods, planning, projects, statements, vouchers

ROUTERS = (
    code_parts.accounts,
    code_parts.counterparts,
    periods.years,
    periods.router,
    vouchers.router,
    planning.versions,
    planning.categories,
    planning.entries,
    projects.router,
    statements.router,
    statements.ties,
)
