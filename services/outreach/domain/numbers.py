"""Organisation numbers: of legal persons only, because a sole trader's is a personal number."""

from __future__ import annotations

import re

from services.outreach.errors import OrganisationNumberInvalid

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


def _checks(digits: str) -> bool:
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(digits))
    return sum(sum(divmod(value, 10)) for value in doubled) % 10 == 0
