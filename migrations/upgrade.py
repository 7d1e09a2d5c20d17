"""Bring one service's database to its newest schema, from code (`jarva migrate`, tests)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

INI = Path(__file__).with_name("alembic.ini")
SERVICES = ("participants", "outreach", "budget", "reports")


def configuration(
    service: str, owner_url: str | None = None, app_role: str | None = None
) -> Config:
    """Return Alembic's configuration of one service's history.

    Args:
        service: one of `SERVICES`.
        owner_url: address as the owner role; without it the environment decides.
        app_role: the role the service itself uses, which gets its grants.

    """
    config = Config(str(INI), ini_section=service)
    config.attributes["owner_url"] = owner_url
    config.attributes["app_role"] = app_role
    return config


def upgrade(service: str, owner_url: str | None = None, app_role: str | None = None) -> None:
    """Apply every revision the database lacks, then grant the service's role its rights."""
    command.upgrade(configuration(service, owner_url, app_role), "head")


@cache
def head(service: str) -> str:
    """Return the newest revision of a service's history, read once a process."""
    revision = ScriptDirectory.from_config(configuration(service)).get_current_head()
    if revision is None:
        message = f"{service} has no revision"
        raise LookupError(message)
    return revision
