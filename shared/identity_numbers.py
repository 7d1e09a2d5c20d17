"""Finding identity numbers in free text, where none may stand.

Numbers themselves are participants' affair; every service must be able to refuse a reason, a
note or a key that carries one. Written forms of personnummer and samordningsnummer
(folkbokföringslagen 1991:481 18 §, lag 2022:1697 2 kap. 8 §): six or eight digits of a date, its
day raised by 60 in a samordningsnummer, then four more of which the last is a check digit.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date

_DASHES = "+\\-\u00ad\u2010-\u2015\u2212"
_FORM = re.compile(
    # A look-ahead, so that one candidate never hides the next.
    rf"(?<!\d)(?=((1[89]|20)?([\s{_DASHES}]?)(\d\d)([\s{_DASHES}./]?)(\d\d)([\s{_DASHES}./]?)(\d\d)"
    rf"[\s{_DASHES}]{{0,3}}(\d{{3}})\s?(\d))(?!\d|[-:./]\d))",
    re.ASCII,
)
_COMPACT = re.compile(rf"(?:\d{{6}}|\d{{8}})[{_DASHES}]?\d{{4}}", re.ASCII)
_COORDINATION_DAYS = 60
_LEAP_CENTURY = "20"


def holds_identity_number(text: str) -> bool:
    """Say whether text contains what reads as an identity number.

    For keys, which are kept and shown as they are: the form, a real day and the check digit
    together make a chance hit rare.
    """
    return any(checks for _, checks in _found(text))


def has_form_of_identity_number(text: str) -> bool:
    """Say whether text contains anything in the form of an identity number.

    For what people write: a number with a wrong digit says nearly as much as the right one, so
    the check digit matters only where blanks or more hyphens let two dates look like a number.
    """
    return any(checks or _COMPACT.fullmatch(written) for written, checks in _found(text))


def _found(text: str) -> Iterator[tuple[str, bool]]:
    """Yield each candidate with a real day, and whether its check digit agrees."""
    for match in _FORM.finditer(unicodedata.normalize("NFKC", text)):
        written, century, _, year, _, month, _, day, birth_number, check = match.groups()
        if _is_day(century or _LEAP_CENTURY, year, month, day) and birth_number != "000":
            yield written, _agrees(f"{year}{month}{day}{birth_number}{check}")


def _is_day(century: str, year: str, month: str, day: str) -> bool:
    of_month = int(day) - (_COORDINATION_DAYS if int(day) > _COORDINATION_DAYS else 0)
    try:
        date(int(century + year), int(month), of_month)
    except ValueError:
        return False
    return True


def _agrees(ten_digits: str) -> bool:
    """Weights 2, 1, 2, ... and the digits of each product added (the Luhn algorithm)."""
    products = (int(digit) * (2 - place % 2) for place, digit in enumerate(ten_digits))
    return sum(sum(divmod(product, 10)) for product in products) % 10 == 0
