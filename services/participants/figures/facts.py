"""What each kind of record counts for: the SELECTs that the journal is settled by.

Each is a SELECT over the present records that gives one row per record and measure. Facts
carry the breakdown frozen on their record; dimensions that mean nothing for a kind are empty.
"""

from __future__ import annotations

from services.participants.models import fact
from shared.journal import Journal

JOURNAL = Journal.of(fact)


def _facts(source: str, measures: str, where: str, **dimensions: str) -> str:
    """Return a SELECT of facts.

    Args:
        source: FROM item; the record itself is called ``r`` in it.
        measures: rows of (measure, day, amount); a null day counts for nothing.
        where: which records count at all.
        dimensions: SQL by dimension, and of ``subject``; what is left out is empty.

    """
    subject = dimensions.pop("subject", "null::uuid")
    listed = ", ".join(
        f"coalesce({dimensions.get(name, 'null')}, '') as {name}" for name in JOURNAL.dimensions
    )
    return f"""
        select counted.measure, counted.day as happened_on, counted.amount,
               {subject} as subject, r.id as record_id, {listed}
        from {source}
        cross join lateral (values {measures}) as counted (measure, day, amount, outcome)
        where counted.day is not null and {where}"""


def enrolment_facts(source: str = "enrolment r") -> str:
    """Return what enrolments count for: an entry, being enrolled, and an exit by outcome.

    Args:
        source: ``enrolment r``, or a part of the same statement that has its columns.

    """
    return _facts(
        source,
        """('entries', r.started_on, 1, null), ('enrolled', r.started_on, 1, null),
           ('enrolled', r.exited_on, -1, null), ('exits', r.exited_on, 1, r.outcome)""",
        "r.retracted_at is null",
        subject="r.person_id",
        unit="r.unit",
        programme="r.programme",
        team="r.team",
        ground="r.ground",
        sex="r.sex",
        age_group="r.age_group",
        district="r.district",
        education="r.education_at_entry",
        outcome="counted.outcome",
    )


_BY_ID = " and r.id = any($1::uuid[])"

ENROLMENT = enrolment_facts() + _BY_ID

ADVISORY_SESSION = (
    _facts(
        "advisory_session r",
        "('advised', r.held_on, 1, null)",
        "r.retracted_at is null",
        subject="r.person_id",
        unit="r.unit",
        programme="r.programme",
        sex="r.sex",
        age_group="r.age_group",
        district="r.district",
    )
    + _BY_ID
)

# Both measures fall on the day the follow-up is due, so that answers have their base.
FOLLOW_UP = (
    _facts(
        "follow_up r join enrolment e on e.id = r.enrolment_id",
        """('follow_ups', r.due_on, 1, null),
           ('follow_up_answers', case when r.state = 'answered' then r.due_on end, 1, r.result)""",
        "r.state <> 'cancelled'",
        subject="e.person_id",
        unit="r.unit",
        programme="e.programme",
        team="e.team",
        ground="e.ground",
        sex="e.sex",
        age_group="e.age_group",
        district="e.district",
        education="e.education_at_entry",
        outcome="counted.outcome",
    )
    + _BY_ID
)

UNIT = (
    _facts(
        "unit r",
        "('units', r.valid_from, 1, null), ('units', r.valid_to + 1, -1, null)",
        "true",
        unit="r.code",
        kind="r.kind",
        ownership="r.ownership",
        district="r.district",
    )
    + _BY_ID
)

PROGRAMME = (
    _facts(
        "programme r",
        "('programmes', r.valid_from, 1, null), ('programmes', r.valid_to + 1, -1, null)",
        "true",
        programme="r.code",
        kind="r.kind",
    )
    + _BY_ID
)

TEAM = (
    _facts(
        "team r",
        "('teams', r.valid_from, 1, null), ('teams', r.valid_to + 1, -1, null)",
        "true",
        team="r.code",
        programme="r.programme",
        pilot="case when r.pilot then 'yes' else 'no' end",
    )
    + _BY_ID
)
