"""Groups and employers."""

from __future__ import annotations

from datetime import date

from shared.errors import Conflict, Invalid


class OrganisationNumberInvalid(Invalid):
    """Never says which number: a sole trader's is a personal identity number."""

    code, title = "organisation_number_invalid", "Not the organisation number of a legal person"


class EventOfAnotherEmployer(Invalid):
    """The event was held with one employer, and another one hired."""

    code, title = "event_of_another_employer", "The event was with another employer"


class HiredBeforeEvent(Invalid):
    """What an event led to comes after it."""

    code, title = "hired_before_event", "Hired before the event was held"

    def __init__(self, held_on: date) -> None:
        super().__init__(f"The event was held {held_on.isoformat()}.", held_on=held_on.isoformat())


class MorePlacesTaken(Invalid):
    code, title = "more_places_taken", "More places are taken than were offered"

    def __init__(self, places: int, taken: int) -> None:
        super().__init__(f"{taken} of {places} places are taken.", places=places, taken=taken)


class EndsWithoutStart(Invalid):
    code, title = "ends_without_start", "There is a last day and no first"


class ExtensionRefused(Conflict):
    code, title = "extension_refused", "The employment cannot be extended so"


class StudentsAlreadyCounted(Conflict):
    """The existing count of this group and year is corrected instead."""

    code, title = "students_already_counted", "The year is already counted"


class GroupNotRunningThatYear(Invalid):
    code, title = "group_not_running_that_year", "The group did not run that year"

    def __init__(self, year: int) -> None:
        super().__init__(f"The group has no day in {year}.", year=year)
