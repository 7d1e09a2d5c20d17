"""What activities count for."""

from __future__ import annotations

from services.participants.figures.facts.journal import BY_ID, facts_of

# An activity has its enrolment's breakdown, and counts while its enrolment stands.
ACTIVITY = (
    facts_of(
        "activity r join enrolment e on e.id = r.enrolment_id join person p on p.id = e.person_id",
        """('activity_starts', r.started_on, 1, null),
           ('in_activity', r.started_on, 1, null), ('in_activity', r.ended_on, -1, null),
           ('activity_ends', r.ended_on, 1, r.outcome),
           ('activity_hours', r.started_on, r.hours_per_month, null),
           ('activity_hours', r.ended_on, -r.hours_per_month, null)""",
        "counted.amount is not null and r.retracted_at is null and e.retracted_at is null",
        subject="p.subject_id",
        unit="e.unit",
        programme="e.programme",
        team="e.team",
        ground="e.ground",
        sex="e.sex",
        age_group="e.age_group",
        district="e.district",
        education="e.education_at_entry",
        status="e.status_at_entry",
        activity="r.kind",
        outcome="counted.outcome",
    )
    + BY_ID
)
