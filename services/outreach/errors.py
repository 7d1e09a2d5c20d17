"""What can be refused in outreach, each with its code and status."""

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

    def __init__(self, noun: str) -> None:
        super().__init__(f"A {noun} with this id holds other content.", noun=noun)


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


class CountingRuleNotLater(Conflict):
    """A rule is added after the latest one; what earlier rules said is never rewritten."""

    code, title = "counting_rule_not_later", "A counting rule begins after the one before it"

    def __init__(self, latest: date) -> None:
        super().__init__(
            f"The latest rule begins {latest.isoformat()}; a new one must begin later.",
            latest_valid_from=latest.isoformat(),
        )


class CountingRuleUnchanged(Conflict):
    """A rule that changes nothing would break the series for no reason."""

    code, title = "counting_rule_unchanged", "The counting rule already says this"


class SessionStateRefused(Conflict):
    code, title = "session_state_refused", "The session cannot become that"

    def __init__(self, held: str, wanted: str) -> None:
        super().__init__(f"A {held} session cannot become {wanted}.", state=held, wanted=wanted)


class ReasonRequired(Invalid):
    """A cancellation or a correction keeps its reason."""

    code, title = "reason_required", "A reason is required"


class SessionHasVisits(Conflict):
    """Nobody visits a cancelled session: the tallies are retracted first."""

    code, title = "session_has_visits", "Visits are counted on the session"


class SessionNotHeld(Conflict):
    code, title = "session_not_held", "The session was not held"

    def __init__(self, state: str) -> None:
        super().__init__(f"Visits are counted on a held session; this one is {state}.", state=state)


class TallyExists(Conflict):
    """The existing tally of this session and age group is corrected instead."""

    code, title = "tally_exists", "The age group is already counted"


class EmptyCount(Invalid):
    """Women, men and unknown are all zero."""

    code, title = "empty_count", "Nothing is counted"


class AlreadyRetracted(Conflict):
    """What was never true cannot be retracted twice, or changed."""

    code, title = "already_retracted", "The record is retracted"


class OrganisationNumberInvalid(Invalid):
    """Never says which number: a sole trader's is a personal identity number."""

    code, title = "organisation_number_invalid", "Not the organisation number of a legal person"


class OwnedBySource(Conflict):
    """A record that a register pushed is corrected where it came from, then pushed again."""

    code, title = "owned_by_source", "The record is corrected in the system it came from"


class StudentsAlreadyCounted(Conflict):
    """The existing count of this group and year is corrected instead."""

    code, title = "students_already_counted", "The year is already counted"


class GroupNotRunningThatYear(Invalid):
    code, title = "group_not_running_that_year", "The group did not run that year"

    def __init__(self, year: int) -> None:
        super().__init__(f"The group has no day in {year}.", year=year)


class ReferralAlreadyOpen(Conflict):
    """An open referral of the person to the same unit and programme waits for its answer."""

    code, title = "referral_already_open", "The person is already referred there"


class ContactOfAnother(Conflict):
    """The contact that a referral refers to was with somebody else."""

    code, title = "contact_of_another", "The contact was with another person"
