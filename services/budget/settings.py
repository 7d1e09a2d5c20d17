"""Settings of budget: everything shared, and whose ledger it is."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """Read from ``BUDGET_*``."""

    model_config = SettingsConfigDict(env_prefix="BUDGET_")

    service: ClassVar[str] = "budget"

    ledger_owner: str = Field(
        default="Arbetsmarknadsnämnden, Stockholms stad",
        description="Whose ledger it is, as exported SIE files name it",
    )
    ledger_organisation_number: str = Field(
        default="212000-0142",
        description="The organisation number of exported SIE files (#ORGNR)",
    )
