"""Settings of participants: everything shared, and the keys of identity numbers."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """Read from ``PARTICIPANTS_*``; two kinds of keys, so that neither opens the other's door."""

    model_config = SettingsConfigDict(env_prefix="PARTICIPANTS_")

    service: ClassVar[str] = "participants"

    seal_keys: dict[int, SecretStr] = Field(
        description="Keys that seal identity numbers and names: {version: base64 of 32 bytes}"
    )
    index_keys: dict[int, SecretStr] = Field(
        description="Keys of the hash that finds an identity number: {version: base64}"
    )
