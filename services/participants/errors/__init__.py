"""Every refusal of participants, by noun and by the rule that it states."""

from __future__ import annotations

from services.participants.errors import advice, enrolments, hours, offering, records

CONSTRAINT_ERRORS = {
    **advice.CONSTRAINTS,
    **enrolments.CONSTRAINTS,
    **hours.CONSTRAINTS,
    **offering.CONSTRAINTS,
    **records.CONSTRAINTS,
}
"""What the violation of a constraint means; checks in code come first, these always hold."""
