"""What is refused about activities during enrolments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.errors import Conflict, Invalid, NotFound

if TYPE_CHECKING:
    from services.participants.errors.meanings import Meanings


class ActivityNotFound(NotFound):
    code, title = "activity_not_found", "There is no such activity among the caller's units"


class ActivityOutsideEnrolment(Conflict):
    code = "activity_outside_enrolment"
    title = "An activity lies within its enrolment, from the entry until the exit"


class ActivityOverlap(Conflict):
    code = "activity_overlap"
    title = "The enrolment has an activity of the same kind during part of the time"


class ActivityEnded(Conflict):
    code, title = "activity_ended", "The activity has already ended; correct it instead"


class ActivityRetracted(Conflict):
    code, title = "activity_retracted", "The activity was retracted: it never was true"


class EndBeforeStart(Invalid):
    code, title = "end_before_start", "The end lies before the start"


CONSTRAINTS: Meanings = {
    "activity_overlap_excl": ActivityOverlap,
    "activity_end_after_start_check": EndBeforeStart,
}
