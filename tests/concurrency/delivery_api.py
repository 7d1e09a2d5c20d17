"""The test register's API as its own process, to be killed."""

from __future__ import annotations

from shared.app import ServiceApp, build_app
from shared.deliveries import deliveries_router
from tests.shared.deliveries.items import REGISTERS
from tests.shared.sample import SPEC, SampleSettings


def create_app() -> ServiceApp:
    settings = SampleSettings.model_validate({})
    return build_app(SPEC, settings, [deliveries_router(REGISTERS)], schema_head=None)
