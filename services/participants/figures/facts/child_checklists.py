"""What plans count for that need a child checklist, with it and without."""

from __future__ import annotations

from services.participants.figures.facts.journal import BY_ID, facts_of

# Both fall on the plan's day, so that plans with a checklist have their base.
CHILD_PLAN = (
    facts_of(
        """(select l.*, c.answered_on
            from plan l
            left join child_checklist c on c.plan_id = l.id and c.retracted_at is null) r
           join person p on p.id = r.person_id""",
        """('child_plans', r.drawn_up_on, 1, null),
           ('child_checklists', case when r.answered_on is not null then r.drawn_up_on end, 1,
            greatest(r.answered_on - r.drawn_up_on, 0)::text)""",
        "r.retracted_at is null and r.checklist_ground is not null",
        subject="p.subject_id",
        unit="r.unit",
        sex="r.sex",
        age_group="r.age_group",
        district="r.district",
        ground="r.checklist_ground",
        kind="case when r.follows is null then 'first' else 'renewal' end",
        indicator="counted.outcome",
    )
    + BY_ID
)
