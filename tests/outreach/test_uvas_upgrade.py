"""A deployed database with contacts: they count by the dated rule from the upgrade on."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

import asyncpg
import pytest
from alembic import command

from migrations.upgrade import configuration
from services.outreach.facts import WANTED, Kind
from services.outreach.models import JOURNAL
from shared.journal import drift
from tests.conftest import NewDatabase

_PLACES = (
    """insert into operation (code, name, valid_from, recorded_by)
       values ('jobbtorg-outreach', 'Jobbtorg', '2019-01-01', 'test')""",
    """insert into counting_rule (operation, version, valid_from, counts, recorded_by)
       values ('jobbtorg-outreach', 1, '2019-01-01', 'two_way_contacts', 'test')""",
)
_REFERRALS = """
    insert into referral (person_id, referring_unit, unit, programme, referred_on, recorded_by,
                          received_on, accepted_on, declined_on, decline_reason, enrolled_on,
                          exited_on, exit_outcome, enrolment_id)
    select uuidv7(), 'unit', 'unit', 'p', '2024-02-01', 'test', '2024-02-02',
           case when n > 2 then date '2024-02-03' end, case when n = 2 then date '2024-02-04' end,
           case when n = 2 then 'other' end, case when n > 2 then date '2024-02-05' end,
           case when n = 4 then date '2024-06-01' end, case when n = 4 then 'work' end,
           case when n > 2 then uuidv7() end
    from generate_series(1, 4) n
"""
# What is read of the rows above as participants' first news.
_KNOWN = """
    select a.version, a.accepted_on = r.accepted_on, a.enrolment_id = r.enrolment_id,
           a.declined_on = r.declined_on, e.version, e.started_on = r.enrolled_on,
           e.exited_on = r.exited_on, e.outcome = r.exit_outcome, e.retracted, r.reopened
    from referral r left join known_answer a on a.referral_id = r.id
    left join known_enrolment e on e.referral_id = r.id order by r.id
"""
_CONTACTS = """
    insert into contact (operation, unit, happened_on, channel, direction, person_id, sex,
                         age_group, target_group, recorded_by, retracted_at)
    select 'jobbtorg-outreach', 'unit', day, 'phone', direction, uuidv7(), 'women', age, stated,
           'test', case when age = '60-64' then now() end
    from unnest(array['2023-12-31', '2024-01-01']::date[]) day,
         unnest(array['one_way', 'two_way']) direction,
         unnest(array['0-15', '16-19', '20-24', '30-39', '60-64', 'unknown']) age,
         unnest(array['uvas', 'other']) stated
"""
# As they were booked before: as stated. Those of 60-64 years were taken back since.
_FACTS = """
    insert into outreach_fact (measure, happened_on, amount, subject, record_kind, record_id,
                               reason, unit, operation, district, sex, age_group, target_group,
                               channel, direction)
    select measure, r.happened_on, side.sign, r.person_id, 'contact', r.id, 'recorded', r.unit,
           r.operation, 'unknown', r.sex, r.age_group, r.target_group, r.channel, r.direction
    from contact r
    cross join (values ('contacts', 'one_way'), ('contacts', 'two_way'), ('reached', 'two_way'))
         counted (measure, direction)
    cross join (values (1), (-1)) side (sign)
    where counted.direction = r.direction and (side.sign = 1 or r.retracted_at is not null)
"""
_SUMS = """
    select measure, to_char(happened_on, 'YYYY'), target_group, sum(amount)::int
    from outreach_fact where recorded_at <= $1
    group by 1, 2, 3 having sum(amount) <> 0 order by 1, 2, 3
"""


@pytest.mark.parametrize("revision", ["0002", "0005"])
async def test_upgrade_counts_contacts_by_the_rule(
    revision: str, new_database: NewDatabase
) -> None:
    urls = await new_database(None)
    history = configuration("outreach", urls.owner, "scratch")
    await asyncio.to_thread(command.upgrade, history, revision)
    conn = await asyncpg.connect(urls.owner)
    await conn.execute("grant insert on outreach_fact to current_user")
    for statement in (*_PLACES, _CONTACTS, _FACTS, _REFERRALS):
        await conn.execute(statement)
    await conn.execute("revoke insert on outreach_fact from current_user")
    before = await conn.fetchval("select clock_timestamp()")
    believed = await sums(conn, before)
    assert ("reached", "2023", "uvas", 5) in believed

    await asyncio.to_thread(command.upgrade, history, "head")

    later = await conn.fetchval("select clock_timestamp() + interval '2 minutes'")
    assert await sums(conn, before) == believed
    # Of five age groups two are of the rule until 2023, three from 2024: one more is unknown.
    assert await sums(conn, later) == [
        (measure, year, group, each * (2 if measure == "contacts" else 1))
        for measure in ("contacts", "reached")
        for year, uvas in (("2023", 2), ("2024", 3))
        for group, each in (("other", 10 - uvas), ("uvas", uvas))
    ]
    ids = [row["id"] for row in await conn.fetch("select id from contact")]
    assert await drift(conn, JOURNAL, Kind.CONTACT, ids, wanted_sql=WANTED[Kind.CONTACT]) == []
    assert not await conn.fetchval(
        "select has_table_privilege(current_user, 'outreach_fact', 'insert')"
    )
    assert [tuple(row) for row in await conn.fetch(_KNOWN)] == [
        (1, None, None, None, *[None] * 5, False),
        (2, None, None, True, *[None] * 5, False),
        (2, True, True, None, 1, True, None, None, False, False),
        (2, True, True, None, 2, True, True, True, False, False),
    ]
    await asyncio.to_thread(command.downgrade, history, revision)
    assert await conn.fetchval("select to_regclass('uvas_rule')") is None
    await conn.close()


async def sums(conn: asyncpg.Connection[Any], basis: datetime) -> list[tuple[str, str, str, int]]:
    return [tuple(row) for row in await conn.fetch(_SUMS, basis)]
