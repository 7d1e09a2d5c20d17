"""What deployed databases hold of follow-ups, and what the upgrade to plans makes of it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import asyncpg
from alembic import command

from migrations.upgrade import configuration
from services.participants.figures import facts
from shared.clock import today
from shared.journal import drift

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from shared.db import Connection
    from tests.conftest import NewDatabase

_PLACES = (
    """insert into unit (code, name, kind, ownership, district, valid_from)
       values ('jobbtorg', 'Jobbtorg', 'jobbtorg', 'own', 'jarva', '2020-01-01')""",
    """insert into programme (code, name, kind, valid_from)
       values ('jobbtorg', 'Jobbtorg', 'jobbtorg', '2020-01-01'),
              ('stockholmsjobb', 'Stockholmsjobb', 'employment', '2020-01-01')""",
)
_EXITED = """
    with made as (
        insert into person (identity_number_sealed, identity_number_hash, birth_date, sex)
        values (int2send(1::int2) || int4send($1), int2send(1::int2) || int4send($1),
                '1990-01-01', 'women')
        returning id)
    insert into enrolment (person_id, unit, programme, ground, status_at_entry, started_on,
                           exited_on, outcome, sex, age_group, district)
    select id, 'jobbtorg', $2, 'kaa', 'inactive', '2024-01-01', $3, $4, 'women', '30-39',
           'unknown' from made
    returning id
"""
_FOLLOWED = """
    insert into follow_up (enrolment_id, unit, exited_on, due_on, state, result, answered_on)
    select id, unit, exited_on, follow_up_due(exited_on), $2, $3::text,
           case when $3::text is not null then follow_up_due(exited_on) + 3 end
    from enrolment where id = $1
    returning id
"""

# What the journal was settled by before.
_COUNTED = """
    insert into participant_fact (measure, happened_on, amount, subject, record_kind, record_id,
        reason, unit, programme, ground, sex, age_group, district, outcome)
    select counted.measure, counted.day, 1, e.person_id, 'follow_up', f.id, 'exited', f.unit,
           e.programme, e.ground, e.sex, e.age_group, e.district, coalesce(counted.outcome, '')
    from follow_up f join enrolment e on e.id = f.enrolment_id
    cross join lateral (values ('follow_ups', f.due_on, null),
        ('follow_up_answers', case when f.state = 'answered' then f.due_on end, f.result)
    ) as counted (measure, day, outcome)
    where f.state <> 'cancelled' and counted.day is not null
"""
_ON_ITS_WAY = """
    insert into outbox (event_id, consumer, type, subject, sequence, data)
    values (gen_random_uuid(), 'participants', 'participants.enrolment.exited.v1',
            'enrolment/1', 1, '{}')
"""
_SUMS = """
    select measure, kind, sum(amount)::int from participant_fact
    where record_kind = 'follow_up' and recorded_at <= $1::timestamptz
    group by measure, kind having sum(amount) <> 0 order by measure, kind
"""


async def _followed_until_now(service: Connection, recent: date) -> dict[UUID, str]:
    """Record exits, and follow-ups of most as they were kept; return the states of those."""
    held = {}
    for n, (programme, exited_on, outcome, state, result) in enumerate(
        (
            ("jobbtorg", today() - timedelta(days=400), "work", "open", None),
            ("jobbtorg", recent, "work", "open", None),  # opened before its day, as all were
            ("stockholmsjobb", today() - timedelta(days=300), "work", "answered", "studies"),
            ("jobbtorg", today() - timedelta(days=200), "moved", "cancelled", None),
            ("jobbtorg", recent, "other", None, None),  # its event is still on its way
            ("jobbtorg", today() - timedelta(days=200), "deceased", None, None),
        )
    ):
        enrolment = await service.fetchval(_EXITED, n, programme, exited_on, outcome)
        if state is not None:
            held[await service.fetchval(_FOLLOWED, enrolment, state, result)] = state
    return held


async def test_upgrade_keeps_what_was_opened_and_plans_what_was_on_its_way(
    new_database: NewDatabase,
) -> None:
    urls = await new_database(None)
    history = configuration("participants", urls.owner, "scratch")
    await asyncio.to_thread(command.upgrade, history, "0003")
    service = await asyncpg.connect(urls.app)
    for statement in (*_PLACES, _ON_ITS_WAY):
        await service.execute(statement)
    recent = today() - timedelta(days=10)
    held = await _followed_until_now(service, recent)
    await service.execute(_COUNTED)
    before = await service.fetchval("select clock_timestamp()")
    await service.close()

    await asyncio.to_thread(command.upgrade, history, "head")
    service = await asyncpg.connect(urls.app)
    rows = await service.fetch("select id, state, kind, result, exited_on from follow_up")
    kept = {row["id"]: row["state"] for row in rows if row["id"] in held}
    assert kept == held
    assert sorted(
        (row["state"], row["kind"], row["exited_on"]) for row in rows if row["id"] not in held
    ) == [
        ("open", "exit", today() - timedelta(days=200)),  # the cancelled one's exit stands
        ("planned", "exit", recent),
    ]
    assert [row["kind"] for row in rows if row["result"]] == ["stockholmsjobb"]
    assert await service.fetchval("select count(*) from outbox") == 0
    ids = [row["id"] for row in rows]
    wanted = facts.FOLLOW_UP
    assert await drift(service, facts.JOURNAL, "follow_up", ids, wanted_sql=wanted) == []
    assert await drift(
        service,
        facts.JOURNAL,
        "follow_up",
        ids,
        wanted_sql=wanted.replace("r.due_on, 1, null", "r.due_on, 2, null"),
    ), "the control: another count is found out"
    then = [tuple(row) for row in await service.fetch(_SUMS, before)]
    assert then == [("follow_up_answers", "", 1), ("follow_ups", "", 3)]
    ahead = "select max(recorded_at) from participant_fact"
    now = [tuple(row) for row in await service.fetch(_SUMS, await service.fetchval(ahead))]
    assert now == [
        ("follow_up_answers", "stockholmsjobb", 1),
        ("follow_ups", "exit", 4),
        ("follow_ups", "stockholmsjobb", 1),
        ("follow_ups_overdue", "exit", 4),
    ]
    await service.close()
    await asyncio.to_thread(command.downgrade, history, "0003")
