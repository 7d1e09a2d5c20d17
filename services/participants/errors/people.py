"""What is refused about people and where they have lived."""

from __future__ import annotations

from shared.errors import Conflict, Invalid, NotFound


class PersonNotFound(NotFound):
    """Also the answer when the caller's units may not see the person."""

    code, title = "person_not_found", "There is no such person among the caller's units"


class IdentityNumberRefused(Invalid):
    """The parameter's code says which fault: malformed, no_such_day, wrong_check_digit, ..."""

    code, title = "identity_number_refused", "The identity number is not one"


class BornAfterToday(Invalid):
    code, title = "born_after_today", "The birth date lies in the future"


class UnitNeeded(Invalid):
    code, title = "unit_needed", "A token for some units must name the one it acts for"


class ResidenceOfProtected(Conflict):
    code = "residence_of_protected_identity"
    title = "No district is kept for a person with protected identity"


class PersonExists(Conflict):
    """Extension ``personId``: whoever holds the number and may write goes on with that one.

    Left out for a protected identity that the caller may not see.
    """

    code, title = "person_exists", "A person with this identity number is already registered"
