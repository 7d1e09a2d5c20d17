"""Judge people's target groups (målgrupper) at entry by the rules of the day.

One function judges one enrolment, a delivery of fifty thousand, and the explanation of one
person's groups. Groups are frozen on the enrolment with the versions of the rules; when the
entry or what is known about the person is corrected, they are judged anew.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

from services.participants import child_checklists
from services.participants.domain.conditions import Situation, read_conditions
from services.participants.domain.target_groups import Judged, Rule, RuleBook
from services.participants.figures import facts
from shared.journal import Cause, settle
from shared.records import BUMP, keep_version

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from asyncpg import Record

    from shared.auth import Caller
    from shared.db import Connection

_RULES = """
    (select coalesce(json_agg(json_build_array(
        target_group, rule_version, valid_from, valid_to, title, conditions)
        order by target_group, valid_from), '[]')::text
     from target_group_rule)
"""

# The register has nobody from the twentieth birthday on: it need not be asked.
_PERSON = """
    s.birth_date, s.sex, s.education,
    coalesce(s.country_of_birth, p.country_of_birth) as country_of_birth,
    coalesce(s.arrived_on, p.arrived_on) as arrived_on,
    age(r.started_on, s.birth_date) < interval '20 years' and in_kaa(p.id, r.started_on)
        as in_register,
    age(r.started_on, s.birth_date) < interval '20 years' and exists (
        select from kaa_membership m join person holder on holder.id = m.person_id
        where holder.subject_id = p.subject_id and m.retracted_at is null) as known_to_register
"""

# The person's rows are held against a change or a merge beside the entry, and the places
# against being closed: what is judged, in this statement and the next, is either what the
# change finds, or what it left.
_ENTRY = f"""
    with me as materialized (
        select * from person where id = $1 for key share
    ), at_unit as materialized (
        select code from unit where code = $3 for key share
    ), in_programme as materialized (
        select code from programme where code = $4 for key share
    ), in_team as materialized (
        select code from team where code = $5 for key share
    )
    select {_PERSON}, {_RULES} as rules, (select code from at_unit) as unit,
           (select code from in_programme) as programme, (select code from in_team) as team
    from (select $2::date as started_on) r cross join me p join person s on s.id = p.subject_id
    for key share of s
"""

_SITUATIONS = f"""
    select r.id, r.started_on, r.ground, r.status_at_entry, r.education_at_entry,
           r.unemployed_since, r.circumstances, {_PERSON}
    from {{source}} r join person p on p.id = r.person_id join person s on s.id = p.subject_id
"""

_ENROLMENTS = """
    (select e.* from enrolment e where e.retracted_at is null and {which})
"""

# Also what is recorded about other records of the same people.
_ENTRIES_OF = _ENROLMENTS.format(
    which="e.subject_id in (select subject_id from person where id = any($1::uuid[]))"
)

_REWRITE = f"""
    update enrolment set target_groups = said.groups, target_group_rules = said.rules, {BUMP}
    from (select id, string_to_array(groups, ',') as groups, string_to_array(rules, ',') as rules
          from unnest($1::uuid[], $2::text[], $3::text[]) as judged (id, groups, rules)) said
    where enrolment.id = said.id
"""

_STANDING = f"""
    select $2::date as started_on, e.ground, e.status_at_entry, e.education_at_entry,
           e.unemployed_since, coalesce(e.circumstances, '{{}}') as circumstances,
           {_PERSON}, {_RULES} as rules
    from (select $2::date as started_on) r
    join person p on p.id = $1 join person s on s.id = p.subject_id
    left join lateral (
        select * from enrolment e
        where e.subject_id = p.subject_id and e.retracted_at is null
          and ($3::text[] is null or e.unit = any($3))
          and e.started_on <= $2 and coalesce(e.exited_on, 'infinity') > $2
        order by e.started_on desc, e.id desc limit 1
    ) e on true
"""

_ROWS = msgspec.json.Decoder(list[tuple[str, int, date, date | None, str, msgspec.Raw]])


async def judged(conn: Connection, entry: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the columns that an entry's groups are frozen in.

    Args:
        conn: inside the transaction that writes the entry.
        entry: the enrolment's columns. Of a person who is not there nothing is judged: the
            rules of entry refuse it.

    """
    person = await conn.fetchrow(
        _ENTRY,
        entry["person_id"],
        entry["started_on"],
        entry["unit"],
        entry["programme"],
        entry["team"],
    )
    if person is None:
        return {"target_groups": [], "target_group_rules": []}
    groups, rules = _book(person["rules"]).groups(_situation(entry, person))
    return {"target_groups": groups, "target_group_rules": rules}


