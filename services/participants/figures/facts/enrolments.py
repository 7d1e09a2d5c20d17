"""What enrolments count for."""

from __future__ import annotations

from services.participants.figures.facts.journal import BY_ID, facts_of


def enrolment_facts(source: str = "enrolment r") -> str:
    """Return what enrolments count for: an entry, being enrolled, and an exit by outcome.

    Args:
        source: ``enrolment r``, or a part of the same statement that has its columns.

    """
    return facts_of(
        f"{source} join person p on p.id = r.person_id",
        """('entries', r.started_on, 1, null), ('enrolled', r.started_on, 1, null),
           ('enrolled', r.exited_on, -1, null), ('exits', r.exited_on, 1, r.outcome)""",
        "r.retracted_at is null",
        subject="p.subject_id",
        unit="r.unit",
        programme="r.programme",
        team="r.team",
        ground="r.ground",
        sex="r.sex",
        age_group="r.age_group",
        district="r.district",
        education="r.education_at_entry",
        status="r.status_at_entry",
        outcome="counted.outcome",
    )


ENROLMENT = enrolment_facts() + BY_ID
