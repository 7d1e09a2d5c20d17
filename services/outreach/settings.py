"""Settings of outreach: everything shared, and how long units have to answer."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """Read from ``OUTREACH_*``."""

    model_config = SettingsConfigDict(env_prefix="OUTREACH_")

    service: ClassVar[str] = "outreach"

    referral_answer_days: int = Field(
        default=14,
        ge=1,
        le=365,
        description="Days within which a unit answers a referral; later ones show as overdue",
    )
