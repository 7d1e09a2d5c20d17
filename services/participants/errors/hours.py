"""What is refused about attested hours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.errors import Conflict, Invalid, NotFound

if TYPE_CHECKING:
    from services.participants.errors.meanings import Meanings


class HourAttestationNotFound(NotFound):
    code = "hour_attestation_not_found"
    title = "There is no such attestation of hours among the caller's units"


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


class NoAttendance(Conflict):
    code = "no_attendance"
    title = "No attendance is on record for the enrolment in the month"


class HoursOrAttendance(Invalid):
    """Extension ``invalid-parameters`` names the property."""

    code = "hours_or_attendance"
    title = "Either hours are stated or they are the attendance on record"


class AttendanceNotFound(NotFound):
    code, title = "attendance_not_found", "There is no such attendance among the caller's units"


CONSTRAINTS: Meanings = {
    "hour_attestation_enrolment_month_key": HoursAttestedAlready,
}
