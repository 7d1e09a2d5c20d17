"""Shares of a whole, exact until they are shown."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

_PLACES = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Ratio:
    """A part of a whole, exactly."""

    part: int
    whole: int

    @property
    def decimal(self) -> str | None:
        """Four decimals, half a unit rounded up; None of nothing."""
        if self.whole == 0:
            return None
        return str((Decimal(self.part) / self.whole).quantize(_PLACES, ROUND_HALF_UP))
