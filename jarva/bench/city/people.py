"""The city's participants: enrolments, activities, follow-ups, KAA and an ESF project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jarva.bench.city.size import AREAS, chance, day_of, one_of, person_id
from services.participants.figures.facts import (
    ACTIVITY,
    ADVISORY_SESSION,
    ENROLMENT,
    ESF_KIND,
    ESF_PARTICIPATION,
    FOLLOW_UP,
    JOURNAL,
    KAA_CONTACT,
    KAA_MEMBERSHIP,
)
from shared.journal import settle

if TYPE_CHECKING:
    from uuid import UUID

    from jarva.bench.city.size import Size
    from shared.db import Connection

_DISTRICT = f"""case when n % {len(AREAS)} > 0 then {one_of(AREAS, f"n % {len(AREAS)}")}
    else (array['jarva', 'rinkeby-kista', 'spanga-tensta'])[1 + {chance("n", 9, 3)}] end"""

_PERSONS = f"""
    insert into person (id, identity_number_sealed, identity_number_hash, birth_date, sex,
                        education)
    select {person_id("n")}, '\\x0001'::bytea || int8send(n),
           '\\x0001'::bytea || sha256(int8send(n)),
           case when n % 25 = 0 then date '2001-01-01' + {chance("n", 1, 2500)}
                else date '1958-01-01' + {chance("n", 1, 15000)} end,
           (array['women', 'men'])[1 + {chance("n", 2, 2)}], 'upper_secondary'
    from generate_series($1::bigint, $2::bigint) n
"""
_RESIDENCES = f"""
    insert into residence (person_id, district, valid_from)
    select {person_id("n")}, {_DISTRICT}, date '2010-01-01'
    from generate_series($1::bigint, $2::bigint) n
"""


def _entries(size: Size) -> str:
    """Return SQL of enrolments as they were stated: one in five people comes back."""
    first = day_of("n", size.participants)
    begun = f"{first} + again * (560 + {chance('n', 3, 90)})"
    return f"""
        select n, again, started_on, started_on + 30 + {chance("n + again", 4, 360)} as left_on
        from generate_series($1::bigint, $2::bigint) n, generate_series(0, 1) again,
             lateral (select {begun} as started_on) d
        where (again = 0 or n % 5 = 0) and started_on <= date '2024-12-31'
    """


_CENTRE = f"""case when n % {len(AREAS)} = 0 and started_on < '2023-07-01'
    then case when n % 3 = 0 then 'jobbtorg-unga-kista' else 'jobbtorg-kista' end
    else case when n % 3 = 0 then 'jobbtorg-unga-' else 'jobbtorg-vuxna-' end
         || {one_of(AREAS, f"n % {len(AREAS)}")} end"""
_PROGRAMME = f"""case {chance("n", 5, 20)}
    when 0 then case when started_on >= '2024-09-01' then 'stockholmskraften' else 'jobbtorg' end
    when 1 then case when started_on >= '2023-11-01' then 'kvinnors-etablering' else 'jobbtorg' end
    else 'jobbtorg' end"""
_GROUND = one_of(("social_assistance", "decision_4_2", "outreach", "voluntary"), chance("n", 6, 4))
_OUTCOME = one_of(
    ("work", "work", "studies", "other_measure", "moved", "lost_contact"), chance("n + again", 7, 6)
)
_GROUPS = """case n % 4 when 0 then array['uvas'] when 1 then array['social_assistance']
    when 2 then array['social_assistance', 'long_term_unemployed'] else '{}' end"""


def _enrolments(size: Size) -> str:
    """Return the INSERT; six in seven have ended. What is frozen is frozen as registers do."""
    return f"""
        with stated as materialized ({_entries(size)})
        insert into enrolment (person_id, subject_id, unit, programme, ground, target_groups,
            status_at_entry, education_at_entry, started_on, exited_on, outcome, source_key,
            sex, age_group, district)
        select p.id, p.subject_id, {_CENTRE}, {_PROGRAMME}, {_GROUND}, {_GROUPS},
               {one_of(("unemployed", "long_term_unemployed", "inactive"), chance("n", 8, 3))},
               'upper_secondary', started_on,
               case when n % 7 > 0 or again > 0 or n % 5 = 0 then left_on end,
               case when n % 7 > 0 or again > 0 or n % 5 = 0 then {_OUTCOME} end,
               'bench:' || n || '-' || again, f.sex, f.age_group, f.district
        from stated join person p on p.id = {person_id("n")}
        cross join lateral breakdown_on(p.id, started_on, null) f
        order by started_on
        returning id
    """


_ACTIVITIES = """
    insert into activity (enrolment_id, kind, hours_per_month, started_on, ended_on, outcome)
    select id, (array['stockholmsjobb', 'sfi'])[1 + (started_on - date '2019-01-01') % 2], 60,
           started_on + 5, started_on + 20, 'completed'
    from enrolment where id = any($1::uuid[]) and exited_on > started_on + 30
      and hashtext(id::text) & 7 = 0
    returning id
