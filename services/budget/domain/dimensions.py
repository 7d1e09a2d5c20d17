"""Dimensions of postings (kodsträngens fria delar) and their numbers.

Numbers are those of the SIE format, so that ledger files name the same things (SIE 4B, section 8:
1-19 are reserved, from 20 on they are free): 1 is the unit responsible, 6 the project. The
activity (verksamhet) of Kommun-Bas has no number there and takes 21; 20 is kept for the
counterpart, which is a code part of its own here and a dimension in the file.
"""

from __future__ import annotations

from enum import IntEnum

from services.budget.domain.vouchers import Entry


class Dimension(IntEnum):
    """Dimensions that every posting has a field for."""

    RESPONSIBILITY = 1
    PROJECT = 6
    ACTIVITY = 21


COUNTERPART = 20
"""The counterpart's number in ledger files; no dimension of its own here."""

NAMED_BY_THE_STANDARD = {
    2: "Kostnadsbärare",
    7: "Anställd",
    8: "Kund",
    9: "Leverantör",
    10: "Faktura",
}
"""Numbers below 20 that may be registered beside the built-in ones; the others are reserved."""

PARENT_BY_THE_STANDARD = {2: Dimension.RESPONSIBILITY}

FIRST_FREE = 20


def is_free(number: int) -> bool:
    """Say whether a dimension of this number may be registered."""
    if number < FIRST_FREE:
        return number in NAMED_BY_THE_STANDARD
    return number not in (COUNTERPART, Dimension.ACTIVITY)


def objects_of(entry: Entry) -> dict[int, str]:
    """Return every object that a posting names, those with a field of their own included."""
    own = {
        Dimension.RESPONSIBILITY: entry.responsibility,
        Dimension.PROJECT: entry.project,
        Dimension.ACTIVITY: entry.activity,
    }
    free = {int(number): code for number, code in entry.objects.items()}
    return {int(number): code for number, code in own.items() if code} | free
