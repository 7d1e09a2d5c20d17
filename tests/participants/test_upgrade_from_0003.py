"""A deployed database with enrolments: later bases count by status and group, earlier ones stay."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

import asyncpg
from alembic import command

from migrations.upgrade import configuration
from services.participants.figures import facts
from shared.journal import drift
from tests.conftest import NewDatabase

PEOPLE = """
insert into unit (code, name, kind, ownership, district, valid_from)
values ('jobbtorg', 'Jobbtorg', 'jobbtorg', 'own', 'jarva', '2020-01-01');

insert into programme (code, name, kind, valid_from) values ('p', 'P', 'project', '2020-01-01');

insert into person (identity_number_sealed, identity_number_hash, birth_date, sex)
select '\\x0001', ('\\x00010' || n)::bytea, '1990-01-01', 'women' from generate_series(1, 4) n;

insert into enrolment (person_id, unit, programme, ground, target_groups, status_at_entry,
                       started_on, exited_on, outcome, sex, age_group, district, retracted_at)
select id, 'jobbtorg', 'p', 'outreach',
       case n when 1 then '{uvas,foreign_born_women}'::text[] else '{}' end,
       case n when 2 then 'inactive' else 'unemployed' end, '2024-03-01',
       case n when 2 then date '2024-06-01' end, case n when 2 then 'work' end,
       'women', '30-39', 'jarva', case n when 3 then now() end
from (select id, row_number() over (order by id) as n from person) p;

insert into follow_up (enrolment_id, unit, exited_on, due_on, state)
select id, unit, exited_on, '2024-09-01', 'open' from enrolment where exited_on is not null;

update enrolment set referral_id = uuidv7(), version = 2
where exited_on is not null or retracted_at is not null;

insert into pending_enrolment (referral_id, person_id, unit, programme, referred_on, state,
                               decided_on, enrolment_id, version)
select referral_id, person_id, unit, programme, '2024-02-20', 'accepted', '2024-02-25', id, 2
from enrolment where referral_id is not null;

grant insert on participant_fact to current_user
"""

# What was booked when these were recorded: no status, no target groups. One enrolment was
# retracted: booked, and taken back.
_FACTS = """
    insert into participant_fact (measure, happened_on, amount, subject, record_kind, record_id,
                                  reason, unit, programme, ground, sex, age_group, district,
                                  outcome)
    select counted.measure, counted.day, counted.amount * side.sign, e.person_id, 'enrolment',
           e.id, 'enrolled', e.unit, e.programme, e.ground, e.sex, e.age_group, e.district,
           counted.outcome
    from enrolment e cross join lateral (values
        ('entries', e.started_on, 1, ''), ('enrolled', e.started_on, 1, ''),
        ('enrolled', e.exited_on, -1, ''), ('exits', e.exited_on, 1, e.outcome)
    ) counted (measure, day, amount, outcome)
    cross join (values (1), (-1)) side (sign)
    where counted.day is not null and (side.sign = 1 or e.retracted_at is not null)
"""
_FOLLOW_UPS = """
    insert into participant_fact (measure, happened_on, amount, subject, record_kind, record_id,
                                  reason, unit, programme, ground, sex, age_group, district)
    select 'follow_ups', f.due_on, 1, e.person_id, 'follow_up', f.id, 'exited', f.unit,
           e.programme, e.ground, e.sex, e.age_group, e.district
    from follow_up f join enrolment e on e.id = f.enrolment_id
"""

_REFERRED = """
    select data ->> 'startedOn', data ->> 'exitedOn', data ->> 'outcome', data ->> 'retracted',
           data ->> 'versionAfter', sequence
    from outbox where type = 'participants.enrolment.corrected.v1' order by 2
"""
_WAITING = """
    select p.state, p.version, v.body ->> 'state', o.data ->> 'versionAfter'
    from pending_enrolment p
    join enrolment e on e.referral_id = p.referral_id and e.retracted_at is not null
    join record_version v on v.record_id = p.id and v.version = p.version - 1
    join outbox o on o.subject = 'referral/' || p.referral_id and o.consumer = 'outreach'
"""

_SUMS = """
    select measure, {by}, sum(amount)::int as amount from participant_fact
    where recorded_at <= $1 group by measure, {by} having sum(amount) <> 0 order by 1, 2
"""


async def test_upgrade_counts_what_is_recorded_by_status_and_group(
    new_database: NewDatabase,
) -> None:
    urls = await new_database(None)
    history = configuration("participants", urls.owner, "scratch")
    await asyncio.to_thread(command.upgrade, history, "0003")
    conn = await asyncpg.connect(urls.owner)
    for statement in (*PEOPLE.strip().split("\n\n"), _FACTS, _FOLLOW_UPS):
        await conn.execute(statement)
    await conn.execute("revoke insert on participant_fact from current_user")
    before = await conn.fetchval("select clock_timestamp()")
    believed = await sums(conn, before, "unit")

    await asyncio.to_thread(command.upgrade, history, "0005")

    later = await conn.fetchval("select clock_timestamp() + interval '2 minutes'")
    assert await sums(conn, before, "status") == [
        (measure, "", amount) for measure, _, amount in believed
    ]
    assert await sums(conn, later, "status") == [
        ("enrolled", "unemployed", 2),
        ("entries", "inactive", 1),
        ("entries", "unemployed", 2),
        ("exits", "inactive", 1),
        ("follow_ups", "inactive", 1),
        ("group_enrolled", "unemployed", 2),
        ("group_entries", "unemployed", 2),
    ]
    assert [row for row in await sums(conn, later, "unit") if "group" not in row[0]] == believed
    groups = await sums(conn, later, "target_group")
    assert [row for row in groups if row[0] == "group_entries"] == [
        ("group_entries", "foreign_born_women", 1),
        ("group_entries", "uvas", 1),
    ]
    stated = await conn.fetchval("select circumstances from enrolment where target_groups <> '{}'")
    assert stated == ["far_from_labour_market", "foreign_born", "not_in_work_or_studies"]

    await asyncio.to_thread(command.upgrade, history, "head")
    ids = [row["id"] for row in await conn.fetch("select id from enrolment")]
    assert await drift(conn, facts.JOURNAL, "enrolment", ids, wanted_sql=facts.ENROLMENT) == []
    assert await sums(conn, before, "unit") == believed
    # What was corrected before is told: one who left, and one who never was, who waits again.
    assert [tuple(row) for row in await conn.fetch(_REFERRED)] == [
        ("2024-03-01", "2024-06-01", "work", "false", "2", 1),
        ("2024-03-01", None, None, "true", "2", 1),
    ]
    assert [tuple(row) for row in await conn.fetch(_WAITING)] == [("pending", 3, "accepted", "3")]
    for table in ("participant_fact", "record_version"):
        right = "select has_table_privilege(current_user, $1, 'insert')"
        assert await conn.fetchval(right, table) is False
    await conn.close()


async def sums(conn: Any, basis: datetime, by: str) -> list[tuple[str, str, int]]:  # noqa: ANN401
    return [tuple(row) for row in await conn.fetch(_SUMS.format(by=by), basis)]
