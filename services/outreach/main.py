"""The outreach service's API process: ``uvicorn services.outreach.main:create_app --factory``."""

from __future__ import annotations

from datetime import date

from migrations.upgrade import head
from services.outreach.answers_due import watch_answers
from services.outreach.api import ROUTERS
from services.outreach.constraints import CONSTRAINT_ERRORS
from services.outreach.figures import FIGURES, counting_rules, remarks
from services.outreach.partners import watch_agreements
from services.outreach.registers import REGISTERS
from services.outreach.settings import Settings
from shared.app import ServiceApp, ServiceSpec, build_app
from shared.deliveries.api import deliveries_router
from shared.figures import figures_router

SPEC = ServiceSpec(
    name="outreach",
    title="Uppsökande verksamhet",
    description=(
        "Arenor, tillfällen, besök, kontakter, grupper, arbetsgivare och hänvisningar i "
        "nämndens uppsökande verksamhet. Personer, besök och kontakter är olika enheter och "
        "läggs aldrig ihop.\n\nVenues, sessions, visits, contacts, groups, employers and "
        "referrals of the committee's outreach. Persons, visits and contacts are different "
        "units and are never added together."
    ),
    version="1.0.0",
    released=date(2026, 11, 22),
    constraint_errors=CONSTRAINT_ERRORS,
)

_ROUTERS = (
    *ROUTERS,
    figures_router(FIGURES, remarks=remarks, counting_rules=counting_rules),
    deliveries_router(REGISTERS),
)


def create_app(settings: Settings | None = None) -> ServiceApp:
    """Return the application, with settings from the environment unless given."""
    return build_app(
        SPEC,
        settings or Settings(),
        _ROUTERS,
        hooks=[watch_agreements, watch_answers],
        schema_head=head("outreach"),
    )
