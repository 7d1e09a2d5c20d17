"""Values by district on one division of the city, never on two at once. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeAlias, TypeVar

Value: TypeAlias = int | float | str | None
T = TypeVar("T", bound=Value)


class MixedDivisions(Exception):
    """A series has a district and one that it was made of: it would be counted twice."""


@dataclass(frozen=True)
class Division:
    """The area map as far as values need it.

    Attributes:
        names: of every district there is or was, by code.
        merged_into: by the code of a district that is no more, the one it lies in.

    """

    names: Mapping[str, str] = field(default_factory=dict)
    merged_into: Mapping[str, str] = field(default_factory=dict)

    def today(self, code: str) -> str:
        """Return the district of today that a district lies in; one that is not known is itself."""
        while code in self.merged_into:
            code = self.merged_into[code]
        return code

    def is_mixed(self, codes: Iterable[str]) -> bool:
        """Tell whether a district is there together with one that it was made of."""
        present = set(codes)
        return any(self._above(code) & present for code in present)

    def on_today(self, values: Mapping[str, Value]) -> dict[str, Value]:
        """Return counts by district of today; where a part of one is missing so is the whole.

        Raises:
            MixedDivisions: the values are on two divisions at once.

        """
        if self.is_mixed(values):
            raise MixedDivisions
        folded: dict[str, Value] = {}
        for code in dict.fromkeys(map(self.today, values)):
            parts = [each for each in values if self.today(each) == code]
            whole = code in values or set(parts) == self._made_of(code)
            folded[code] = _sum([values[each] for each in parts]) if whole else None
        return folded

    def _above(self, code: str) -> set[str]:
        found = set()
        while code in self.merged_into:
            code = self.merged_into[code]
            found.add(code)
        return found

    def _made_of(self, code: str) -> set[str]:
        """Return the districts that were never made of others and lie in this one."""
        parts = [each for each, into in self.merged_into.items() if into == code]
        return set().union(*map(self._made_of, parts)) if parts else {code}


def _sum(values: list[Value]) -> Value:
    if len(values) == 1:
        return values[0]
    total = Fraction(0)
    for value in values:
        if value is None:
            return None
        total += Fraction(value)
    return int(total) if total.denominator == 1 else float(total)
