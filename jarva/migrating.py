"""Brings the databases of all services to their newest schema."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from jarva.layout import SERVICES
from jarva.provisioning import ServiceDatabase
from migrations.upgrade import upgrade


def migrate(environment: Mapping[str, str], services: Iterable[str] = tuple(SERVICES)) -> None:
    """Migrate each service's database as its owner and give its own role its rights."""
    for service in services:
        database = ServiceDatabase.in_environment(service, environment)
        own_url = environment[f"{service.upper()}_DATABASE_URL"]
        owner_url = environment.get(f"{service.upper()}_OWNER_DATABASE_URL") or own_url
        upgrade(service, owner_url, database.app.name if database.app != database.owner else None)
