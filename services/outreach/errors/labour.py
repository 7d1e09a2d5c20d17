"""Groups and employers."""

from __future__ import annotations

from shared.errors import Conflict, Invalid


class OrganisationNumberInvalid(Invalid):
    """Never says which number: a sole trader's is a personal identity number."""

    code, title = "organisation_number_invalid", "Not the organisation number of a legal person"


class StudentsAlreadyCounted(Conflict):
    """The existing count of this group and year is corrected instead."""

    code, title = "students_already_counted", "The year is already counted"


class GroupNotRunningThatYear(Invalid):
    code, title = "group_not_running_that_year", "The group did not run that year"

    def __init__(self, year: int) -> None:
        super().__init__(f"The group has no day in {year}.", year=year)
