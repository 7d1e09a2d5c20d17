"""Personnummer and samordningsnummer: every written form, resolved to twelve digits.

Folkbokföringslagen (1991:481) 18 § and lag (2022:1697) 2 kap. 8 §: six digits of birth date
(day + 60 in a samordningsnummer), three of birth number, one check digit. The hyphen becomes a
plus sign in the calendar year a person turns one hundred.

Numbers that look alike and are none, each refused with a fault of its own: interim numbers (a
letter for the first of the last four; given by authorities and schools, no national standard)
and the reserve numbers of care (regional: Stockholm's begin with 99).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

from services.participants.domain.codes import Sex

_FORM = re.compile(r"(\d{2})?(\d{2})(\d{2})(\d{2})([-+]?)(\d{3})(\d)", re.ASCII)
_INTERIM = re.compile(r"(?:\d{2})?\d{6}[-+]?[JKLMNPRSTUWX]\d{3}", re.ASCII | re.IGNORECASE)
_RESERVE = re.compile(r"99\d{6}[-+]?\d{4}", re.ASCII)
_COORDINATION_DAYS = 60
_CENTENARIAN = 100

IdentityFault: TypeAlias = Literal[
    "malformed", "interim", "reserve", "no_such_day", "wrong_check_digit", "not_yet_born"
]

FAULTS: dict[IdentityFault, str] = {
    "malformed": "not ten or twelve digits with at most one hyphen or plus sign among them",
    "interim": "an interim number, which no population register has given",
    "reserve": "a reserve number of care, which holds in one region only",
    "no_such_day": "the date in the number is not a day in the calendar",
    "wrong_check_digit": "the check digit does not match",
    "not_yet_born": "the date in the number lies after the reference date",
}


class NotAnIdentityNumber(ValueError):
    """The text is no identity number; ``fault`` says why, the text itself is never repeated."""

    def __init__(self, fault: IdentityFault) -> None:
        super().__init__(FAULTS[fault])
        self.fault: IdentityFault = fault


@dataclass(frozen=True, slots=True)
class IdentityNumber:
    """A number judged right.

    Attributes:
        digits: twelve digits ``YYYYMMDDNNNC``, the day raised by 60 in a samordningsnummer.
        date_in_number: usually, but by law not always, the birth date (18 §: when the numbers
            of a day run out a nearby day is used).

    """

    digits: str
    date_in_number: date
    coordination: bool

    def written(self, *, century: bool, reference: date) -> str:
        """Return the number with its separator as it reads in the reference year.

        Ten digits reach two hundred years back; ``century`` gives twelve.
        """
        old = reference.year - self.date_in_number.year >= _CENTENARIAN
        digits = self.digits if century else self.digits[2:]
        return f"{digits[:-4]}{'+' if old else '-'}{digits[-4:]}"

    @property
    def sex(self) -> Sex:
        """Legal sex as the number states it: an odd birth number for a man, even for a woman."""
        return Sex.MEN if int(self.digits[10]) % 2 else Sex.WOMEN


def parse_identity_number(text: str, *, reference: date) -> IdentityNumber:
    """Return the number written in ``text`` as it reads on the reference date.

    Without century, a hyphen means the person turns at most 99 in the reference year, a plus
    sign at least 100; with neither, it is the latest such birth date not after the reference.

    Raises:
        NotAnIdentityNumber: with the first fault found.

    """
    if _INTERIM.fullmatch(text):
        raise NotAnIdentityNumber("interim")
    if _RESERVE.fullmatch(text):
        raise NotAnIdentityNumber("reserve")
    match = _FORM.fullmatch(text)
    if match is None or match[6] == "000":
        raise NotAnIdentityNumber("malformed")
    century, year, month, day, separator, birth_number, check = match.groups()
    if _luhn(f"{year}{month}{day}{birth_number}") != int(check):
        raise NotAnIdentityNumber("wrong_check_digit")
    coordination = int(day) > _COORDINATION_DAYS
    day_of_month = int(day) - _COORDINATION_DAYS if coordination else int(day)
    if century:
        born = _day(int(century + year), int(month), day_of_month)
    else:
        born = _resolved(int(year), int(month), day_of_month, separator, reference)
    if born > reference:
        raise NotAnIdentityNumber("not_yet_born")
    if separator == "+" and reference.year - born.year < _CENTENARIAN:
        raise NotAnIdentityNumber("malformed")
    return IdentityNumber(f"{born.year:04}{month}{day}{birth_number}{check}", born, coordination)


def is_coordination_number(digits: str) -> bool:
    """Say whether twelve digits are a samordningsnummer: the day is raised by 60."""
    return int(digits[6:8]) > _COORDINATION_DAYS


def _luhn(nine_digits: str) -> int:
    """Return the check digit: weights 2, 1, 2, ... and the digits of each product added."""
    total = sum(
        (product := int(digit) * (2 - place % 2)) // 10 + product % 10
        for place, digit in enumerate(nine_digits)
    )
    return -total % 10


def _resolved(year: int, month: int, day: int, separator: str, reference: date) -> date:
    """Return the date of a two-digit year; 29 February may exist in one century only."""
    latest = reference.year - (_CENTENARIAN if separator == "+" else 0)
    candidate = latest - (latest - year) % 100
    if separator or (_exists(candidate, month, day) and date(candidate, month, day) <= reference):
        return _day(candidate, month, day)
    return _day(candidate - 100, month, day)


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _day(year: int, month: int, day: int) -> date:
    if not _exists(year, month, day):
        raise NotAnIdentityNumber("no_such_day")
    return date(year, month, day)
