"""The sample service as a server of its own starts it: from the environment."""

from __future__ import annotations

from shared.app import ServiceApp, build_app
from tests.shared.sample import SPEC, SampleSettings, odd_router, things_router


def create_app() -> ServiceApp:
    settings = SampleSettings.model_validate({})
    return build_app(SPEC, settings, [things_router(), odd_router()], schema_head=None)
