"""What is refused about advisory sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.errors import Conflict, NotFound

if TYPE_CHECKING:
    from services.participants.errors.meanings import Meanings


class AdvisorySessionNotFound(NotFound):
    code = "advisory_session_not_found"
    title = "There is no such advisory session among the caller's units"


class AdvisorySessionRetracted(Conflict):
    code = "advisory_session_retracted"
    title = "The advisory session was retracted: it never was held"


class FourthAdvisorySession(Conflict):
    code = "fourth_advisory_session"
    title = "A person who is not enrolled is advised at most three times"


class PersonIsEnrolled(Conflict):
    code = "person_is_enrolled"
    title = "Advisory sessions are for people who are not enrolled on the day"


CONSTRAINTS: Meanings = {
    "advisory_session_person_ordinal_key": FourthAdvisorySession,
    "advisory_session_at_most_three_check": FourthAdvisorySession,
}
