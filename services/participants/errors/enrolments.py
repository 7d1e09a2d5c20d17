"""What is refused about enrolments, pending ones too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.errors import Conflict, Invalid, NotFound

if TYPE_CHECKING:
    from services.participants.errors.meanings import Meanings


class EnrolmentNotFound(NotFound):
    code, title = "enrolment_not_found", "There is no such enrolment among the caller's units"


class PendingEnrolmentNotFound(NotFound):
    code = "pending_enrolment_not_found"
    title = "There is no such pending enrolment among the caller's units"


class EnrolmentOverlap(Conflict):
    code = "enrolment_overlap"
    title = "The person is already enrolled in the programme during part of the time"


class ExitBeforeEntry(Invalid):
    code, title = "exit_before_entry", "The exit lies before the entry"


class ExitIncomplete(Invalid):
    code, title = "exit_incomplete", "An exit has both a day and an outcome"


class BornAfterEntry(Invalid):
    code, title = "born_after_entry", "The person was not born on the day"


class ExitInFuture(Invalid):
    code, title = "exit_in_future", "An exit is recorded when it has happened"


class PersonDeceased(Conflict):
    code, title = "person_deceased", "An enrolment of the person ended in death before the day"


class EnrolledAfterDeath(Conflict):
    code = "enrolled_after_death"
    title = "Another enrolment of the person began after this day of death"


class GroundNotInKaa(Conflict):
    code = "ground_not_in_kaa"
    title = "The ground is KAA, which does not cover the person on the day"


class UnemployedAfterEntry(Invalid):
    code = "unemployed_after_entry"
    title = "Unemployment told at entry begins at the entry or before it"


class AlreadyExited(Conflict):
    code, title = "already_exited", "The enrolment has already ended; correct it instead"


class EnrolmentRetracted(Conflict):
    code, title = "enrolment_retracted", "The enrolment was retracted: it never was true"


class AlreadyDecided(Conflict):
    code, title = "already_decided", "The pending enrolment has already been decided"


class ReferralWithdrawn(Conflict):
    code, title = "referral_withdrawn", "The referral was taken back by who made it"


CONSTRAINTS: Meanings = {
    "enrolment_overlap_excl": EnrolmentOverlap,
    "enrolment_exit_after_entry_check": ExitBeforeEntry,
    "enrolment_exit_has_outcome_check": ExitIncomplete,
}
