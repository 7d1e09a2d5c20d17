"""A constraint that a service gives a meaning to exists in its database under that name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import asyncpg
import pytest

from tests.repo.services import SERVICES, application

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.conftest import NewDatabase

_KNOWN = """
select conname::text as name from pg_constraint where connamespace = 'public'::regnamespace
union
select c.relname::text from pg_index i join pg_class c on c.oid = i.indexrelid
where i.indisunique and c.relnamespace = 'public'::regnamespace
"""
_FUNCTIONS = "select prosrc from pg_proc where pronamespace = 'public'::regnamespace"


async def unknown_names(url: str, names: Iterable[str]) -> list[str]:
    """Return the names that neither a constraint, a unique index nor a trigger raises."""
    conn = await asyncpg.connect(url)
    try:
        known = {row["name"] for row in await conn.fetch(_KNOWN)}
        sources = " ".join(row["prosrc"] for row in await conn.fetch(_FUNCTIONS))
    finally:
        await conn.close()
    return [name for name in names if name not in known and f"'{name}'" not in sources]


@pytest.mark.parametrize("service", SERVICES)
async def test_every_name_with_a_meaning_exists(service: str, new_database: NewDatabase) -> None:
    urls = await new_database(service)
    names = application(service).spec.constraint_errors
    assert await unknown_names(urls.owner, names) == []


async def test_misspelt_name_is_found(new_database: NewDatabase) -> None:
    """Negative control."""
    urls = await new_database("participants")
    assert await unknown_names(urls.owner, ["enrolment_pkei"]) == ["enrolment_pkei"]
    assert await unknown_names(urls.owner, ["enrolment_pkey"]) == []