async def judged_batch(conn: Connection, source: str) -> tuple[list[UUID], list[str], list[str]]:
    """Return ids, groups and rules, the latter two joined by commas, for many entries at once.

    Args:
        conn: inside the transaction that writes the entries.
        source: FROM item with ``id``, ``person_id`` and the columns of an entry.

    """
    rows = await conn.fetch(_SITUATIONS.format(source=source))
    return await _judged_rows(conn, rows)


async def rejudge(conn: Connection, persons: Sequence[UUID], *, reason: str, by: str) -> list[UUID]:
    """Judge anew what these people entered with; return the enrolments whose groups changed.

    The caller settles them.
    """
    return await _rejudged(conn, _ENTRIES_OF, list(persons), reason=reason, by=by)


async def follow_register(
    conn: Connection, persons: Sequence[UUID], *, cause: Cause, reason: str, by: str
) -> None:
    """Judge people anew of whom the register of KAA says something else than at their entry.

    And whether their plans are those of youths who need a child checklist.
    """
    await child_checklists.rejudge(conn, persons, cause=cause, reason=reason, by=by)
    changed = await rejudge(conn, persons, reason=reason, by=by)
    await _settle(conn, changed, cause=cause, reason=reason)


async def explained(conn: Connection, person: Record, *, on: date, by: Caller) -> list[Judged]:
    """Return each group of a day about a person, with a reason for each condition.

    What was stated is that of the enrolment that stands on the day, the newest of those at the
    caller's units; without one it is not known.
    """
    row = await conn.fetchrow(_STANDING, person["id"], on, by.unit_filter())
    assert row is not None  # noqa: S101  the caller has just read the person
    return _book(row["rules"]).explained(_situation(row, row))


async def rejudge_from(conn: Connection, day: date, *, reason: str, by: str) -> None:
    """Judge anew the entries of a day and later ones, and settle them: their rule is another."""
    source = _ENROLMENTS.format(which="e.started_on >= $1::date")
    changed = await _rejudged(conn, source, day, reason=reason, by=by)
    await _settle(conn, changed, cause=Cause.RULE_CHANGE, reason=reason)


async def _settle(conn: Connection, ids: Sequence[UUID], *, cause: Cause, reason: str) -> None:
    await settle(
        conn,
        facts.JOURNAL,
        "enrolment",
        ids,
        wanted_sql=facts.ENROLMENT,
        cause=cause,
        reason=reason,
    )


async def _rejudged(
    conn: Connection, source: str, which: object, *, reason: str, by: str
) -> list[UUID]:
    select = _SITUATIONS.format(source=source).replace(
        "select r.id,", "select r.id, r.target_groups, r.target_group_rules,", 1
    )
    rows = await conn.fetch(select, which)
    ids, groups, rules = await _judged_rows(conn, rows)
    stale = [
        place
        for place, row in enumerate(rows)
        if (",".join(row["target_groups"]), ",".join(row["target_group_rules"]))
        != (groups[place], rules[place])
    ]
    changed = [ids[place] for place in stale]
    if changed:
        await keep_version(conn, "enrolment", changed, reason=reason, by=by)
        await conn.execute(
            _REWRITE,
            changed,
            [groups[place] for place in stale],
            [rules[place] for place in stale],
        )
    return changed


async def _judged_rows(
    conn: Connection, rows: Sequence[Record]
) -> tuple[list[UUID], list[str], list[str]]:
    if not rows:
        return [], [], []
    book = _book(await conn.fetchval(f"select {_RULES}"))
    found = [book.groups(_situation(row, row)) for row in rows]
    return (
        [row["id"] for row in rows],
        [",".join(groups) for groups, _ in found],
        [",".join(rules) for _, rules in found],
    )


def _situation(entry: Mapping[str, Any] | Record, person: Record) -> Situation:
    return Situation(
        day=entry["started_on"],
        birth_date=person["birth_date"],
        sex=person["sex"],
        country_of_birth=person["country_of_birth"],
        arrived_on=person["arrived_on"],
        ground=entry["ground"],
        status=entry["status_at_entry"],
        education=entry["education_at_entry"] or person["education"],
        unemployed_since=entry["unemployed_since"],
        stated=frozenset(entry["circumstances"]),
        in_register=person["in_register"],
        known_to_register=person["known_to_register"],
    )


@lru_cache(maxsize=4)
def _book(rules: str) -> RuleBook:
    """Return the rules as the database wrote them; read once for as long as none is decided."""
    return RuleBook(
        [
            Rule(group, version, valid_from, valid_to, title, read_conditions(bytes(conditions)))
            for group, version, valid_from, valid_to, title, conditions in _ROWS.decode(rules)
        ]
    )
