"""The API process of budget."""

from __future__ import annotations

from datetime import date

from migrations.upgrade import head
from services.budget.api import ROUTERS
from services.budget.errors import CONSTRAINTS
from services.budget.figures import FIGURES
from services.budget.registers import REGISTERS
from services.budget.settings import Settings
from shared.app import ServiceApp, ServiceSpec, build_app
from shared.deliveries import deliveries_router
from shared.figures import figures_router

SPEC = ServiceSpec(
    name="budget",
    title="Ekonomi / Budget",
    description=(
        "Redovisning, budget, investeringar och projekt, och nämndens uppställningar räknade ur"
        " dem. / Ledger, budget, investments and projects, and the committee's statements"
        " computed from them. Amounts are decimal strings in kronor; costs and assets are"
        " positive, revenue and liabilities negative."
    ),
    version="1.0.0",
    released=date(2026, 11, 22),
    constraint_errors=CONSTRAINTS,
)

_ROUTERS = (
    *ROUTERS,
    deliveries_router(REGISTERS),
    figures_router(FIGURES, restricted_by=None),
)


def create_app(settings: Settings | None = None) -> ServiceApp:
    """Return the application a server runs."""
    return build_app(
        SPEC,
        settings or Settings(),
        _ROUTERS,
        schema_head=head("budget"),
    )
