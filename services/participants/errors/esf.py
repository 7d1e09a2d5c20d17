"""What is refused about ESF projects: their monthly files, codes and answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.errors import Conflict, Invalid, NotFound

if TYPE_CHECKING:
    from services.participants.errors.meanings import Meanings


class NotAnEsfProject(Conflict):
    code = "not_an_esf_project"
    title = "ESF+ does not pay for the programme at that time"


class ParticipantFileNotFound(NotFound):
    code = "participant_file_not_found"
    title = "There is no such participant file"


class MonthNotOver(Conflict):
    code, title = "month_not_over", "A month is reported when it is over"


class ReplacementCodeMissing(Conflict):
    """Extension ``sex``: whose code must be recorded, from what the fund has published."""

    code = "replacement_code_missing"
    title = "There is no code that replaces the identity number of a protected person"


class ParticipantFileNotReproduced(Conflict):
    """Records of its basis are gone (retention) or were changed past their versions."""

    code = "participant_file_not_reproduced"
    title = "The records no longer give the file that was issued"


class ResultsBeforeExit(Conflict):
    code, title = "results_before_exit", "Results are recorded when the enrolment has ended"


class ResultOutsideWindow(Invalid):
    """Extension ``last``: the last day of the four weeks."""

    code = "result_outside_window"
    title = "Immediate results are those of the four weeks after leaving"


class ConsentNeeded(Invalid):
    code = "consent_needed"
    title = "Circumstances are kept with the day of the participant's consent, or not at all"


class AnsweredInFuture(Invalid):
    code, title = "esf_answer_to_come", "Nobody has answered on a day to come"


CONSTRAINTS: Meanings = {}
