"""What deployed databases hold of partners, visits and referrals, from the upgrade on."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import TYPE_CHECKING

import asyncpg
from alembic import command

from migrations.upgrade import configuration
from services.outreach.facts import WANTED, Kind
from services.outreach.models import JOURNAL
from shared.journal import drift

if TYPE_CHECKING:
    from tests.conftest import NewDatabase

_RECORDS = (
    "insert into partner (code, name, kind, recorded_by) values ('sbr', 'SBR', 'authority', 'x')",
    """insert into employer (code, name, sector, recorded_by)
       values ('foretag', 'Företag', 'care', 'x')""",
    """insert into agreement (partner, kind, purpose, starts_on, ends_on, recorded_by)
       values ('sbr', 'iop', 'A', '2024-01-01', '2024-06-30', 'x'),
              ('sbr', 'project', 'B', '2024-01-01', null, 'x')""",
    """insert into employer_visit (employer, unit, visited_on, partner, retracted_at, recorded_by)
       values ('foretag', 'u', '2024-02-01', null, null, 'x'),
              ('foretag', 'u', '2024-02-02', 'sbr', null, 'x'),
              ('foretag', 'u', '2024-02-03', 'sbr', now(), 'x')""",
    """insert into outreach_fact (measure, happened_on, amount, subject, record_kind, record_id,
                                  reason, unit, sector, employer)
       select 'employer-visits', v.visited_on, sign, e.id, 'employer_visit', v.id, 'recorded',
              'u', 'care', 'foretag'
       from employer_visit v, employer e, (values (1), (-1)) side (sign)
       where sign = 1 or v.retracted_at is not null""",
    """insert into recruitment_event (unit, kind, held_on, recorded_by)
       values ('u', 'job_fair', '2024-03-01', 'x'), ('u', 'job_fair', '2024-03-02', 'x')""",
    """insert into outreach_fact (measure, happened_on, amount, record_kind, record_id, reason,
                                  unit, kind, district)
       select 'recruitment-events', held_on, 1, 'recruitment_event', id, 'recorded', 'u',
              'job_fair', 'unknown' from recruitment_event""",
    """insert into hire (employer, recruitment_event_id, unit, hired_on, women, recorded_by)
       select 'foretag', id, 'u', '2024-03-09', 2, 'x' from recruitment_event
       where held_on = '2024-03-01'""",
)
# Recorded long ago, and received since: two weeks from when it was first recorded.
_REFERRAL = (
    """insert into referral (person_id, referring_unit, unit, programme, referred_on, received_on,
                             version, recorded_by)
       values (uuidv7(), 'u', 'u', 'p', '2024-03-01', '2024-03-04', 2, 'x')""",
    """insert into record_version (kind, record_id, version, recorded_at, superseded_at, reason,
                                   by, body)
       select 'referral', id, 1, '2024-03-02T23:30:00Z', now(), 'referral received', 'x', '{}'
       from referral""",
)
_DUE = "select answer_due_on, overdue_since, state from referral"
_SUMS = """
    select measure, partner, sum(amount)::int from outreach_fact
    where recorded_at <= $1::timestamptz and measure <> 'hires' and happened_on <= '2024-05-01'
    group by measure, partner having sum(amount) <> 0 order by measure, partner
"""
_COUNTED = [
    ("agreements", "sbr", 2),
    ("employer-visits", "", 1),
    ("employer-visits", "sbr", 1),
    ("recruitment-events", "", 2),
    ("recruitment-events-with-hires", "", 1),
]
_NEWEST = "select max(recorded_at) from outreach_fact"
_KINDS = (Kind.AGREEMENT, Kind.EMPLOYER_VISIT, Kind.RECRUITMENT_EVENT)


async def test_upgrade_counts_what_there_is_and_keeps_earlier_bases(
    new_database: NewDatabase,
) -> None:
    urls = await new_database(None)
    history = configuration("outreach", urls.owner, "scratch")
    await asyncio.to_thread(command.upgrade, history, "0006")
    service = await asyncpg.connect(urls.app)
    for statement in (*_RECORDS, *_REFERRAL):
        await service.execute(statement)
    before = await service.fetchval("select clock_timestamp()")
    await asyncio.to_thread(command.upgrade, history, "0007")
    await service.reload_schema_state()

    for kind in _KINDS:
        ids = [row["id"] for row in await service.fetch(f"select id from {kind}")]
        assert await drift(service, JOURNAL, kind, ids, wanted_sql=WANTED[kind]) == []
    doubled = WANTED[Kind.AGREEMENT].replace("1 as amount", "2 as amount", 1)
    ids = [row["id"] for row in await service.fetch("select id from agreement")]
    assert await drift(service, JOURNAL, Kind.AGREEMENT, ids, wanted_sql=doubled), "control"
    then = [tuple(row) for row in await service.fetch(_SUMS, before)]
    assert then == [("employer-visits", "", 2), ("recruitment-events", "", 2)]
    assert await _sums(service) == _COUNTED
    await asyncio.to_thread(command.upgrade, history, "0009")
    assert tuple(await service.fetchrow(_DUE) or ()) == (date(2024, 3, 17), None, "received")
    for step, to in ((command.downgrade, "0006"), (command.upgrade, "head")):
        await asyncio.to_thread(step, history, to)
    # Back and forth again, nothing is counted twice.
    await service.reload_schema_state()
    assert [each for each in await _sums(service) if each[0] != "referrals"] == _COUNTED
    await service.close()
    await asyncio.to_thread(command.check, history)


async def _sums(service: asyncpg.Connection) -> list[tuple[str, str, int]]:
    ahead = await service.fetchval(_NEWEST) + timedelta(seconds=1)
    return [tuple(row) for row in await service.fetch(_SUMS, ahead)]
