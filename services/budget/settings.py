"""Settings of budget: everything shared, and when a delivery waits for a named person."""

from __future__ import annotations

from typing import ClassVar

from pydantic_settings import SettingsConfigDict

from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """Read from ``BUDGET_*``."""

    model_config = SettingsConfigDict(env_prefix="BUDGET_")

    service: ClassVar[str] = "budget"
