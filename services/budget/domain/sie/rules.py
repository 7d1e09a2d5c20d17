"""What a SIE file of each type must hold, and must not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum

from services.budget.domain.sie.faults import Fault
from services.budget.domain.sie.records import STATED_LABELS

ALWAYS = ("#FLAGGA", "#PROGRAM", "#FORMAT", "#GEN", "#FNAMN")
OF_LEDGERS = ("#RAR", "#KONTO")
OBJECT_BALANCES = ("#OIB", "#OUB")
_DIMENSIONS = ("#DIM", "#UNDERDIM", *OBJECT_BALANCES)


class Variety(StrEnum):
    """The types, with the two that share a number told apart."""

    YEAR = "1"
    PERIODS = "2"
    OBJECTS = "3"
    LEDGER = "4E"
    VOUCHERS = "4I"

    @property
    def holds_vouchers(self) -> bool:
        return self in {Variety.LEDGER, Variety.VOUCHERS}

    @property
    def holds_balances(self) -> bool:
        return self is not Variety.VOUCHERS


_FORBIDDEN = {
    Variety.YEAR: (*_DIMENSIONS, "#OMFATTN", "#PSALDO", "#PBUDGET", "#VER"),
    Variety.PERIODS: (*_DIMENSIONS, "#VER"),
    Variety.OBJECTS: ("#VER",),
    Variety.LEDGER: (),
    Variety.VOUCHERS: (),
}


def variety_of(stated_type: str, labels: Mapping[str, int]) -> Variety:
    """Return what kind of file the labels make; ``#SIETYP`` left out means type 1."""
    if stated_type == "4":
        return (
            Variety.LEDGER if any(label in labels for label in STATED_LABELS) else Variety.VOUCHERS
        )
    return Variety(stated_type or "1")


def broken_rules(variety: Variety, labels: Mapping[str, int]) -> Iterator[Fault]:
    """Return what is missing and what does not belong.

    Args:
        variety: see `variety_of`.
        labels: every label of the file with the line of its first record.

    """
    needed = (*ALWAYS, *OF_LEDGERS) if variety.holds_balances else ALWAYS
    for label in needed:
        if label not in labels:
            detail = f"A file of type {variety} has a {label}."
            yield Fault(1, label, "", "missing_record", detail)
    for label in _FORBIDDEN[variety]:
        if label in labels:
            detail = f"A file of type {variety} has no {label}."
            yield Fault(labels[label], label, "", "record_not_of_type", detail)
