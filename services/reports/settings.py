"""What an operator sets for the reports service."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.settings import ServiceSettings


class ReportsSettings(ServiceSettings):
    """Read from ``REPORTS_*`` and the installation's common names."""

    model_config = SettingsConfigDict(env_prefix="REPORTS_")

    service: ClassVar[str] = "reports"

    participants_url: str = Field(
        validation_alias="PARTICIPANTS_URL", description="Where the participants service answers"
    )
    outreach_url: str = Field(
        validation_alias="OUTREACH_URL", description="Where the outreach service answers"
    )
    budget_url: str = Field(
        validation_alias="BUDGET_URL", description="Where the budget service answers"
    )
    time_budget: float = Field(
        default=8.0,
        gt=0,
        le=60,
        description="Seconds within which a report is answered, whatever the providers do",
    )
    four_eyes: bool = Field(
        default=True,
        description="Whether another person than the one who made a report must attest it",
    )
