"""What is refused about people and where they have lived."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.errors import Conflict, Invalid, NotFound

if TYPE_CHECKING:
    from services.participants.errors.meanings import Meanings


class PersonNotFound(NotFound):
    """Also the answer when the caller's units may not see the person."""

    code, title = "person_not_found", "There is no such person among the caller's units"


class IdentityNumberRefused(Invalid):
    """The parameter's code says which fault: malformed, no_such_day, wrong_check_digit, ..."""

    code, title = "identity_number_refused", "The identity number is not one"


class BornAfterToday(Invalid):
    code, title = "born_after_today", "The birth date lies in the future"


class ArrivedAfterToday(Invalid):
    code, title = "arrived_after_today", "The day of arrival lies in the future"


class NotACoordinationNumber(Invalid):
    """How sure an identity is, and renewals, are said of samordningsnummer only."""

    code, title = "not_a_coordination_number", "The person's number is not a coordination number"


class PostalAddressOfProtected(Conflict):
    """Skyddad folkbokföring: only the tax agency's forwarding address is kept."""

    code = "postal_address_of_protected_registration"
    title = "No address but a forwarding one is kept for a person with protected registration"


class ForwardingAddressNotNeeded(Conflict):
    code = "forwarding_address_not_needed"
    title = "A forwarding address is kept for a person with protected registration only"


class NumberInUse(Conflict):
    """Extension ``personId``: if the two are one person, their records can be merged.

    Left out for a protected identity that the caller may not see.
    """

    code, title = "number_in_use", "The number is another record's; merge them if it is one person"


class NumberUnchanged(Conflict):
    code, title = "number_unchanged", "The person has this number already"


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


class PersonMerged(Conflict):
    """Extension ``mergedInto``: the record that stands for the person and can be changed."""

    code, title = "person_merged", "The record was merged into another one of the same person"


class PersonMergeNotFound(NotFound):
    """Also the answer when the caller's units may not see the person."""

    code, title = "person_merge_not_found", "There is no such merge among the caller's units"


class MergeWithItself(Invalid):
    code, title = "merge_with_itself", "A record cannot be merged into itself"


class MergeRefused(Conflict):
    """Extension ``reasons``: each with a code, and the ids and the programme it is about.

    ``already_merged``: one of the records is merged into another (``mergedInto``);
    ``enrolments_overlap``: two enrolments in one programme, which one person cannot have.
    """

    code, title = "merge_refused", "The two records cannot be one person's as they stand"


class MergeReversed(Conflict):
    code, title = "merge_reversed", "The merge has been taken back already"


CONSTRAINTS: Meanings = {
    "person_postal_address_check": PostalAddressOfProtected,
    "person_forwarding_address_check": ForwardingAddressNotNeeded,
    "person_number_alias_identity_number_hash_key": NumberInUse,
    "person_merge_two_people_check": MergeWithItself,
    "person_merge_absorbed_key": PersonMerged,
}
