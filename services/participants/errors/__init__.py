"""Every refusal of participants, by noun and by the rule that it states."""

from __future__ import annotations

from services.participants.errors import (
    activities,
    advice,
    child_checklists,
    concern_reports,
    enrolments,
    esf,
    hours,
    kaa,
    offering,
    people,
    plans,
    records,
    routine_documents,
    target_groups,
)

CONSTRAINT_ERRORS = {
    **child_checklists.CONSTRAINTS,
    **routine_documents.CONSTRAINTS,
    **concern_reports.CONSTRAINTS,
    **activities.CONSTRAINTS,
    **advice.CONSTRAINTS,
    **enrolments.CONSTRAINTS,
    **esf.CONSTRAINTS,
    **hours.CONSTRAINTS,
    **kaa.CONSTRAINTS,
    **offering.CONSTRAINTS,
    **plans.CONSTRAINTS,
    **people.CONSTRAINTS,
    **records.CONSTRAINTS,
    **target_groups.CONSTRAINTS,
}
"""What the violation of a constraint means; checks in code come first, these always hold."""
