"""Settings of outreach: those that every service has."""

from __future__ import annotations

from typing import ClassVar

from pydantic_settings import SettingsConfigDict

from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """Read from ``OUTREACH_*``."""

    model_config = SettingsConfigDict(env_prefix="OUTREACH_")

    service: ClassVar[str] = "outreach"
