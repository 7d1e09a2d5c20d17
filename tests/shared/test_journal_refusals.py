from __future__ import annotations

from typing import TYPE_CHECKING

import asyncpg
import pytest

from shared.db import driver
from shared.journal import (
    Journal,
    sum_table,
)
from shared.schema import service_metadata
from tests.shared.counting import (
    as_owner,
    booked,
    metadata,
)

if TYPE_CHECKING:
    from shared.db import Database
    from tests.conftest import ScratchDatabase
    from tests.servers import DatabaseUrls


@pytest.fixture
async def made(scratch_database: ScratchDatabase) -> tuple[Database, DatabaseUrls]:
    return await scratch_database(metadata)


@pytest.fixture
def db(made: tuple[Database, DatabaseUrls]) -> Database:
    return made[0]


INSERT = (
    "insert into fact (measure, happened_on, amount, record_kind, record_id, recorded_at, reason)"
    " values ('m', '2024-01-01', 1, 'stay', uuidv7(), {at}, 'attack')"
)
BACK_DATES = ["now() - interval '1 microsecond'", "'2020-01-01'", "'-infinity'"]


async def _taken(db: Database, sql: str) -> bool:
    """Tell whether the database takes a statement of the service's own role."""
    try:
        async with db.begin() as session:
            await (await driver(session)).execute(sql)
    except asyncpg.PostgresError:
        return False
    return True


async def test_fact_recorded_before_its_transaction_is_refused(
    made: tuple[Database, DatabaseUrls],
) -> None:
    db, urls = made
    statements = [INSERT.format(at=at) for at in BACK_DATES]
    assert [sql for sql in statements if await _taken(db, sql)] == []
    with pytest.raises(asyncpg.CheckViolationError, match="recorded when it is written"):
        async with db.begin() as session:
            await (await driver(session)).execute(statements[0])
    assert await _taken(db, INSERT.format(at="now()"))
    assert await _taken(db, INSERT.format(at="clock_timestamp()"))
    assert len(await booked(db)) == 2
    # Negative control: it is the trigger that refuses them.
    await as_owner(urls, "drop trigger fact_back_dated on fact")
    assert [sql for sql in statements if not await _taken(db, sql)] == []


CHANGES = [
    "update fact set amount = 2",
    "update fact set recorded_at = now()",
    "delete from fact",
    "truncate fact",
    "truncate fact cascade",
    "update journal_snapshot set facts = 0",
    "delete from fact_sum",
    "update record_version set body = '{}'",
    "delete from record_version",
    "alter table fact disable trigger all",
    "drop trigger fact_append_only on fact",
    "insert into fact (period) values (202401)",
    INSERT.replace("fact (", "fact (id, ").replace("values (", "values (1, ").format(at="now()"),
]


async def test_change_of_the_past_as_the_service_is_refused(db: Database) -> None:
    assert await _taken(db, INSERT.format(at="now()"))
    before = await booked(db)
    assert [sql for sql in CHANGES if await _taken(db, sql)] == []
    assert await booked(db) == before


async def test_change_of_the_past_as_the_owner_is_refused(
    made: tuple[Database, DatabaseUrls],
) -> None:
    db, urls = made
    assert await _taken(db, INSERT.format(at="now()"))
    for sql in (*CHANGES[:5], INSERT.format(at="now()")):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await as_owner(urls, sql)
    assert len(await booked(db)) == 1
    # Negative control: the owner may take the lock off the door, and then it is open.
    await as_owner(urls, "drop trigger fact_append_only on fact")
    await as_owner(urls, "delete from fact")
    assert await booked(db) == []


async def test_fact_of_nothing_is_refused(db: Database) -> None:
    with pytest.raises(asyncpg.CheckViolationError):
        async with db.begin() as session:
            await (await driver(session)).execute(
                INSERT.format(at="now()").replace("'2024-01-01', 1", "'2024-01-01', 0")
            )


def test_declaring_a_dimension_that_every_journal_has_is_refused() -> None:
    with pytest.raises(ValueError, match="belong to every journal"):
        sum_table("other", service_metadata(), "sex", "amount")
    with pytest.raises(ValueError, match="plain SQL identifier"):
        sum_table("other", service_metadata(), "sex; drop table fact")
    with pytest.raises(ValueError, match="what no journal has"):
        Journal("fact", ("sex",), expressions={"age": "1"})
