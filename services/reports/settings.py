"""What an operator sets for the reports service."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field, SecretStr
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
    disclosure_threshold: int = Field(
        default=5,
        ge=2,
        le=100,
        description="Counts of people below it are not shown to the public",
    )
    four_eyes: bool = Field(
        default=True,
        description="Whether another person than the one who made a report must attest it",
    )
    session_keys: dict[int, SecretStr] = Field(
        description="Keys that seal tokens of people at the front: {version: base64 of 32 bytes}"
    )
    oidc_client_id: str = Field(
        default="jarva-front", description="What the identity provider knows the front as"
    )
    oidc_client_secret: SecretStr | None = Field(
        default=None, description="Its secret, where the provider gives one; PKCE is always used"
    )
    oidc_scopes: str = Field(
        default="openid profile",
        description="Scopes asked for when a person signs in; some providers want offline_access"
        " here before they give refresh tokens",
    )
    session_hours: float = Field(
        default=12.0,
        gt=0,
        le=24 * 30,
        description="Hours after which a person signs in again, however often the provider"
        " renews their token; without refresh tokens a session ends with its token",
    )
