"""The rows of vouchers: nearly all of a large file, so they have a quick way in.

A row as programs write it is taken apart by one pattern. Whatever the pattern does not know
goes the slow way, field by field, with the same result or with the fault named.
"""

from __future__ import annotations

import re

from services.budget.domain.sie import values
from services.budget.domain.sie.lexing import Field, Objects, objects_of
from services.budget.domain.sie.records import Posting, Voucher
from services.budget.domain.sie.values import LONGEST_CALL, LONGEST_FIELD, Fields


def _field(longest: int) -> str:
    """Return the pattern of a text in quotes or bare; the slow way says when it is too long."""
    return rf'(?:"([^"\\]{{0,{longest}}})"|([^ \t\r"\\{{}}]{{1,{longest}}}))'


PATTERN = re.compile(
    r'[ \t]*#TRANS[ \t]+"?([1-9][0-9]{1,5})"?'
    r'[ \t]+\{([^{}"\\]*(?:"[^"\\]*"[^{}"\\]*)*)\}'
    r'[ \t]+"?(-?[0-9]{1,13})(?:\.([0-9]{1,2}))?"?'
    r'(?:[ \t]+(?:[0-9]{8}|"[0-9]{8}"|"")'
    rf"(?:[ \t]+{_field(LONGEST_FIELD)}"
    r'(?:[ \t]+(?:"[^"\\]*"|[^ \t\r"\\{}]+))*)?)?'
    r"[ \t\r]*"
)
"""Account, objects, kronor, decimals, text in quotes, bare text."""

VOUCHER = re.compile(
    rf"[ \t]*#VER[ \t]+{_field(LONGEST_CALL)}"
    rf"[ \t]+{_field(LONGEST_CALL)}"
    r'[ \t]+"?([0-9]{8})"?'
    rf"(?:[ \t]+{_field(LONGEST_FIELD)}"
    r'(?:[ \t]+(?:"[^"\\]*"|[^ \t\r"\\{}]+))*)?'
    r"[ \t\r]*"
)
"""Series, number and text, each in quotes or bare, and the date before the text."""

_REMEMBERED = 50_000


class ObjectLists:
    """What stands between braces, read once for each way of writing it."""

    def __init__(self) -> None:
        self._known: dict[str, Objects] = {"": ()}

    def get(self, text: str) -> Objects:
        """Return the objects.

        Raises:
            Faulty: they cannot be read.

        """
        found = self._known.get(text)
        if found is None:
            if len(self._known) >= _REMEMBERED:
                self._known = {"": ()}
            found = self._known[text] = objects_of(text)
        return found


def voucher(match: re.Match[str], line: int) -> Voucher:
    """Return the voucher that `VOUCHER` took apart.

    Raises:
        Faulty: there is no such day.

    """
    series, bare_series, number, bare_number, day, text, bare_text = match.groups()
    return Voucher(
        line,
        series or bare_series or "",
        number or bare_number or "",
        values.day(day, "date"),
        text or bare_text or "",
    )


def posting(fields: list[Field]) -> Posting:
    """Return a row of a voucher from its fields.

    Raises:
        Faulty: a field that is missing or cannot be read.

    """
    given = Fields(fields)
    account = given.account()
    objects = given.objects()
    amount = given.amount()
    given.day("transaction date")
    return Posting(account, objects, amount, given.text("text"))


def ore(whole: str, decimals: str | None) -> int:
    """Return the öre of an amount that the pattern took apart."""
    match decimals:
        case None:
            return int(whole) * 100
        case _ if len(decimals) == len("00"):
            return int(whole + decimals)
        case _:
            return int(whole + decimals + "0")
