"""Databases and roles of the services, made by an administrator's connection.

Each service has one database, owned by its owner role (which migrates it), and one role for
its processes, which may connect and use what the migrations grant it, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import asyncpg

# Two administrators at once would race for the same names.
_LOCK = 0x6A61727661


@dataclass(frozen=True)
class Role:
    """A login role; the password is set to this whenever it is provisioned."""

    name: str
    password: str


@dataclass(frozen=True)
class ServiceDatabase:
    """A database with the role that owns it and the one that uses it (which may be the same)."""

    service: str
    name: str
    owner: Role
    app: Role

    @classmethod
    def of(cls, service: str, password: Callable[[str], str]) -> Self:
        """Name database and roles after the service; `password` gives a role's by its name."""
        owner, app = (Role(name, password(name)) for name in (f"{service}_owner", service))
        return cls(service, service, owner, app)

    @classmethod
    def in_environment(cls, service: str, environment: Mapping[str, str]) -> Self:
        """Read from a service's two addresses what they take for granted.

        Raises:
            KeyError: the service has no address.

        """
        url = environment[f"{service.upper()}_DATABASE_URL"]
        owner_url = environment.get(f"{service.upper()}_OWNER_DATABASE_URL") or url
        return cls(service, urlsplit(url).path[1:], _login(owner_url), _login(url))

    def environment(self, admin_url: str) -> dict[str, str]:
        """Return the two addresses under the names that services read."""
        prefix = self.service.upper()
        return {
            f"{prefix}_DATABASE_URL": _with_login(admin_url, self.app, self.name),
            f"{prefix}_OWNER_DATABASE_URL": _with_login(admin_url, self.owner, self.name),
        }


def _login(url: str) -> Role:
    parts = urlsplit(url)
    return Role(unquote(parts.username or ""), unquote(parts.password or ""))


def _with_login(url: str, role: Role, database: str) -> str:
    """Return the same server's address for another role and database."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    netloc = f"{quote(role.name)}:{quote(role.password, safe='')}@{host}"
    return urlunsplit(parts._replace(netloc=netloc, path=f"/{database}"))


def _with_database(url: str, database: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


async def provision(admin_url: str, databases: Sequence[ServiceDatabase]) -> None:
    """Make what is missing and set what differs; doing it again changes nothing."""
    admin = await asyncpg.connect(admin_url, timeout=10)
    try:
        await admin.execute("SELECT pg_advisory_lock($1)", _LOCK)
        for database in databases:
            for role in {database.owner, database.app}:
                await _make_role(admin, role)
            await _make_database(admin, database)
            await _grant(admin_url, database)
    finally:
        await admin.close()


async def _make_role(admin: asyncpg.Connection[Any], role: Role) -> None:
    known = await admin.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", role.name)
    verb = "ALTER" if known else "CREATE"
    statement = await admin.fetchval(
        f"SELECT format('{verb} ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD %L',"
        " $1::text, $2::text)",
        role.name,
        role.password,
    )
    await admin.execute(statement)


async def _make_database(admin: asyncpg.Connection[Any], database: ServiceDatabase) -> None:
    if not await admin.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", database.name):
        # an administrator who is no superuser may only give to roles it belongs to
        await admin.execute(f'GRANT "{database.owner.name}" TO CURRENT_USER')
        await admin.execute(
            f'CREATE DATABASE "{database.name}" OWNER "{database.owner.name}" TEMPLATE template0'
            " ENCODING 'UTF8' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'"
        )


async def _grant(admin_url: str, database: ServiceDatabase) -> None:
    connection = await asyncpg.connect(_with_database(admin_url, database.name), timeout=10)
    try:
        await connection.execute(f"""
            REVOKE ALL ON DATABASE "{database.name}" FROM PUBLIC;
            GRANT CONNECT, TEMPORARY ON DATABASE "{database.name}" TO "{database.app.name}";
            REVOKE ALL ON SCHEMA public FROM PUBLIC;
            GRANT USAGE ON SCHEMA public TO "{database.app.name}";
        """)
    finally:
        await connection.close()
