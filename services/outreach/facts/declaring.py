"""How records become facts of the journal: one SELECT for each kind of record."""

from __future__ import annotations

from enum import StrEnum

from services.outreach.models.facts import DIMENSIONS


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
    COLLABORATION = "collaboration"
    AGREEMENT = "agreement"
    INTERNSHIP = "internship"


def facts_of(
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
VENUE = "left join venue v on v.code = r.venue"
HERE = {
    "unit": "r.unit",
    "venue": "coalesce(r.venue, '')",
    "district": "coalesce(v.district, 'unknown')",
}
BY_SEX = (
    "cross join lateral (values ('women', r.women), ('men', r.men), ('unknown', r.unknown)) "
    "n (sex, amount)"
)
VALID = "r.retracted_at is null"


def interval(measure: str, of: str, dimensions: dict[str, str]) -> str:
    """Return facts of a level: one more from the first day, one less after the last."""
    begun = facts_of(measure, of=of, on="r.starts_on", subject="r.id", where=VALID, **dimensions)
    ended = facts_of(
        measure,
        of=of,
        on="r.ends_on + 1",
        amount="-1",
        subject="r.id",
        where=f"{VALID} and r.ends_on is not null",
        **dimensions,
    )
    return f"{begun} union all {ended}"
