"""Schedules and the days on which they are not followed."""

from __future__ import annotations

from shared.errors import Conflict, Invalid


class RuleRefused(Invalid):
    """A recurrence rule that cannot be read, or uses what schedules do not take."""

    code, title = "rule_refused", "The recurrence rule is not accepted"

    def __init__(self, part: str, reason: str) -> None:
        super().__init__(
            f"{part}: {reason}",
            invalid_parameters=[{"property": "rule", "code": "rule_refused", "reason": reason}],
            part=part,
        )


class RuleGivesNothing(Invalid):
    """The rule gives no day between the first and the last one."""

    code, title = "rule_gives_nothing", "The schedule has no session"


class EndWithoutStart(Invalid):
    """A time at which a session ends says nothing without the time at which it begins."""

    code, title = "end_without_start", "A session that ends at a time begins at one"


class SessionTooLong(Invalid):
    """An end before the start is the next day's; one so far away is a slip of the pen."""

    code, title = "session_too_long", "No session is that long"

    def __init__(self, hours: int) -> None:
        super().__init__(f"A session lasts at most {hours} hours.", most_hours=hours)


class NotADayOfTheSchedule(Invalid):
    """Only a day that the rule gives is moved."""

    code, title = "not_a_day_of_the_schedule", "The schedule has no session on that day"


class DayOfTheSchedule(Conflict):
    """A day that the rule gives is not extra."""

    code, title = "day_of_the_schedule", "The schedule has a session on that day"


class DayExcepted(Conflict):
    """The day is moved, or extra, already: that exception is retracted first."""

    code, title = "day_excepted", "The day is an exception already"


class ExceptionIncomplete(Invalid):
    """A moved day says where to, in day or time; a stop and an extra day do not."""

    code, title = "exception_incomplete", "The exception does not say what its kind needs"


class TooManyDays(Invalid):
    code, title = "too_many_days", "Too many days are asked for"

    def __init__(self, most: int) -> None:
        super().__init__(f"At most {most} days are looked at.", most_days=most)
