"""What is refused about the responsibility for activity: memberships, contacts, measures, files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.errors import Conflict, Invalid, NotFound

if TYPE_CHECKING:
    from services.participants.errors.meanings import Meanings


class KaaMembershipNotFound(NotFound):
    code = "kaa_membership_not_found"
    title = "There is no such membership among the caller's units"


class KaaContactNotFound(NotFound):
    code, title = "kaa_contact_not_found", "There is no such contact among the caller's units"


class KaaMeasureNotFound(NotFound):
    code, title = "kaa_measure_not_found", "There is no such measure among the caller's units"


class KaaFileNotFound(NotFound):
    code, title = "kaa_file_not_found", "There is no such half-yearly file"


class KaaRecordRetracted(Conflict):
    code, title = "kaa_record_retracted", "The record was retracted: it never was true"


class OutsideMembership(Conflict):
    """Extensions ``joinedOn`` and ``endsOn``: the days between which the youth is a member."""

    code = "outside_membership"
    title = "The youth is not under the responsibility for activity on the day"


class KaaDayInFuture(Invalid):
    code, title = "kaa_day_in_future", "The day has not come"


class BegunOrDeclined(Invalid):
    code = "begun_or_declined"
    title = "A measure has either begun or been declined, and a day for it"


class MeasureEndedAlready(Conflict):
    code, title = "measure_ended_already", "The measure has already ended; correct it instead"


class MeasureNotBegun(Conflict):
    code, title = "measure_not_begun", "An offer that was declined has no end"


class MeasureEndsBeforeStart(Invalid):
    code, title = "measure_ends_before_start", "The measure ends before it begins"


class MeasureEndIncomplete(Invalid):
    code = "measure_end_incomplete"
    title = "An end has a day, a reason and what the youth does afterwards"


class FollowUpBeforeMeasure(Invalid):
    code, title = "follow_up_before_measure", "A measure is followed up after it has begun"


class UnknownOwnCode(Invalid):
    """Extension ``codes``: the own codes of the list."""

    code, title = "unknown_own_code", "The list has no such code"


class KaaFileNotReady(Conflict):
    """Extensions ``faults`` (their number) and ``unmapped`` (own codes without an official one)."""

    code = "kaa_file_not_ready"
    title = "The file is not given out before its faults are mended; see /kaa-file-faults"


class KaaFileReplacedMeanwhile(Conflict):
    code = "kaa_file_replaced_meanwhile"
    title = "Another file of the half-year was made meanwhile; look at it first"


CONSTRAINTS: Meanings = {
    "kaa_measure_begun_or_declined_check": BegunOrDeclined,
    "kaa_measure_end_after_start_check": MeasureEndsBeforeStart,
    "kaa_measure_ended_was_begun_check": MeasureNotBegun,
    "kaa_measure_end_has_reason_check": MeasureEndIncomplete,
    "kaa_measure_end_has_occupation_check": MeasureEndIncomplete,
    "kaa_file_half_year_number_key": KaaFileReplacedMeanwhile,
}
