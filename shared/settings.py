"""Settings that every service reads from its environment."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class ServiceSettings(BaseSettings):
    """One service's settings; a subclass names the service and sets its ``env_prefix``.

    What belongs to one service carries its prefix (``BUDGET_DATABASE_URL``); what one
    installation shares (``REDIS_URL``, ``AUTH_*``, ``LOG_LEVEL``) carries none.
    """

    model_config = SettingsConfigDict(frozen=True, extra="ignore", populate_by_name=True)

    service: ClassVar[str]

    database_url: SecretStr = Field(
        description="The service's own role: postgresql://role:password@host:port/database"
    )
    pool_size: int = Field(default=16, ge=2, le=200, description="Database connections a process")
    public_url: str = Field(
        default="https://api.example.se",
        description="The address that the published specification gives as its server",
    )
    redis_url: SecretStr = Field(
        validation_alias="REDIS_URL",
        description="Redis or Valkey of the queue: redis://:password@host:port/0",
    )
    auth_issuer: str = Field(
        validation_alias="AUTH_ISSUER", description="The issuer (iss) whose tokens are accepted"
    )
    auth_jwks_url: str = Field(
        validation_alias="AUTH_JWKS_URL",
        description="Where the issuer publishes its keys: http, https or file",
    )
    log_level: str = Field(
        default="INFO", validation_alias="LOG_LEVEL", description="DEBUG, INFO, WARNING or ERROR"
    )
