"""Every refusal of participants, by the rule that it states."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.errors import Conflict, DomainError, Invalid, NotFound

if TYPE_CHECKING:
    from collections.abc import Callable


class PersonNotFound(NotFound):
    """Also the answer when the caller's units may not see the person."""

    code, title = "person_not_found", "There is no such person among the caller's units"


class EnrolmentNotFound(NotFound):
    code, title = "enrolment_not_found", "There is no such enrolment among the caller's units"


class UnitNotFound(NotFound):
    code, title = "unit_not_found", "There is no such unit"


class ProgrammeNotFound(NotFound):
    code, title = "programme_not_found", "There is no such programme"


class TeamNotFound(NotFound):
    code, title = "team_not_found", "There is no such team"


class AdvisorySessionNotFound(NotFound):
    code = "advisory_session_not_found"
    title = "There is no such advisory session among the caller's units"


class PendingEnrolmentNotFound(NotFound):
    code = "pending_enrolment_not_found"
    title = "There is no such pending enrolment among the caller's units"


class FollowUpNotFound(NotFound):
    code, title = "follow_up_not_found", "There is no such follow-up among the caller's units"


class HourAttestationNotFound(NotFound):
    code = "hour_attestation_not_found"
    title = "There is no such attestation of hours among the caller's units"


class IdentityNumberRefused(Invalid):
    """The parameter's code says which fault: malformed, no_such_day, wrong_check_digit, ..."""

    code, title = "identity_number_refused", "The identity number is not one"


class BornAfterToday(Invalid):
    code, title = "born_after_today", "The birth date lies in the future"


class UnitNeeded(Invalid):
    code, title = "unit_needed", "A token for some units must name the one it acts for"


class ValueNeeded(Invalid):
    code, title = "value_needed", "The property can be changed but not taken away"


class ResidenceOfProtected(Conflict):
    code = "residence_of_protected_identity"
    title = "No district is kept for a person with protected identity"


class PersonExists(Conflict):
    """Extension ``personId``: whoever holds the number and may write goes on with that one.

    Left out for a protected identity that the caller may not see.
    """

    code, title = "person_exists", "A person with this identity number is already registered"


class CodeTaken(Conflict):
    code, title = "code_taken", "The code is already in use"


class ProjectReferenceTaken(Conflict):
    code = "project_reference_taken"
    title = "Another programme already stands for this project"


class ClosedBeforeLastUse(Conflict):
    code = "closed_before_last_use"
    title = "There are enrolments that started, or teams that opened, after this day"


class ClosedBeforeOpened(Invalid):
    code, title = "closed_before_opened", "The last day lies before the first"


class UnknownUnit(Invalid):
    code, title = "unknown_unit", "There is no unit with this code"


class UnknownProgramme(Invalid):
    code, title = "unknown_programme", "There is no programme with this code"


class UnknownTeam(Invalid):
    code, title = "unknown_team", "The programme has no team with this code"


class UnitNotInOperation(Conflict):
    code, title = "unit_not_in_operation", "The unit is not in operation on the day"


class ProgrammeNotInOperation(Conflict):
    code, title = "programme_not_in_operation", "The programme is not in operation on the day"


class TeamNotInOperation(Conflict):
    code, title = "team_not_in_operation", "The team is not in operation on the day"


class EnrolmentOverlap(Conflict):
    code = "enrolment_overlap"
    title = "The person is already enrolled in the programme during part of the time"


class SourceKeyTaken(Conflict):
    code, title = "source_key_taken", "Another record already carries this source key"


class ExitBeforeEntry(Invalid):
    code, title = "exit_before_entry", "The exit lies before the entry"


class ExitIncomplete(Invalid):
    code, title = "exit_incomplete", "An exit has both a day and an outcome"


class BornAfterEntry(Invalid):
    code, title = "born_after_entry", "The person was not born on the day"


class AlreadyExited(Conflict):
    code, title = "already_exited", "The enrolment has already ended; correct it instead"


class EnrolmentRetracted(Conflict):
    code, title = "enrolment_retracted", "The enrolment was retracted: it never was true"


class AdvisorySessionRetracted(Conflict):
    code = "advisory_session_retracted"
    title = "The advisory session was retracted: it never was held"


class FourthAdvisorySession(Conflict):
    code = "fourth_advisory_session"
    title = "A person who is not enrolled is advised at most three times"


class PersonIsEnrolled(Conflict):
    code = "person_is_enrolled"
    title = "Advisory sessions are for people who are not enrolled on the day"


class AlreadyDecided(Conflict):
    code, title = "already_decided", "The pending enrolment has already been decided"


class FollowUpClosed(Conflict):
    code, title = "follow_up_closed", "The follow-up is already answered or cancelled"


class AnsweredBeforeExit(Invalid):
    code, title = "answered_before_exit", "The answer lies before the exit"


class HoursAttestedAlready(Conflict):
    """The month has a live attestation: correct it, or withdraw it first."""

    code = "hours_attested_already"
    title = "The month's hours have been attested for the enrolment"


class MonthNotCovered(Conflict):
    code = "month_not_covered"
    title = "The enrolment covers no day of the month that has come"


class MoreHoursThanDays(Invalid):
    """Extension ``most``: the hours that the covered days allow."""

    code = "more_hours_than_days"
    title = "The days that the enrolment covers do not hold so many hours"


class AttestationWithdrawn(Conflict):
    code = "attestation_withdrawn"
    title = "The attestation was withdrawn; attest the month anew"


CONSTRAINT_ERRORS: dict[str, Callable[[], DomainError]] = {
    "unit_code_key": CodeTaken,
    "programme_code_key": CodeTaken,
    "team_code_key": CodeTaken,
    "programme_project_reference_key": ProjectReferenceTaken,
    "unit_validity_check": ClosedBeforeOpened,
    "programme_validity_check": ClosedBeforeOpened,
    "team_validity_check": ClosedBeforeOpened,
    "team_programme_fkey": UnknownProgramme,
    "person_registered_by_unit_fkey": UnknownUnit,
    "enrolment_overlap_excl": EnrolmentOverlap,
    "enrolment_source_key_key": SourceKeyTaken,
    "enrolment_exit_after_entry_check": ExitBeforeEntry,
    "enrolment_exit_has_outcome_check": ExitIncomplete,
    "enrolment_team_programme_fkey": UnknownTeam,
    "hour_attestation_enrolment_month_key": HoursAttestedAlready,
    "advisory_session_source_key_key": SourceKeyTaken,
    "advisory_session_person_ordinal_key": FourthAdvisorySession,
    "advisory_session_at_most_three_check": FourthAdvisorySession,
}
"""What the violation of a constraint means; checks in code come first, these always hold."""
