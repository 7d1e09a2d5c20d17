"""The API process of participants."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import date
from typing import TYPE_CHECKING

from migrations.upgrade import head
from services.participants.api import ROUTERS
from services.participants.disclosure import still_shown
from services.participants.errors import CONSTRAINT_ERRORS
from services.participants.figures.definitions import FIGURES
from services.participants.follow_ups import watch_follow_ups
from services.participants.queries import hidden_subjects
from services.participants.registers import registers_of
from services.participants.sealing import Seals
from services.participants.settings import Settings
from services.participants.told_people import watch_people_to_tell
from shared.app import ServiceApp, ServiceSpec, build_app
from shared.deliveries import deliveries_router
from shared.figures import figures_router

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from shared.context import ServiceContext

SPEC = ServiceSpec(
    name="participants",
    title="Deltagare / Participants",
    description=(
        "Deltagare, inskrivningar, avslut, rådgivning och uppföljning, och de tal som nämnden"
        " redovisar om dem. / Participants, enrolments, exits, advice and follow-up, and the"
        " figures that the committee reports about them. Identity numbers go into bodies only"
        " and come out with a scope of their own; every reading of a person is logged."
    ),
    version="1.0.0",
    released=date(2026, 11, 22),
    constraint_errors=CONSTRAINT_ERRORS,
)

_FIGURES = figures_router(FIGURES, hidden=hidden_subjects, guarded={"district"})


def create_app(settings: Settings | None = None) -> ServiceApp:
    """Return the application a server runs."""
    settings = settings or Settings()
    seals = Seals.of(settings)

    @asynccontextmanager
    async def hold_seals(context: ServiceContext) -> AsyncIterator[None]:
        context.add(seals)
        context.sealer = seals.sealer
        context.replaying = still_shown
        yield

    return build_app(
        SPEC,
        settings,
        [*ROUTERS, deliveries_router(registers_of(seals)), _FIGURES],
        hooks=[hold_seals, watch_follow_ups, watch_people_to_tell],
        schema_head=head("participants"),
    )
