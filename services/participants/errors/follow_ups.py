"""What is refused about follow-ups."""

from __future__ import annotations

from shared.errors import Conflict, Invalid, NotFound


class FollowUpNotFound(NotFound):
    code, title = "follow_up_not_found", "There is no such follow-up among the caller's units"


class FollowUpClosed(Conflict):
    code, title = "follow_up_closed", "The follow-up is already answered or cancelled"


class AnsweredBeforeExit(Invalid):
    code, title = "answered_before_exit", "The answer lies before the exit"
