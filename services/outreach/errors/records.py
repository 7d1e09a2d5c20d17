"""Records, references and days: what any of them may be refused for."""

from __future__ import annotations

from datetime import date

from shared.errors import Conflict, Invalid, NotFound


class NotFoundHere(NotFound):
    """Nothing of that kind has this id or code, or the caller may not see its unit."""

    def __init__(self, noun: str) -> None:
        super().__init__(f"There is no such {noun}.", noun=noun)


class CodeTaken(Conflict):
    code, title = "code_taken", "The code is already used"

    def __init__(self, noun: str) -> None:
        super().__init__(f"Another {noun} has this code.", noun=noun)


class IdTaken(Conflict):
    """A client-made id came back with other content: not the same record sent again."""

    code, title = "id_taken", "The id belongs to something else"

    def __init__(self, noun: str, property_: str | None = None) -> None:
        super().__init__(f"A {noun} with this id holds other content.", noun=noun)
        if property_ is not None:
            self.extensions["property"] = property_


class UnknownReference(Invalid):
    """The request names an operation, venue, employer, session or contact that is not there."""

    code, title = "unknown_reference", "Unknown reference"

    def __init__(self, property_: str) -> None:
        super().__init__(
            f"{property_} names nothing known here.",
            invalid_parameters=[
                {"property": property_, "code": "unknown", "reason": "Names nothing known here."}
            ],
        )


class NotValidThatDay(Invalid):
    code, title = "not_valid_that_day", "Not in use on that day"

    def __init__(self, property_: str, day: date) -> None:
        super().__init__(f"{property_} is not in use on {day.isoformat()}.")


class EndsBeforeStart(Invalid):
    code, title = "ends_before_start", "The last day is before the first"


class InTheFuture(Invalid):
    code, title = "in_the_future", "The day has not come"

    def __init__(self, property_: str, day: date) -> None:
        super().__init__(f"{property_} is {day.isoformat()}, which has not come.")


class ReasonRequired(Invalid):
    """A cancellation or a correction keeps its reason."""

    code, title = "reason_required", "A reason is required"


class AlreadyRetracted(Conflict):
    """What was never true cannot be retracted twice, or changed."""

    code, title = "already_retracted", "The record is retracted"


class OwnedBySource(Conflict):
    """A record that a register pushed is corrected where it came from, then pushed again."""

    code, title = "owned_by_source", "The record is corrected in the system it came from"


class EmptyCount(Invalid):
    """Women, men and unknown are all zero."""

    code, title = "empty_count", "Nothing is counted"
