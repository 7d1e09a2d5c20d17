"""Every service's database, as migrated, keeps its past: journals, and all that is append-only."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

import asyncpg
import pytest

from tests.repo.services import SERVICES

if TYPE_CHECKING:
    from sqlalchemy import MetaData, Table

    from tests.conftest import NewDatabase
    from tests.servers import DatabaseUrls

DATED_BY = {"record_version": "superseded_at"}

TRIGGERS = """
    select pg_get_triggerdef(t.oid) from pg_trigger t
    where t.tgrelid = $1::regclass and not t.tgisinternal and t.tgenabled = 'O'
"""

MAY = {
    "update": "select has_any_column_privilege($1, $2)",
    "delete": "select has_table_privilege($1, $2)",
    "truncate": "select has_table_privilege($1, $2)",
}

FIGURES = {
    "participants": "services.participants.figures.definitions",
    "outreach": "services.outreach.figures.definitions",
    "budget": "services.budget.figures",
}


def _append_only(service: str) -> list[Table]:
    metadata: MetaData = import_module(f"services.{service}.models").metadata
    return [table for table in metadata.sorted_tables if table.info.get("append_only")]


def _derived(service: str) -> list[str]:
    """Return the tables that only triggers write."""
    metadata: MetaData = import_module(f"services.{service}.models").metadata
    return [table.name for table in metadata.sorted_tables if table.info.get("derived")]


def _keeping_the_past(service: str) -> list[str]:
    """Return the tables whose rows have their place in the past: journals and versions."""
    return [
        table.name
        for table in _append_only(service)
        if table.info.get("facts") or table.name in DATED_BY
    ]


async def _open_doors(urls: DatabaseUrls, service: str) -> list[str]:
    """Return what is missing in a service's database, one line each."""
    app, owner = await asyncpg.connect(urls.app), await asyncpg.connect(urls.owner)
    try:
        missing = [
            f"the service may {right} {table.name}"
            for table in _append_only(service)
            for right in ("update", "delete", "truncate")
            if await app.fetchval(MAY[right], table.name, right)
        ]
        missing += [
            f"the service may write {name}"
            for name in _derived(service)
            if await app.fetchval("select has_table_privilege($1, 'insert')", name)
            or await app.fetchval("select has_any_column_privilege($1, 'update')", name)
            or await app.fetchval("select has_table_privilege($1, 'delete')", name)
        ]
        for name in _keeping_the_past(service):
            triggers = [row[0] for row in await owner.fetch(TRIGGERS, name)]
            dated = f"{DATED_BY.get(name, 'recorded_at')} < transaction_timestamp()"
            if not any("BEFORE INSERT" in one and dated in one for one in triggers):
                missing.append(f"{name} takes back-dated rows")
            if not any("refuse_change" in one for one in triggers):
                missing.append(f"{name} can be changed by its owner")
            hidden = await owner.fetchval(
                "select has_table_privilege(current_user, $1, 'insert')", name
            )
            if hidden and name not in DATED_BY:
                missing.append(f"{name} takes rows of its owner")
        return missing
    finally:
        await app.close()
        await owner.close()


@pytest.mark.parametrize("service", SERVICES)
async def test_past_of_a_service_cannot_be_changed(service: str, new_database: NewDatabase) -> None:
    assert await _open_doors(await new_database(service), service) == []


@pytest.mark.parametrize("service", FIGURES)
def test_service_with_figures_has_a_journal(service: str) -> None:
    journals = {each.journal.table for each in import_module(FIGURES[service]).FIGURES}
    assert journals <= set(_keeping_the_past(service))
    assert journals


async def test_open_door_is_found(new_database: NewDatabase) -> None:
    urls = await new_database("participants")
    owner = await asyncpg.connect(urls.owner)
    for sql in (
        "drop trigger participant_fact_back_dated on participant_fact",
        "drop trigger record_version_append_only on record_version",
        "grant insert on participant_fact to current_user",
        "grant delete on access_log to participants",
    ):
        await owner.execute(sql)
    await owner.close()
    assert await _open_doors(urls, "participants") == [
        "the service may delete access_log",
        "participant_fact takes back-dated rows",
        "participant_fact takes rows of its owner",
        "record_version can be changed by its owner",
    ]


async def test_door_to_a_derived_table_is_found(new_database: NewDatabase) -> None:
    """Negative control: a balance that the service may write is named."""
    urls = await new_database("budget")
    owner = await asyncpg.connect(urls.owner)
    await owner.execute("grant update on grant_balance to budget")
    await owner.close()
    assert await _open_doors(urls, "budget") == ["the service may write grant_balance"]
