"""The reports service's API process: ``uvicorn services.reports.main:create_app --factory``."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import date
from typing import TYPE_CHECKING, cast

from migrations.upgrade import head
from services.reports.api import (
    areas,
    changes,
    committee_reports,
    files,
    lineages,
    readiness,
    reports,
)
from services.reports.api.recalling import Recalled
from services.reports.clients import Providers
from services.reports.errors import CONSTRAINTS
from services.reports.front.mounting import front
from services.reports.front.pages import unknown_address
from services.reports.registers import REGISTERS
from services.reports.settings import ReportsSettings
from services.reports.sign_in import SignIn
from shared.app import ServiceApp, ServiceSpec, build_app
from shared.deliveries.api import deliveries_router

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from shared.context import ServiceContext

SPEC = ServiceSpec(
    name="reports",
    title="Rapporter",
    description=(
        "Nämndens rapporter, sammanställda ur deltagare, uppsökande verksamhet och ekonomi vid "
        "en gemensam tidpunkt.\n\nThe committee's reports, assembled from the services for "
        "participants, outreach and budget at one common basis, reproducible byte for byte."
    ),
    version="1.0.0",
    released=date(2026, 11, 26),
    constraint_errors=CONSTRAINTS,
)

_ROUTERS = (
    reports.router,
    committee_reports.router,
    files.router,
    lineages.router,
    changes.router,
    readiness.router,
    areas.router,
    deliveries_router(REGISTERS),
)


@asynccontextmanager
async def open_providers(context: ServiceContext) -> AsyncIterator[None]:
    """Keep one client per provider for the life of the process, and what came of asking them."""
    providers = Providers.of(cast("ReportsSettings", context.settings))
    context.add(providers)
    context.add(Recalled())
    try:
        yield
    finally:
        await providers.close()


@asynccontextmanager
async def open_front(context: ServiceContext) -> AsyncIterator[None]:
    """Let people sign in at the front."""
    context.add(SignIn(cast("ReportsSettings", context.settings), context.verifier))
    yield


def create_app(settings: ReportsSettings | None = None) -> ServiceApp:
    """Return the application, with settings from the environment unless given."""
    return build_app(
        SPEC,
        settings or ReportsSettings(),
        _ROUTERS,
        hooks=[open_providers, open_front],
        schema_head=head("reports"),
        pages=front(),
        unknown=unknown_address,
    )
