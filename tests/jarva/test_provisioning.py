"""Databases and roles made from an administrator's connection."""

from __future__ import annotations

import asyncio
from pathlib import Path

import asyncpg
import pytest

from jarva.embedded import Stack
from jarva.provisioning import Role, ServiceDatabase, provision


async def fetch(url: str, query: str) -> object:
    connection = await asyncpg.connect(url, timeout=10)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


def test_addresses_say_what_to_make() -> None:
    database = ServiceDatabase.in_environment(
        "budget",
        {
            "BUDGET_DATABASE_URL": "postgresql://app:p%40ss@db.example:5433/ekonomi",
            "BUDGET_OWNER_DATABASE_URL": "postgresql://boss:pw@db.example:5433/ekonomi",
        },
    )
    assert database == ServiceDatabase(
        "budget", "ekonomi", owner=Role("boss", "pw"), app=Role("app", "p@ss")
    )
    environment = database.environment("postgresql://root:x@db.example:5433/postgres")
    assert environment["BUDGET_DATABASE_URL"].endswith("app:p%40ss@db.example:5433/ekonomi")


def test_service_without_an_owner_owns_its_database() -> None:
    url = "postgresql://app:pw@db.example/budget"
    database = ServiceDatabase.in_environment("budget", {"BUDGET_DATABASE_URL": url})
    assert database.owner == database.app
    with pytest.raises(KeyError):
        ServiceDatabase.in_environment("budget", {})


def test_provisioning_again_keeps_data_and_changes_passwords(tmp_path: Path) -> None:
    name = "odd name; drop"
    with Stack(tmp_path / "var", fsync=False, services=()) as stack:

        def addresses(password: str) -> dict[str, str]:
            owner, app = Role("the owner", password), Role("the app", password)
            database = ServiceDatabase("budget", name, owner, app)
            asyncio.run(provision(stack.admin_url, [database]))
            return database.environment(stack.admin_url)

        first = addresses("it's 'quoted'")
        owner = first["BUDGET_OWNER_DATABASE_URL"]
        asyncio.run(fetch(owner, "CREATE TABLE kept AS SELECT 7 AS number"))
        second = addresses("another")
        with pytest.raises(asyncpg.InvalidPasswordError):
            asyncio.run(fetch(owner, "SELECT 1"))
        owner = second["BUDGET_OWNER_DATABASE_URL"]
        assert asyncio.run(fetch(owner, "SELECT number FROM kept")) == 7
        assert asyncio.run(fetch(second["BUDGET_DATABASE_URL"], "SELECT current_user")) == "the app"


def test_two_administrators_at_once_do_not_collide(tmp_path: Path) -> None:
    with Stack(tmp_path / "var", fsync=False, services=()) as stack:
        databases = [ServiceDatabase.of(name, str.upper) for name in ("budget", "outreach")]

        async def both() -> None:
            await asyncio.gather(*(provision(stack.admin_url, databases) for _ in range(4)))

        asyncio.run(both())
        url = databases[1].environment(stack.admin_url)["OUTREACH_DATABASE_URL"]
        assert asyncio.run(fetch(url, "SELECT current_database()")) == "outreach"
