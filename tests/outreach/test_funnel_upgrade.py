"""Deployed databases: referrals and visits count by what led to them from the upgrade on."""

from __future__ import annotations

import asyncio

import asyncpg
from alembic import command

from migrations.upgrade import configuration
from services.outreach.facts import WANTED, Kind
from services.outreach.models import JOURNAL
from shared.journal import drift
from tests.conftest import NewDatabase

_RECORDS = (
    """insert into operation (code, name, valid_from, recorded_by)
       values ('guidance', 'Vägledning', '2019-01-01', 'x')""",
    """insert into venue (code, name, kind, district, valid_from, recorded_by)
       values ('library', 'B', 'library', 'jarva', '2019-01-01', 'x'),
              ('house', 'H', 'other', 'kista', '2019-01-01', 'x')""",
    """insert into session (operation, venue, unit, kind, planned_on, state, recorded_by)
       values ('guidance', 'library', 'u', 'drop_in', '2024-03-01', 'held', 'x')""",
    """insert into contact (operation, venue, session_id, unit, happened_on, channel, direction,
                            sex, age_group, target_group, recorded_by)
       select 'guidance', 'house', s.id, 'u', '2024-03-01', 'phone', 'two_way', 'men', 'unknown',
              'other', 'x' from (select id from session union all select null) s""",
    """insert into visit_tally (session_id, operation, venue, unit, held_on, age_group, women,
                                retracted_at, recorded_by)
       select given.id, 'guidance', 'library', 'u', '2024-03-01', given.age, 5, given.retracted,
              'x'
       from session s cross join lateral (values (s.id, 'unknown', null), (s.id, '20-24', now()),
                                                 (null, 'unknown', null)) given (id, age, retracted)
    """,
    # From a session, from a contact at one, from a contact elsewhere, from nothing; one has left.
    """insert into referral (person_id, referring_unit, unit, programme, referred_on, session_id,
                             contact_id, enrolled_on, exited_on, exit_outcome, recorded_by)
       select uuidv7(), 'u', 'v', 'p', '2024-03-02', given.*, 'x'
       from (select id from session) s,
            lateral (values (s.id, null::uuid, date '2024-03-03', date '2024-03-04', 'work'),
                            (null, (select id from contact where session_id = s.id), null, null,
                             null),
                            (null, (select id from contact where session_id is null), null, null,
                             null),
                            (null, null, date '2024-03-03', null, null)) given""",
)
# As they were booked before: without what led to them; what was retracted is taken back.
_FACTS = (
    """insert into outreach_fact (measure, happened_on, amount, subject, record_kind, record_id,
                                  reason, unit, programme, state)
       select 'referrals', referred_on, 1, person_id, 'referral', id, 'recorded', 'u', 'p', state
       from referral""",
    """insert into outreach_fact (measure, happened_on, amount, record_kind, record_id, reason,
                                  unit, operation, venue, district, sex, age_group)
       select 'visits', held_on, 5 * side.sign, 'visit_tally', id, 'recorded', unit, operation,
              venue, 'jarva', 'women', age_group
       from visit_tally cross join (values (1), (-1)) side (sign)
       where side.sign = 1 or retracted_at is not null""",
)
_SUMS = """
    select measure, venue, kind, outcome, sum(amount)::int from outreach_fact
    where recorded_at <= $1::timestamptz group by 1, 2, 3, 4 having sum(amount) <> 0
    order by 1, 2, 3, 4
"""
_NEWEST = "select max(recorded_at) from outreach_fact"
_KINDS = (Kind.REFERRAL, Kind.TALLY)


async def test_upgrade_counts_referrals_and_visits_by_what_led_to_them(
    new_database: NewDatabase,
) -> None:
    urls = await new_database(None)
    history = configuration("outreach", urls.owner, "scratch")
    await asyncio.to_thread(command.upgrade, history, "0008")
    service = await asyncpg.connect(urls.app)
    for statement in (*_RECORDS, *_FACTS):
        await service.execute(statement)
    before = await service.fetchval("select clock_timestamp()")
    believed = [("referrals", "", "", "", 4), ("visits", "library", "", "", 10)]
    assert [tuple(row) for row in await service.fetch(_SUMS, before)] == believed

    await asyncio.to_thread(command.upgrade, history, "head")
    await service.reload_schema_state()
    for kind in _KINDS:
        ids = [row["id"] for row in await service.fetch(f"select id from {kind}")]
        assert await drift(service, JOURNAL, kind, ids, wanted_sql=WANTED[kind]) == []
        elsewhere = WANTED[kind].replace("coalesce(s.kind, '')", "'fair'")
        assert await drift(service, JOURNAL, kind, ids, wanted_sql=elsewhere), "control"
    assert [tuple(row) for row in await service.fetch(_SUMS, before)] == believed
    now = [tuple(row) for row in await service.fetch(_SUMS, await service.fetchval(_NEWEST))]
    assert now == [
        ("referrals", "", "", "", 1),
        ("referrals", "house", "", "", 1),
        ("referrals", "library", "drop_in", "", 1),
        ("referrals", "library", "drop_in", "work", 1),
        ("visits", "library", "", "", 5),
        ("visits", "library", "drop_in", "", 5),
    ]
    owner = "select has_table_privilege($1, 'outreach_fact', 'insert')"
    assert not await service.fetchval(owner, await service.fetchval(_OWNER))
    await service.close()
    await asyncio.to_thread(command.downgrade, history, "0011")
    await asyncio.to_thread(command.upgrade, history, "head")
    await asyncio.to_thread(command.check, history)


_OWNER = "select tableowner from pg_tables where tablename = 'outreach_fact'"
