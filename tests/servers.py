"""The PostgreSQL and Valkey of one test run, and the databases made in it."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg

from migrations.upgrade import upgrade

if TYPE_CHECKING:
    from sqlalchemy import MetaData

from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

ROLE_PASSWORD = "test-role-password"
_MEMORY = Path("/dev/shm")  # noqa: S108  a folder of its own is made in it
_ROOM = 4 << 30
_PREFIX = "jarva-test-"


@dataclass(frozen=True)
class DatabaseUrls:
    """One database's addresses: the service's own role, and the owner of the tables."""

    app: str
    owner: str


@dataclass(frozen=True)
class Servers:
    """The addresses of the run's servers, as plain text so that workers can be told."""

    admin_url: str
    redis_url: str

    async def create(
        self, *, service: str | None = None, like: DatabaseUrls | None = None
    ) -> DatabaseUrls:
        """Create a database: a service's migrated one, a copy of another, or an empty one.

        Nobody may be connected to what is copied.
        """
        admin = await asyncpg.connect(self.admin_url)
        name = f"t_{uuid4().hex}"
        role = service or ("scratch" if like is None else str(urlsplit(like.app).username))
        try:
            await _ensure_roles(admin, role)
            copied = f"create database {name} owner {role}_owner strategy file_copy template"
            if like is not None:
                await admin.execute(f"{copied} {urlsplit(like.app).path[1:]}")
            elif service is None:
                await admin.execute(f"create database {name} owner {role}_owner")
            else:
                await admin.execute(f"{copied} {await self._template(admin, service)}")
        finally:
            await admin.close()
        return self._urls(name, role)

    async def drop(self, urls: DatabaseUrls) -> None:
        """Drop a database made here, whoever is still connected."""
        name = urlsplit(urls.app).path[1:]
        admin = await asyncpg.connect(self.admin_url)
        try:
            await admin.execute(f"drop database if exists {name} with (force)")
        finally:
            await admin.close()

    async def _template(self, admin: asyncpg.Connection[Any], service: str) -> str:
        template = f"template_{service}"
        await admin.execute("select pg_advisory_lock(hashtext($1))", template)
        try:
            known = await admin.fetchval(
                "select 1 from pg_database where datname = $1 and datistemplate", template
            )
            if not known:
                await admin.execute(f"drop database if exists {template} with (force)")
                await admin.execute(f"create database {template} owner {service}_owner")
                urls = self._urls(template, service)
                await asyncio.to_thread(upgrade, service, urls.owner, service)
                await admin.execute(f"alter database {template} is_template true")
        finally:
            await admin.execute("select pg_advisory_unlock(hashtext($1))", template)
        return template

    def _urls(self, database: str, role: str) -> DatabaseUrls:
        return DatabaseUrls(app=self._as(role, database), owner=self._as(f"{role}_owner", database))

    def _as(self, role: str, database: str) -> str:
        parts = urlsplit(self.admin_url)
        netloc = f"{role}:{ROLE_PASSWORD}@{parts.hostname}:{parts.port}"
        return urlunsplit(("postgresql", netloc, f"/{database}", "", ""))


async def create_tables(urls: DatabaseUrls, metadata: MetaData, extra_ddl: list[str]) -> None:
    """Create a metadata's tables as the owner and grant the app role its rights."""
    from migrations.env_shared import grant  # noqa: PLC0415  alembic's context is not for import time

    engine = create_async_engine(
        urls.owner.replace("postgresql://", "postgresql+asyncpg://", 1), poolclass=NullPool
    )
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
        for statement in extra_ddl:
            await connection.exec_driver_sql(statement)
        await connection.run_sync(grant, metadata, urlsplit(urls.app).username or "")
    await engine.dispose()


async def _ensure_roles(admin: asyncpg.Connection[Any], role: str) -> None:
    await admin.execute("select pg_advisory_lock(1)")
    try:
        for name in (role, f"{role}_owner"):
            if not await admin.fetchval("select 1 from pg_roles where rolname = $1", name):
                await admin.execute("set scram_iterations = 1")  # connections are many
                await admin.execute(f"create role {name} login password '{ROLE_PASSWORD}'")
    finally:
        await admin.execute("select pg_advisory_unlock(1)")


class ServersOfRun:
    """Starts the servers at first use and stops them with the run."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._servers: Servers | None = None

    def get(self) -> Servers:
        """Return the servers' addresses, starting them if need be."""
        if self._servers is None:
            from jarva.embedded import Stack  # noqa: PLC0415  only the starting process needs it

            folder = self._stack.enter_context(
                tempfile.TemporaryDirectory(prefix=f"{_PREFIX}{os.getpid()}-", dir=_quick_folder())
            )
            started = self._stack.enter_context(
                Stack(Path(folder) / "var", fsync=False, services=())
            )
            self._servers = Servers(started.admin_url, started.redis_url)
        return self._servers

    def stop(self) -> None:
        """Stop what was started."""
        self._stack.close()


def _quick_folder() -> Path | None:
    """Choose memory when it has room: copying a template's files there is ten times faster."""
    if not os.access(_MEMORY, os.W_OK):
        return None
    for left in _MEMORY.glob(f"{_PREFIX}*-*"):  # by a run that was killed: memory is not given back
        if not Path("/proc", left.name.split("-")[2]).exists():
            shutil.rmtree(left, ignore_errors=True)
    return _MEMORY if shutil.disk_usage(_MEMORY).free >= _ROOM else None
