"""The history of budget's tables: it builds the models, and takes earlier records along."""

from __future__ import annotations

import asyncio
import json
from datetime import date, timedelta
from typing import TYPE_CHECKING

import asyncpg
from alembic import command

from migrations.upgrade import configuration
from services.budget.domain.periods import PeriodRange
from services.budget.figures import BUDGET_FACTS, FACTS
from services.budget.project_facts import KINDS
from services.budget.queries.ledger import sources
from shared.basis import wait_until_settled
from shared.db import Database, driver
from shared.journal import drift
from tests.budget.books import YEAR, open_books
from tests.budget.kept_sums_machine import SOURCES
from tests.budget.ledger_model import Model
from tests.budget.pushing import Pushing

if TYPE_CHECKING:
    from tests.conftest import NewDatabase

_PROJECT = "insert into project (number, version) values ('1187', 1) returning id"
_FACT = """
    insert into budget_fact (measure, happened_on, amount, record_kind, record_id, reason, funder)
    values ('projects', '2020-01-01', $1, 'project', $2, '', 'esf')
"""
_BY_PROJECT = """
    select project, sum(amount)::int from budget_fact where recorded_at <= $1::timestamptz
    group by project having sum(amount) <> 0
"""

_BUDGET = """
    insert into budget_version (year, number, kind, decided_on, decided_by, reference, by)
    values (2020, $1, $2, $3, 'Kommunfullmäktige', 'A', 'x') returning id
"""
_BUDGETS = (
    (1, "council_decision", date(2019, 11, 21)),
    (2, "adjustment", date(2020, 6, 10)),
    (3, "adjustment", date(2021, 1, 7)),
)
"""The last was decided when the year was over, and is nobody's budget."""


async def test_history_builds_the_models_and_can_be_taken_back(new_database: NewDatabase) -> None:
    urls = await new_database(None)
    history = configuration("budget", urls.owner, "scratch")
    for step in (command.upgrade, command.downgrade, command.upgrade):
        await asyncio.to_thread(step, history, "base" if step is command.downgrade else "head")
    await asyncio.to_thread(command.check, history)


async def test_upgrade_counts_earlier_projects_by_number_and_keeps_earlier_bases(
    new_database: NewDatabase,
) -> None:
    urls = await new_database(None)
    history = configuration("budget", urls.owner, "scratch")
    await asyncio.to_thread(command.upgrade, history, "0004")
    service = await asyncpg.connect(urls.app)
    project_id = await service.fetchval(_PROJECT)
    for amount in (1, 1, -1):
        await service.execute(_FACT, amount, project_id)
    before = await service.fetchval("select clock_timestamp()")
    await asyncio.to_thread(command.upgrade, history, "0005")
    await service.reload_schema_state()
    counted = [
        {row["project"]: row["sum"] for row in await service.fetch(_BY_PROJECT, at)}
        for at in (before, before + timedelta(hours=1))
    ]
    assert counted == [{"": 1}, {"1187": 1}]
    await service.close()


async def test_upgrade_counts_earlier_budgets_as_they_are_counted_now(
    new_database: NewDatabase,
) -> None:
    urls = await new_database(None)
    history = configuration("budget", urls.owner, "scratch")
    await asyncio.to_thread(command.upgrade, history, "0004")
    service = await asyncpg.connect(urls.app)
    versions = [await service.fetchval(_BUDGET, *said) for said in _BUDGETS]
    for version in versions:
        await service.execute("insert into budget_line values ($1, 'operations', 500)", version)
    await asyncio.to_thread(command.upgrade, history, "head")
    await service.reload_schema_state()
    assert await service.fetchval("select count(*) from budget_fact where measure = 'budget'") == 4
    differing = await drift(service, FACTS, "budget_version", versions, wanted_sql=BUDGET_FACTS)
    assert differing == []
    await service.close()


_DECIDED = """
    insert into project_version (project_id, version, state, name, funder, programme, role,
        department, phase, budget_note, cofinancing_amount, cofinancing_currency, start_on,
        start_precision, end_on, end_precision, forecast_explanation, decided_on, reason, by)
    values ($1, 1, 'decided', 'x', 'esf', '', 'owner', '', '', 'anges ej', 500, 'SEK',
            '2020-03-01', 'month', '2020-06-01', 'month', '', '2020-01-10', '', 'x')
"""


async def test_upgrade_counts_earlier_cofinancing_once(new_database: NewDatabase) -> None:
    urls = await new_database(None)
    history = configuration("budget", urls.owner, "scratch")
    await asyncio.to_thread(command.upgrade, history, "0005")
    service = await asyncpg.connect(urls.app)
    project_id = await service.fetchval(_PROJECT)
    await service.execute(_DECIDED, project_id)
    steps = ((command.upgrade, "0006"), (command.downgrade, "0005"), (command.upgrade, "head"))
    for step, revision in steps:
        await asyncio.to_thread(step, history, revision)
    await service.reload_schema_state()
    booked = await service.fetch(
        "select happened_on, amount, project from budget_fact order by happened_on"
    )
    assert [tuple(row) for row in booked] == [
        (date(2020, 3, 1), 500, "1187"),
        (date(2020, 7, 1), -500, "1187"),
    ]
    kind, wanted = KINDS[-1]
    assert kind == "project_cofinancing"
    assert await drift(service, FACTS, kind, [project_id], wanted_sql=wanted) == []
    await service.close()


async def test_upgrade_counts_earlier_vouchers_of_deliveries_as_they_were_in_use(
    new_database: NewDatabase,
) -> None:
    urls = await new_database(None)
    history = configuration("budget", urls.owner, "scratch")
    await asyncio.to_thread(command.upgrade, history, "0012")
    database = Database(urls.app, application_name="test")
    async with database.begin() as session:
        await open_books(await driver(session))
    bases = []
    for step, rows in enumerate(({"K1": 500, "K2": 700}, {"K1": 600, "K3": 1}, {"K2": 5})):
        if step == 2:
            # What comes in meanwhile is counted by the trigger, taken back or booked.
            await asyncio.to_thread(command.upgrade, history, "head")
        sent = (Model().row_of(key, 3, amount) for key, amount in rows.items())
        body = b"".join(json.dumps(row).encode() + b"\n" for row in sent)
        delivery = await Pushing(database).push(
            body, register="vouchers", content_type="application/x-ndjson"
        )
        assert delivery.state == "applied"
        bases.append(await wait_until_settled(database))
    found = []
    for basis in bases:
        async with database.read() as session:
            conn = await driver(session)
            counted = await sources(conn, PeriodRange(YEAR * 100 + 1, YEAR * 100 + 3), basis)
            assert counted == await conn.fetch(SOURCES, YEAR * 100, YEAR * 100 + 3, basis)
            found.append([row["vouchers"] for row in counted])
    assert found == [[2], [1, 2], [2, 1]]
    await database.close()
