"""The city's outreach: contacts, sessions with visits, referrals, and what was put right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jarva.bench.city.size import AREAS, chance, day_of, one_of, person_id
from services.outreach.facts import WANTED, Kind
from services.outreach.models import JOURNAL
from shared.journal import settle
from shared.records import BUMP, keep_version

if TYPE_CHECKING:
    from uuid import UUID

    from jarva.bench.city.size import Size
    from shared.db import Connection

CONTACTING = ("uppsokande-unga", "stadsdelsmammor", "kaa-uppsokande")
VISITED = ("guidance", "kompetensverkstan", "jobbtorg-drop-in")
QUIET = ("parental-drop-in", "sff")
"""Operations that reports ask about and that had nothing going on."""

_AREA = one_of(AREAS, f"n % {len(AREAS)}")
_UNIT = f"case when n % 3 = 0 then 'jobbtorg-unga-' else 'jobbtorg-vuxna-' end || {_AREA}"
_OPERATION = one_of(CONTACTING, "n % 3")
_VENUE = f"'plats-' || {_AREA} || '-' || (n / {len(AREAS)} % 2)"

# What is known of a contact hangs together: an operation meets its own target groups, in two
# ways each; so a month has some thousand different breakdowns, not one for each contact.
_TARGET = "(array['uvas', 'women_far_from_work', 'kaa', 'uvas', 'newly_arrived', 'kaa'])[1 + k % 6]"
_AGE = f"""case n % 3 when 1 then (array['30-39', '40-49', '50-59'])[1 + {chance("n", 11, 3)}]
    else (array['16-19', '20-24', '25-29'])[1 + {chance("n", 12, 3)}] end"""


def _contacts(size: Size) -> str:
    known = person_id(f"1 + (hashint8extended(n, 13) & 1073741823) % {size.participants}")
    return f"""
        insert into contact (operation, venue, unit, happened_on, channel, direction, person_id,
                             sex, age_group, target_group, recorded_by)
        select {_OPERATION}, {_VENUE}, {_UNIT}, {day_of("n", size.contacts)},
               {one_of(("phone", "meeting", "text_message"), chance("n", 14, 3))},
               case when {chance("n", 15, 5)} < 3 then 'two_way' else 'one_way' end,
               case when {chance("n", 16, 5)} < 3 then {known} end,
               {one_of(("women", "men"), chance("n", 17, 2))}, {_AGE}, {_TARGET}, 'bench'
        from generate_series($1::bigint, $2::bigint) n,
             lateral (select n % 3 + 3 * {chance("n", 18, 2)} as k) way
        order by n returning id
    """


def _sessions(size: Size) -> str:
    return f"""
        insert into session (operation, venue, unit, kind, planned_on, state, recorded_by)
        select {one_of(VISITED, "n % 3")}, {_VENUE}, {_UNIT},
               case n % 3 when 0 then 'guidance' else 'drop_in' end,
               {day_of("n", size.tallies)}, 'held', 'bench'
        from generate_series($1::bigint, $2::bigint) n order by n returning id
    """


_TALLIES = """
    insert into visit_tally (session_id, operation, venue, unit, held_on, age_group, women, men,
                             recorded_by)
    select s.id, s.operation, s.venue, s.unit, s.planned_on, '20-24',
           1 + hashtext(s.id::text) & 7, hashtext(s.id::text) >> 3 & 7, 'bench'
    from session s where s.id = any($1::uuid[]) returning id
"""


def _referrals(size: Size) -> str:
    """Return the INSERT: one in three is declined, one in two enrolled, half of those ended."""
    made = day_of("n", size.referrals)
    whom = person_id(f"n * {size.participants // size.referrals}")
    return f"""
        insert into referral (person_id, referring_unit, unit, programme, referred_on, operation,
            answer_due_on, received_on, accepted_on, declined_on, enrolled_on, exited_on,
            exit_outcome, decline_reason, recorded_by)
        select {whom}, {_UNIT}, {_UNIT}, 'jobbtorg', made, {one_of(VISITED, "n % 3")}, made + 14,
               made + 1, case when k > 1 then made + 5 end, case when k <= 1 then made + 5 end,
               case when k > 2 then made + 10 end, case when k > 4 then made + 90 end,
               case when k > 4 then 'work' end, case when k <= 1 then 'other' end, 'bench'
        from generate_series($1::bigint, $2::bigint) n,
             lateral (select {made} as made, {chance("n", 19, 6)} as k) d
        order by n returning id
    """


# One in fifty of an earlier batch turns out to have been answered by the other way.
_CORRECT = f"""
    update contact set direction = case direction when 'two_way' then 'one_way' else 'two_way' end,
           recorded_by = 'bench', {BUMP}
    where id = any($1::uuid[])
"""


async def fill(conn: Connection, size: Size, first: int, last: int) -> None:
    """Record the contacts of some numbers, and correct some of them (one transaction each)."""
    ids = [row["id"] for row in await conn.fetch(_contacts(size), first, last)]
    await _book(conn, Kind.CONTACT, ids, fresh=True)


async def fill_visits(conn: Connection, size: Size, first: int, last: int) -> None:
    """Record the sessions of some numbers, each with its visits."""
    sessions = [row["id"] for row in await conn.fetch(_sessions(size), first, last)]
    tallies = [row["id"] for row in await conn.fetch(_TALLIES, sessions)]
    await _book(conn, Kind.SESSION, sessions, fresh=True)
    await _book(conn, Kind.TALLY, tallies, fresh=True)


async def fill_referrals(conn: Connection, size: Size, first: int, last: int) -> None:
    """Record the referrals of some numbers."""
    made = [row["id"] for row in await conn.fetch(_referrals(size), first, last)]
    await _book(conn, Kind.REFERRAL, made, fresh=True)


async def correct(conn: Connection, many: int) -> None:
    """Correct so many of the contacts that happened first, keeping what they said before."""
    rows = await conn.fetch(
        "select id from contact where version = 1 and operation = $1 order by happened_on limit $2",
        CONTACTING[0],
        many,
    )
    ids = [row["id"] for row in rows]
    await keep_version(conn, "contact", ids, reason="bench", by="bench")
    await conn.execute(_CORRECT, ids)
    await _book(conn, Kind.CONTACT, ids, fresh=False)


async def _book(conn: Connection, kind: Kind, ids: list[UUID], *, fresh: bool) -> None:
    await settle(conn, JOURNAL, kind, ids, wanted_sql=WANTED[kind], reason="bench", fresh=fresh)
