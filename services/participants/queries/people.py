"""Finding people, by id or by number, as far as a caller's units reach."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from services.participants.errors.people import PersonNotFound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asyncpg import Record

    from services.participants.sealing import Seals
    from shared.auth import Caller
    from shared.db import Connection

PROTECTED = "participants:protected"


def may_see_protected(caller: Caller) -> bool:
    """Say whether people with protected identity may be shown to the caller at all."""
    return PROTECTED in caller.scopes


HIDDEN_SUBJECTS = """
    select record.id from person p join person record on record.subject_id = p.subject_id
    where p.protection <> 'none'
"""
"""Every record of everybody who is protected under any record of theirs."""


def hidden_subjects(caller: Caller) -> str | None:
    """Return a SELECT of the people whom the caller may not see at all; None if nobody."""
    return None if may_see_protected(caller) else HIDDEN_SUBJECTS


async def any_hidden(conn: Connection, people: Sequence[UUID], *, by: Caller) -> bool:
    """Say whether any of these people may not be seen by the caller."""
    hidden = hidden_subjects(by)
    if hidden is None or not people:
        return False
    found: bool = await conn.fetchval(
        f"select exists ({hidden} and record.id = any($1::uuid[]))", list(people)
    )
    return found


_HIDDEN_NUMBERS = f"""
    select identity_number_hash from person where id in ({HIDDEN_SUBJECTS})
    union all
    select identity_number_hash from person_number_alias where person_id in ({HIDDEN_SUBJECTS})
"""


def hidden_numbers(caller: Caller) -> str | None:
    """Return a SELECT of the hashed numbers of whom the caller may not see; None if nobody."""
    return None if may_see_protected(caller) else _HIDDEN_NUMBERS


VISIBLE = """
    ($2::text[] is null
     or exists (select from person m
                where m.subject_id = p.subject_id
                  and (m.registered_by_unit = any($2)
                       or exists (select from enrolment e
                                  where e.person_id = m.id and e.unit = any($2)
                                    and e.retracted_at is null)
                       or exists (select from advisory_session a
                                  where a.person_id = m.id and a.unit = any($2)
                                    and a.retracted_at is null)
                       or exists (select from kaa_membership k
                                  where k.person_id = m.id and k.unit = any($2)
                                    and k.retracted_at is null)
                       or exists (select from pending_enrolment q
                                  where q.person_id = m.id and q.unit = any($2)
                                    and q.state not in ('declined', 'withdrawn')))))
"""
"""A caller sees people through what its units do, or did, with any record of theirs."""

_SHOWN = """
    p.*, array(select m.id from person m where m.merged_root = p.id order by m.id)
        as merged_records,
    coalesce(
        (select json_agg(json_build_object(
                    'district', r.district, 'valid_from', r.valid_from, 'valid_to', r.valid_to)
                order by r.valid_from)
         from residence r where r.person_id = p.id and r.retracted_at is null), '[]')::text
        as residences
"""


_NUMBERED = """
    select n.subject_id from person n where n.identity_number_hash = any($1::bytea[])
    union
    select n.subject_id from person_number_alias a join person n on n.id = a.person_id
    where a.identity_number_hash = any($1::bytea[])
"""


async def person(conn: Connection, person_id: UUID, *, by: Caller) -> Record:
    """Return a person with residences.

    Raises:
        PersonNotFound: not there, or not for this caller to see.

    """
    row: Record | None = await conn.fetchrow(
        f"select {_SHOWN} from person p where p.id = $1 and {VISIBLE}",
        person_id,
        by.unit_filter(),
    )
    if row is None:
        raise PersonNotFound
    return row


async def person_unmasked(conn: Connection, person_id: UUID, *, by: Caller) -> Record:
    """Return a person about whom the caller may be told more than that there is one.

    Raises:
        PersonNotFound: not there, or not for this caller to see unmasked.

    """
    row = await person(conn, person_id, by=by)
    if row["protection"] != "none" and not may_see_protected(by):
        raise PersonNotFound
    return row


async def person_by_number(conn: Connection, seals: Seals, digits: str, *, by: Caller) -> Record:
    """Return the person with a number; protected identities only to who may see them.

    A merged record's number finds the record that stands for the person.

    Raises:
        PersonNotFound: not there, or not for this caller to find.

    """
    row: Record | None = await conn.fetchrow(
        f"select {_SHOWN} from person p where p.id = ({_NUMBERED})"
        f" and ($3 or p.protection = 'none') and {VISIBLE}",
        seals.hashes_of(digits),
        by.unit_filter(),
        may_see_protected(by),
    )
    if row is None:
        raise PersonNotFound
    return row


async def person_id(conn: Connection, seals: Seals, digits: str, *, by: Caller) -> UUID | None:
    """Return the id of whoever has, or had, the number, whichever unit knows them.

    Protected identities are hidden here as in a search: a registration must not find them.
    """
    found: UUID | None = await conn.fetchval(
        f"select id from person where id = ({_NUMBERED}) and ($2 or protection = 'none')",
        seals.hashes_of(digits),
        may_see_protected(by),
    )
    return found


async def person_for_change(conn: Connection, person_id: UUID, *, by: Caller) -> Record:
    """Return and lock a person; what a caller sees masked it cannot change.

    Raises:
        PersonNotFound: not there, or not for this caller to change.

    """
    row: Record | None = await conn.fetchrow(
        f"select p.* from person p where p.id = $1 and ($3 or p.protection = 'none')"
        f" and {VISIBLE} for update of p",
        person_id,
        by.unit_filter(),
        may_see_protected(by),
    )
    if row is None:
        raise PersonNotFound
    return row


async def hold_person_of(conn: Connection, enrolment_id: UUID) -> None:
    """Hold the person of an enrolment that is about to be corrected, before the enrolment."""
    await conn.execute(
        "select from person where id in"
        " (select unnest(array[p.id, p.subject_id]) from enrolment e"
        "  join person p on p.id = e.person_id where e.id = $1)"
        " order by id for share",
        enrolment_id,
    )


async def hold_person(conn: Connection, person_id: UUID) -> None:
    """Hold a person as they are until the transaction ends: nobody merges or changes them.

    A statement of its own, before the one that records something about the person: that one
    then sees what it had to wait for.
    """
    await conn.execute(
        "select from person where id = $1 or id = (select merged_root from person where id = $1)"
        " order by id for share",
        person_id,
    )
