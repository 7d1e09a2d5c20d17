"""What each record counts for: the one place where records become facts of the journal.

Every kind of record has one SELECT. It is run after each change of such records, in the
transaction of the change, for one record or for a delivery's twenty thousand.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.outreach.models.facts import DIMENSIONS, JOURNAL
from shared import journal
from shared.db import Connection


class Kind(StrEnum):
    """Records that count for something; the values stand in the journal."""

    SESSION = "session"
    TALLY = "visit_tally"
    CONTACT = "contact"
    GROUP = "study_group"
    STUDENTS = "student_count"
    EMPLOYER_VISIT = "employer_visit"
    RECRUITMENT_EVENT = "recruitment_event"
    HIRE = "hire"
    WORKER = "outreach_worker"
    REFERRAL = "referral"


def _facts(
    measure: str,
    *,
    of: str,
    on: str,
    amount: str = "1",
    subject: str = "null::uuid",
    record: str = "r.id",
    where: str = "true",
    **dimensions: str,
) -> str:
    """Return a SELECT of facts; dimensions that are not given are empty.

    Args:
        measure: what is counted.
        of: the FROM clause; the record is ``r``, a venue joined to it ``v``.
        on: SQL of the day on which it counts.
        amount: SQL of how many.
        subject: SQL of the id that a distinct figure counts once.
        record: SQL of the record's id.
        where: which records count.
        dimensions: SQL of each dimension that the fact has.

    """
    unknown = set(dimensions) - set(DIMENSIONS)
    if unknown:
        raise ValueError(f"no such dimensions: {sorted(unknown)}")
    listed = ", ".join(f"{dimensions.get(name, _EMPTY)} as {name}" for name in DIMENSIONS)
    return (
        f"select '{measure}' as measure, {on} as happened_on, {amount} as amount, "
        f"{subject} as subject, {record} as record_id, {listed} "
        f"from {of} where {record} = any($1::uuid[]) and {where}"
    )


_EMPTY = "''"
_VENUE = "left join venue v on v.code = r.venue"
_HERE = {
    "unit": "r.unit",
    "venue": "coalesce(r.venue, '')",
    "district": "coalesce(v.district, 'unknown')",
}
_BY_SEX = (
    "cross join lateral (values ('women', r.women), ('men', r.men), ('unknown', r.unknown)) "
    "n (sex, amount)"
)
_VALID = "r.retracted_at is null"


def _interval(measure: str, of: str, dimensions: dict[str, str]) -> str:
    """Return facts of a level: one more from the first day, one less after the last."""
    begun = _facts(measure, of=of, on="r.starts_on", subject="r.id", where=_VALID, **dimensions)
    ended = _facts(
        measure,
        of=of,
        on="r.ends_on + 1",
        amount="-1",
        subject="r.id",
        where=f"{_VALID} and r.ends_on is not null",
        **dimensions,
    )
    return f"{begun} union all {ended}"


def _contact(measure: str, source: str, where: str) -> str:
    return _facts(
        measure,
        of=f"{source} {_VENUE}",
        on="r.happened_on",
        subject="r.person_id",
        where=where,
        unit="r.unit",
        operation="r.operation",
        venue="coalesce(r.venue, '')",
        district="coalesce(r.district, v.district, 'unknown')",
        sex="r.sex",
        age_group="r.age_group",
        target_group="r.target_group",
        channel="r.channel",
        direction="r.direction",
    )


_RULE_SAYS_CONTACTS = """
    r.direction = 'two_way' and (
        select c.counts from counting_rule c
        where c.operation = r.operation and c.valid_from <= r.happened_on
        order by c.valid_from desc limit 1
    ) = 'two_way_contacts'"""
"""The rule of domain.counting.counts_contact, for many contacts at once; a test compares."""


def wanted_contact(source: str) -> str:
    """Return what contacts count for: each is a contact, some reach the person by the rule.

    Args:
        source: ``contact r``, or a part of a larger statement that holds new contacts as ``r``.

    """
    reached = _contact("reached", source, f"{_VALID} and {_RULE_SAYS_CONTACTS}")
    return f"{_contact('contacts', source, _VALID)} union all {reached}"


_GROUP = {**_HERE, "operation": "r.operation"}

WANTED: dict[Kind, str] = {
    Kind.SESSION: _facts(
        "sessions",
        of=f"session r {_VENUE}",
        on="r.planned_on",
        where="r.state = 'held'",
        operation="r.operation",
        kind="r.kind",
        **_HERE,
    ),
    Kind.TALLY: _facts(
        "visits",
        of=f"visit_tally r {_VENUE} {_BY_SEX}",
        on="r.held_on",
        amount="n.amount",
        where=f"{_VALID} and n.amount > 0",
        operation="r.operation",
        sex="n.sex",
        age_group="r.age_group",
        **_HERE,
    ),
    Kind.CONTACT: wanted_contact("contact r"),
    Kind.GROUP: _interval("groups", f"study_group r {_VENUE}", _GROUP),
    Kind.STUDENTS: _facts(
        "students",
        of=(
            f"student_count s join study_group r on r.id = s.group_id {_VENUE} "
            f"{_BY_SEX.replace('r.', 's.')}"
        ),
        on="greatest(r.starts_on, make_date(s.year, 1, 1))",
        amount="n.amount",
        record="s.id",
        where=f"{_VALID} and s.retracted_at is null and n.amount > 0",
        sex="n.sex",
        **_GROUP,
    ),
    Kind.EMPLOYER_VISIT: _facts(
        "employer-visits",
        of="employer_visit r join employer e on e.code = r.employer",
        on="r.visited_on",
        subject="e.id",
        where=_VALID,
        unit="r.unit",
        sector="e.sector",
        employer="e.code",
    ),
    Kind.RECRUITMENT_EVENT: _facts(
        "recruitment-events",
        of=f"recruitment_event r {_VENUE} left join employer e on e.code = r.employer",
        on="r.held_on",
        where=_VALID,
        kind="r.kind",
        sector="coalesce(e.sector, '')",
        employer="coalesce(e.code, '')",
        **_HERE,
    ),
    Kind.HIRE: _facts(
        "hires",
        of=f"hire r join employer e on e.code = r.employer {_BY_SEX}",
        on="r.hired_on",
        amount="n.amount",
        where=f"{_VALID} and n.amount > 0",
        unit="r.unit",
        sex="n.sex",
        sector="e.sector",
        employer="e.code",
    ),
    Kind.WORKER: _interval(
        "outreach-workers",
        "outreach_worker r",
        {
            "unit": "r.unit",
            "operation": "r.operation",
            "district": "r.district",
            "role": "r.role",
            "contract": "r.contract",
        },
    ),
    Kind.REFERRAL: _facts(
        "referrals",
        of="referral r",
        on="r.referred_on",
        subject="r.person_id",
        unit="r.referring_unit",
        operation="coalesce(r.operation, '')",
        programme="r.programme",
        state="r.state",
    ),
}


async def settle(
    conn: Connection, kind: Kind, ids: Sequence[UUID], *, reason: str, fresh: bool = False
) -> None:
    """Make the journal agree with records that this transaction created or changed."""
    await journal.settle(
        conn, JOURNAL, kind, ids, wanted_sql=WANTED[kind], reason=reason, fresh=fresh
    )


async def resettle(
    conn: Connection,
    kinds: Sequence[Kind],
    column: str,
    value: str | UUID,
    *,
    reason: str,
    since: date | None = None,
) -> None:
    """Settle every record that refers to something whose own change moves their breakdown.

    Args:
        conn: in the transaction of that change.
        kinds: records that have the column.
        column: a venue's, employer's, operation's, group's or session's, by code or id.
        value: which one.
        reason: of the change.
        since: only records of this day or later, by the kind's own day.

    """
    for kind in kinds:
        limited = f" and {_DAY[kind]} >= $2" if since else ""
        ids = await conn.fetch(
            f"select id from {kind} where {column} = $1{limited} order by id",
            value,
            *([since] if since else []),
        )
        await settle(conn, kind, [row["id"] for row in ids], reason=reason)


_DAY = {Kind.CONTACT: "happened_on"}
"""Kinds that a rule of a certain day concerns."""

AT_A_VENUE = (Kind.SESSION, Kind.TALLY, Kind.CONTACT, Kind.GROUP, Kind.RECRUITMENT_EVENT)
WITH_AN_EMPLOYER = (Kind.EMPLOYER_VISIT, Kind.RECRUITMENT_EVENT, Kind.HIRE)
