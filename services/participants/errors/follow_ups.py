"""What is refused about follow-ups."""

from __future__ import annotations

from shared.errors import Conflict, Invalid, NotFound


class FollowUpNotFound(NotFound):
    code, title = "follow_up_not_found", "There is no such follow-up among the caller's units"


class FollowUpNotDue(Conflict):
    """Extension ``dueOn``: the day it opens."""

    code, title = "follow_up_not_due", "The follow-up has not fallen due yet"


class FollowUpClosed(Conflict):
    code = "follow_up_closed"
    title = "The follow-up is already answered or cancelled; correct the answer instead"


class FollowUpNotAnswered(Conflict):
    code, title = "follow_up_not_answered", "The follow-up has no answer to correct"


class AnsweredBeforeExit(Invalid):
    code, title = "answered_before_exit", "The answer lies before the exit"


class AnsweredBeforeDue(Invalid):
    """Extension ``dueOn``: the day that is asked about."""

    code = "answered_before_due"
    title = "The answer lies before the day that the follow-up asks about"


class AnsweredInFuture(Invalid):
    code, title = "answered_in_future", "The answer lies in the future"


class EmploymentStatusNeeded(Invalid):
    code = "employment_status_needed"
    title = "A follow-up of ESF+ asks for the position on the labour market too"


class EmploymentStatusNotAsked(Invalid):
    code = "employment_status_not_asked"
    title = "Only follow-ups of ESF+ ask for the position on the labour market"


class StatusContradictsResult(Invalid):
    code = "status_contradicts_result"
    title = "The result and the position on the labour market cannot both be true"


class ImprovementNeeded(Invalid):
    code = "improvement_needed"
    title = "Who had work at entry and has it now is asked whether it is better work"


class ImprovementNotAsked(Invalid):
    code = "improvement_not_asked"
    title = "Only who had work at entry and has it now is asked whether it is better work"
