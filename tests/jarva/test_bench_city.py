"""The city that reports are measured on: what it counts is what plain SQL counts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import asyncpg
import pytest
from pydantic import SecretStr

from jarva.bench.city import books, catalogue, figures
from jarva.bench.city.filling import JOURNALS, Filled, filled
from jarva.bench.city.plain import Disagreement
from jarva.bench.city.questions import REPORTS
from jarva.bench.city.size import Size
from services.budget.main import create_app as budget_app
from services.budget.settings import Settings as BudgetSettings
from services.outreach.facts import WANTED, Kind
from services.outreach.main import create_app as outreach_app
from services.outreach.settings import Settings as OutreachSettings
from services.participants.figures.facts import ENROLMENT, FOLLOW_UP
from services.participants.main import create_app as participants_app
from services.participants.settings import Settings as ParticipantsSettings
from shared.db import driver
from shared.figures.standing.keeping import keep_answers
from shared.figures.standing.questions import remember, written
from shared.journal import drift
from tests.participants.conftest import key

if TYPE_CHECKING:
    from tests.conftest import Calling
    from tests.servers import DatabaseUrls
    from tests.tokens import Issuer

PEOPLE = 200
SNAPSHOT_EVERY = 400
KEYS = {"seal_keys": {1: key(1)}, "index_keys": {1: key(2)}}
APPS: dict[str, tuple[Any, Any, dict[str, Any]]] = {
    "participants": (participants_app, ParticipantsSettings, KEYS),
    "outreach": (outreach_app, OutreachSettings, {}),
    "budget": (budget_app, BudgetSettings, {}),
}


@pytest.fixture
async def city(  # noqa: PLR0917  three services
    participants_urls: DatabaseUrls,
    outreach_urls: DatabaseUrls,
    budget_urls: DatabaseUrls,
    redis_url: str,
    issuer: Issuer,
    calling: Calling,
) -> AsyncIterator[Filled]:
    """Two hundred people and what happened to them, with snapshots taken on the way."""
    urls = {
        "participants": participants_urls,
        "outreach": outreach_urls,
        "budget": budget_urls,
    }
    token = issuer.token(*catalogue.SCOPES)
    for service, (create_app, settings, own) in APPS.items():
        app = create_app(
            settings(
                database_url=SecretStr(urls[service].app),
                redis_url=SecretStr(redis_url),
                auth_issuer=issuer.name,
                auth_jwks_url=issuer.jwks_url,
                **own,
            )
        )
        async with calling(app) as client:
            for of, path, bodies in catalogue.BODIES:
                for body in bodies if of == service else ():
                    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}
                    answer = await client.post(f"/{of}/v1{path}", json=body, headers=headers)
                    assert answer.is_success, answer.text
    async with filled(
        {name: urls[name].app for name in JOURNALS},
        {name: urls[name].owner for name in JOURNALS},
        Size(PEOPLE),
        lambda _: None,
        threshold=SNAPSHOT_EVERY,
    ) as made:
        yield made


async def test_reports_of_the_city_say_what_plain_sql_says_now_and_before(city: Filled) -> None:
    first = await figures.first_asked(city)
    for report in REPORTS:
        lines, totals = await figures.of_report(city, report, rounds=1, first=first)
        assert {line.name.endswith("never asked before") for line in lines} == {False, True}
        assert any(any(found.values()) for found in totals.values()), report.template
    assert len(await figures.counted_once(city, rounds=1)) == 2
    assert len(await books.of_the_ledger(city, rounds=1)) == 2
    await facts_have_their_records(city)


async def test_standing_questions_of_the_city_are_answered_as_plain_sql_answers_them(
    city: Filled,
) -> None:
    report = REPORTS[0]
    for service, database in city.databases.items():
        asked = [written([each], query) for each, query in report.questions(service, city.now)]
        await remember(database, asked)
        while await keep_answers(database, JOURNALS[service], every=SNAPSHOT_EVERY):
            pass
    await figures.of_report(city, report, rounds=1, first={})

    async with city.databases["outreach"].begin() as session:
        await (await driver(session)).execute("update standing_answer set total = total + 1")
    with pytest.raises(Disagreement):
        await figures.of_report(city, report, rounds=1, first={})


async def test_a_snapshot_that_was_tampered_with_is_noticed(
    city: Filled, participants_urls: DatabaseUrls
) -> None:
    owner = await asyncpg.connect(participants_urls.owner)
    try:
        await owner.execute("alter table participant_fact_sum disable trigger user")
        await owner.execute("update participant_fact_sum set amount = amount + 1")
    finally:
        await owner.close()
    with pytest.raises(Disagreement):
        await figures.of_report(city, REPORTS[0], rounds=1, first={})


async def test_statements_that_plain_sql_does_not_bear_out_are_not_measured(
    city: Filled, budget_urls: DatabaseUrls
) -> None:
    """What is kept is changed, and a posting under a check that has been made."""
    owner = await asyncpg.connect(budget_urls.owner)
    try:
        for table in ("posting", "delivery_booking"):
            await owner.execute(f"alter table {table} disable trigger user")
        for tampering in (_SUM, _DELIVERY, _POSTING):
            await owner.execute(tampering, 1)
            with pytest.raises(Disagreement):
                await books.of_the_ledger(city, rounds=1)
            await owner.execute(tampering, -1)
            assert len(await books.of_the_ledger(city, rounds=1)) == 2
    finally:
        await owner.close()


_SUM = """
    insert into posting_account_sum (as_of, measure, period, amount, account, counterpart_class)
    select max(as_of), 'postings', 202401, $1, '5010', 'external'
    from journal_snapshot where journal = 'posting_account'
"""
_DELIVERY = "update delivery_booking set vouchers = vouchers + $1"
_POSTING = "update posting set amount = amount + $1 where period = 202401 and account < '3'"


async def facts_have_their_records(city: Filled) -> None:
    """Check that the facts of each record are those that the record ought to have."""
    people, outreach = city.databases["participants"], city.databases["outreach"]
    kinds = [
        (people, "participants", "enrolment", ENROLMENT),
        (people, "participants", "follow_up", FOLLOW_UP),
        *((outreach, "outreach", kind, WANTED[kind]) for kind in (Kind.CONTACT, Kind.REFERRAL)),
    ]
    for database, service, kind, wanted in kinds:
        async with database.read() as session:
            conn = await driver(session)
            ids = [row["id"] for row in await conn.fetch(f"select id from {kind}")]
            assert len(ids) >= PEOPLE // 10
            assert await drift(conn, JOURNALS[service][0], kind, ids, wanted_sql=wanted) == []
