"""Rules of numbers: places, and organisation numbers.

Those are of legal persons only, because a sole trader's is a personal number.
"""

from __future__ import annotations

import re
from typing import Any

from services.outreach.errors import MorePlacesTaken, OrganisationNumberInvalid

_ORGANISATION = re.compile(r"(\d{6})-?(\d{4})", re.ASCII)
_LEGAL_PERSON = 2
"""Lowest third digit of a legal person's number (lag 1974:174 om identitetsbeteckning)."""


def organisation_number(text: str) -> str:
    """Return the ten digits of a legal person's organisation number.

    A sole trader's number is the trader's personal number, which outreach must not hold.

    Raises:
        OrganisationNumberInvalid: form or check digit is wrong, or the number could be a
            natural person's. The refused value is not repeated in the error.

    """
    match = _ORGANISATION.fullmatch(text)
    if match is None:
        raise OrganisationNumberInvalid("ten digits, with or without a hyphen")
    digits = match.group(1) + match.group(2)
    if int(digits[2]) < _LEGAL_PERSON:
        raise OrganisationNumberInvalid("a sole trader's number is a personal number")
    if not _checks(digits):
        raise OrganisationNumberInvalid("the check digit does not agree")
    return digits


def legal_person(values: dict[str, Any]) -> dict[str, Any]:
    """Return the values of a record with its organisation number, if it has one, as digits.

    Raises:
        OrganisationNumberInvalid: as `organisation_number`.

    """
    number = values.get("organisation_number")
    if number is None:
        return values
    return {**values, "organisation_number": organisation_number(number)}


def require_places(offered: int, taken: int) -> None:
    """Check that no more places are taken than there are.

    Raises:
        MorePlacesTaken: with both numbers.

    """
    if taken > offered:
        raise MorePlacesTaken(offered, taken)


def _checks(digits: str) -> bool:
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(digits))
    return sum(sum(divmod(value, 10)) for value in doubled) % 10 == 0