"""
_FOLLOW_UPS = """
    insert into follow_up (enrolment_id, activity_id, kind, unit, exited_on, due_on, state, result,
                           answered_on, employment_status)
    select asked.id, asked.activity_id, asked.kind, asked.unit, asked.exited_on, asked.due_on,
           case when answered then 'answered' else 'open' end,
           case when answered then (array['work', 'studies', 'neither', 'unknown'])
               [1 + (hashtext(asked.id::text) >> 4 & 3)] end,
           case when answered then asked.due_on + 7 end,
           case when answered and asked.kind = 'esf' then 'employed' end
    from (select e.id, null::uuid as activity_id, k.kind, e.unit, e.exited_on,
                 follow_up_due(e.exited_on, k.kind) as due_on
          from enrolment e cross join (values ('exit'), ('esf')) k (kind)
          where e.id = any($1::uuid[]) and e.exited_on is not null
            and (k.kind = 'exit' or e.programme = 'stockholmskraften')
          union all
          select e.id, a.id, 'stockholmsjobb', e.unit, a.ended_on,
                 follow_up_due(a.ended_on, 'stockholmsjobb')
          from enrolment e join activity a on a.enrolment_id = e.id
          where e.id = any($1::uuid[]) and a.kind = 'stockholmsjobb') asked,
         lateral (select hashtext(asked.id::text) & 15 < 12 as answered) said
    returning id
"""
_ADVICE = f"""
    insert into advisory_session (person_id, unit, programme, held_on, ordinal, sex, age_group,
                                  district)
    select p.id, 'jobbtorg-vuxna-jarva', 'kvinnors-etablering', day, 1, f.sex, f.age_group,
           f.district
    from generate_series($1::bigint, $2::bigint) n
    cross join lateral (select {{day}} as day) d
    join person p on p.id = {person_id("n")}
    cross join lateral breakdown_on(p.id, day, null) f
    where n % 50 = 1 returning id
"""
_MEMBERS = f"""
    insert into kaa_membership (person_id, unit, joined_on, join_reason, left_on, leave_reason,
        schooling, studies, diploma, adapted_certificate, equivalent_education, study_certificate,
        source_key, sex, age_group, district)
    select p.id, 'kaa-jarva', day, 'never_started',
           case when n % 2 = 0 then day + 200 end, case when n % 2 = 0 then 'other' end,
           'completed', 'none', false, false, false, false, 'bench:' || n, f.sex, f.age_group,
           f.district
    from generate_series($1::bigint, $2::bigint) n
    join person p on p.id = {person_id("n")}
    cross join lateral (select p.birth_date + 6000 as day) d
    cross join lateral breakdown_on(p.id, day, null) f
    where n % 25 = 0 returning id
"""
_MEMBERS_MET = """
    insert into kaa_contact (membership_id, held_on, channel, two_way, occupation)
    select m.id, m.joined_on + at, 'phone', at % 2 = 0, 'none'
    from kaa_membership m cross join (values (10), (33), (60)) met (at)
    where m.id = any($1::uuid[]) returning id
"""


async def fill(conn: Connection, size: Size, first: int, last: int) -> None:
    """Register the people of some numbers, and all that happens to them (one transaction)."""
    await conn.execute(_PERSONS, first, last)
    await conn.execute(_RESIDENCES, first, last)
    enrolled = await _made(conn, _enrolments(size), first, last)
    done = [("enrolment", enrolled, ENROLMENT)]
    done.append(("activity", await _made(conn, _ACTIVITIES, enrolled), ACTIVITY))
    done.append(("follow_up", await _made(conn, _FOLLOW_UPS, enrolled), FOLLOW_UP))
    day = day_of("n", size.participants)
    advised = await _made(conn, _ADVICE.format(day=day), first, last)
    done.append(("advisory_session", advised, ADVISORY_SESSION))
    members = await _made(conn, _MEMBERS, first, last)
    done.append(("kaa_membership", members, KAA_MEMBERSHIP))
    done.append(("kaa_contact", await _made(conn, _MEMBERS_MET, members), KAA_CONTACT))
    paid = await conn.fetch(
        "select id from enrolment where id = any($1::uuid[]) and programme = 'stockholmskraften'",
        enrolled,
    )
    done.append((ESF_KIND, [row["id"] for row in paid], ESF_PARTICIPATION))
    for kind, ids, wanted in done:
        await settle(conn, JOURNAL, kind, ids, wanted_sql=wanted, reason="bench", fresh=True)


async def _made(conn: Connection, insert: str, *args: object) -> list[UUID]:
    return [row["id"] for row in await conn.fetch(insert, *args)]
