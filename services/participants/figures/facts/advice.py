"""What advisory sessions count for."""

from __future__ import annotations

from services.participants.figures.facts.journal import BY_ID, facts_of

ADVISORY_SESSION = (
    facts_of(
        "advisory_session r join person p on p.id = r.person_id",
        "('advised', r.held_on, 1, null)",
        "r.retracted_at is null",
        subject="p.subject_id",
        unit="r.unit",
        programme="r.programme",
        sex="r.sex",
        age_group="r.age_group",
        district="r.district",
    )
    + BY_ID
)
