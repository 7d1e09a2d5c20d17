"""What follow-ups count for."""

from __future__ import annotations

from services.participants.figures.facts.journal import BY_ID, facts_of

# Base and answers fall on the day the follow-up is due, so that answers have their base; whether
# it has been opened by then is nothing to count by. Overdue is what is not answered by the end
# of the day after.
FOLLOW_UP = (
    facts_of(
        "follow_up r join enrolment e on e.id = r.enrolment_id join person p on p.id = e.person_id",
        """('follow_ups', r.due_on, 1, null),
           ('follow_up_answers', case when r.state = 'answered' then r.due_on end, 1, r.result),
           ('follow_ups_overdue', r.due_on + 1, 1, null),
           ('follow_ups_overdue',
            case when r.state = 'answered' then greatest(r.answered_on, r.due_on + 1) end,
            -1, null)""",
        "r.state <> 'cancelled'",
        subject="p.subject_id",
        unit="r.unit",
        programme="e.programme",
        team="e.team",
        ground="e.ground",
        sex="e.sex",
        age_group="e.age_group",
        district="e.district",
        education="e.education_at_entry",
        status="e.status_at_entry",
        kind="r.kind",
        outcome="counted.outcome",
    )
    + BY_ID
)
