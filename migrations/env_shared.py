"""How every service's history runs: one transaction, bounded waits, then the grants.

The owner role changes the schema; the service's own role only gets what each table's
declaration allows (``info={"append_only": True}``: read and insert; ``{"derived": True}``: read).
"""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from alembic import context
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

if TYPE_CHECKING:
    from sqlalchemy import Connection, MetaData

ONE_AT_A_TIME = 7_315_000
"""Advisory lock: two migrations of one database wait for each other."""


def run(service: str, metadata: MetaData) -> None:
    """Run Alembic for a service, online or as SQL text."""
    if context.is_offline_mode():
        context.configure(dialect_name="postgresql", target_metadata=metadata, literal_binds=True)
        with context.begin_transaction():
            context.run_migrations()
        return
    asyncio.run(_online(service, metadata))


async def _online(service: str, metadata: MetaData) -> None:
    engine = create_async_engine(
        _owner_url(service).replace("postgresql://", "postgresql+asyncpg://", 1),
        poolclass=NullPool,
        connect_args={
            "server_settings": {
                "application_name": f"{service}-migrate",
                "timezone": "UTC",
                "statement_timeout": "5min",
            }
        },
    )
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_migrate, metadata, _app_role(service))
    finally:
        await engine.dispose()


def _migrate(connection: Connection, metadata: MetaData, app_role: str | None) -> None:
    connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
    connection.execute(text("set local lock_timeout = '2s'"))
    context.configure(
        connection=connection,
        target_metadata=metadata,
        compare_type=True,
        compare_server_default=False,
    )
    with context.begin_transaction():
        context.run_migrations()
    if app_role is not None:
        grant(connection, metadata, app_role)


def grant(connection: Connection, metadata: MetaData, app_role: str) -> None:
    """Give the service's role exactly what each table's declaration allows."""
    role = connection.dialect.identifier_preparer.quote(app_role)
    present = set(
        connection.scalars(
            text("select tablename from pg_tables where schemaname = current_schema()")
        )
    )
    for table in metadata.sorted_tables:
        if table.name not in present:
            continue
        rights = (
            "SELECT"
            if table.info.get("derived")
            else "SELECT, INSERT"
            if table.info.get("append_only")
            else "SELECT, INSERT, UPDATE, DELETE, TRUNCATE"
            if table.info.get("staging")
            else "SELECT, INSERT, UPDATE, DELETE"
        )
        connection.execute(text(f"REVOKE ALL ON {table.name} FROM {role}"))
        connection.execute(text(f"GRANT {rights} ON {table.name} TO {role}"))
        if table.info.get("facts"):
            # The service cannot see the owner's sessions, so it could not wait for their facts
            # to be settled (shared.basis). A trigger stops the owner's other changes.
            connection.execute(text(f"REVOKE INSERT ON {table.name} FROM CURRENT_USER"))
    connection.execute(text(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}"))
    if "alembic_version" in present:
        connection.execute(text(f"GRANT SELECT ON alembic_version TO {role}"))


def _owner_url(service: str) -> str:
    given = context.config.attributes.get("owner_url")
    prefix = service.upper()
    url = (
        given
        or os.environ.get(f"{prefix}_OWNER_DATABASE_URL")
        or os.environ.get(f"{prefix}_DATABASE_URL")
    )
    if not url:
        message = f"set {prefix}_OWNER_DATABASE_URL: the address to migrate"
        raise LookupError(message)
    return str(url)


def _app_role(service: str) -> str | None:
    given: str | None = context.config.attributes.get("app_role")
    if given:
        return given
    url = os.environ.get(f"{service.upper()}_DATABASE_URL")
    app = urlsplit(url).username if url else None
    return app if app != urlsplit(_owner_url(service)).username else None
