"""What routine documents count for."""

from __future__ import annotations

from services.participants.figures.facts.journal import BY_ID, facts_of

# In force from its first review until it is withdrawn; overdue from the day after a review was
# due until the next one was made.
ROUTINE_DOCUMENT = (
    facts_of(
        """(select d.id, d.unit, d.kind, v.reviewed_on, v.next_review_on, d.withdrawn_on,
                   row_number() over (partition by d.id order by v.reviewed_on) = 1 as first,
                   least(lead(v.reviewed_on) over (partition by d.id order by v.reviewed_on),
                         d.withdrawn_on) as made_on
            from routine_document d join routine_review v on v.document_id = d.id) r""",
        """('routines', case when r.first then r.reviewed_on end, 1, null),
           ('routines', case when r.first then r.withdrawn_on end, -1, null),
           ('routines_overdue', case when r.next_review_on + 1 < coalesce(r.made_on, 'infinity')
                                     then r.next_review_on + 1 end, 1, null),
           ('routines_overdue', case when r.next_review_on + 1 < r.made_on
                                     then r.made_on end, -1, null)""",
        "true",
        unit="r.unit",
        kind="r.kind",
    )
    + BY_ID
)
