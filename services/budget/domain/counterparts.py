"""Counterparts (motpart): whom a posting concerns, and the column it is printed in."""

from __future__ import annotations

from enum import StrEnum


class CounterpartClass(StrEnum):
    """The classes of the city's forms, read from the first digit of the counterpart code.

    Source: the counterpart code part of Kommun-Bas (1-4 units of the municipality, 5-7 companies
    it owns, 8-9 everybody else). A code beginning with 0 says that the sender did not divide the
    amount, which is not the same as zero in each class.
    """

    EXTERNAL = "external"
    MUNICIPAL_COMPANY = "municipal_company"
    INTERNAL = "internal"
    UNDIVIDED = "undivided"


WHOLE_CLASS = {
    CounterpartClass.UNDIVIDED: "0",
    CounterpartClass.INTERNAL: "1",
    CounterpartClass.MUNICIPAL_COMPANY: "5",
    CounterpartClass.EXTERNAL: "8",
}
"""One-digit codes: a whole class, for sources that give no counterpart below it."""

WHOLE_CLASS_NAMES = {
    CounterpartClass.UNDIVIDED: "Ej uppdelad på motpart",
    CounterpartClass.INTERNAL: "Internt, ej uppdelat",
    CounterpartClass.MUNICIPAL_COMPANY: "Stadens bolag, ej uppdelat",
    CounterpartClass.EXTERNAL: "Externt, ej uppdelat",
}


def class_of(code: str) -> CounterpartClass:
    """Return the class of a counterpart code.

    Raises:
        ValueError: the code does not begin with a digit.

    """
    match code[:1]:
        case "0":
            return CounterpartClass.UNDIVIDED
        case "1" | "2" | "3" | "4":
            return CounterpartClass.INTERNAL
        case "5" | "6" | "7":
            return CounterpartClass.MUNICIPAL_COMPANY
        case "8" | "9":
            return CounterpartClass.EXTERNAL
        case _:
            raise ValueError("a counterpart code begins with a digit")
