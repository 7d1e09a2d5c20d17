"""The occasions of the year on which the committee says what the year will come to."""

from __future__ import annotations

from enum import StrEnum


class Occasion(StrEnum):
    """The two tertial reports (tertialrapport 1 och 2) and the annual report (bokslut)."""

    T1 = "T1"
    T2 = "T2"
    YEAR_END = "year_end"

    @property
    def part(self) -> int:
        """Last part of the ledger's year that the occasion knows: April, August, December."""
        return {Occasion.T1: 4, Occasion.T2: 8, Occasion.YEAR_END: 12}[self]

    @property
    def label(self) -> str:
        return {Occasion.T1: "T1", Occasion.T2: "T2", Occasion.YEAR_END: "bokslut"}[self]

    def period(self, year: int) -> int:
        return year * 100 + self.part
