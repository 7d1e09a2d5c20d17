from __future__ import annotations

import asyncio

import asyncpg
import pytest
from alembic import command

from migrations.upgrade import configuration
from shared.db import Database, driver
from tests.conftest import NewDatabase
from tests.participants.city import City


async def test_history_builds_the_models_and_can_be_taken_back(new_database: NewDatabase) -> None:
    urls = await new_database(None)
    history = configuration("participants", urls.owner, "scratch")
    for step in (command.upgrade, command.downgrade, command.upgrade):
        await asyncio.to_thread(step, history, "base" if step is command.downgrade else "head")
    await asyncio.to_thread(command.check, history)


_SECOND_ENROLMENT = """
    insert into enrolment (person_id, subject_id, unit, programme, ground, status_at_entry,
                           started_on, sex, age_group, district)
    select person_id, subject_id, unit, programme, ground, status_at_entry, '2023-01-01',
           sex, age_group, district from enrolment
"""


AGAINST_THE_RULES = (
    ("update enrolment set exited_on = '2024-09-30', outcome = 'work'", "exit_after_entry"),
    ("update enrolment set exited_on = '2024-12-01'", "exit_has_outcome"),
    ("update enrolment set programme = 'kvinnors-etablering'", "enrolment_team_programme_fkey"),
    (
        _SECOND_ENROLMENT,
        "enrolment_overlap_excl",
    ),
    ("update unit set valid_to = '2019-12-31'", "unit_validity_check"),
    ("update person set sex = 'other'", "person_sex_check"),
)


async def test_database_holds_the_rules_whoever_writes(city: City) -> None:
    person = await city.person()
    await city.enrolment(person["id"], team="pilot-one")
    for statement, constraint in AGAINST_THE_RULES:
        with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refused:
            async with city.db.begin() as session:
                await (await driver(session)).execute(statement)
        assert constraint in (refused.value.constraint_name or ""), statement


async def test_service_may_not_rewrite_what_is_booked_or_read(participants_db: Database) -> None:
    for table in ("participant_fact", "record_version", "access_log"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with participants_db.begin() as session:
                await (await driver(session)).execute(f"delete from {table}")
