"""The tables that every service's database has beside its own."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import MetaData

MODULES = (
    "shared.access_log",
    "shared.deliveries.tables",
    "shared.idempotency",
    "shared.inbox.tables",
    "shared.journal",
    "shared.outbox",
    "shared.records",
    "shared.schedules",
)


def define_mechanism_tables(metadata: MetaData) -> None:
    """Add the tables of every mechanism to a service's metadata."""
    for module in MODULES:
        import_module(module).define_tables(metadata)
