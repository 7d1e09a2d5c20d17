"""How large the invented city is, and what everything in it is spread over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

FIRST_DAY, LAST_DAY = date(2019, 1, 1), date(2024, 12, 31)
"""The days on which things happen."""

YEARS = tuple(range(FIRST_DAY.year, LAST_DAY.year + 1))
DAYS = (LAST_DAY - FIRST_DAY).days + 1

AREAS = ("jarva", *(f"omrade-{number}" for number in range(1, 10)))
"""Parts of the city, each with two job centres; the report is about the first."""

BATCHES = 20
PAST = 17
"""After so many of the batches the past basis is taken: what was not known then is a seventh."""


@dataclass(frozen=True, slots=True)
class Size:
    """How many of everything; the full size is a million participants.

    Args:
        participants: people with at least one enrolment.

    """

    participants: int

    @property
    def contacts(self) -> int:
        return self.participants * 10

    @property
    def postings(self) -> int:
        return self.participants * 10

    @property
    def tallies(self) -> int:
        return self.participants // 5

    @property
    def referrals(self) -> int:
        return self.participants // 10

    def parts(self, many: int, most: int) -> list[tuple[int, int, int]]:
        """Return (batch, first, last) that cut 1..many into `BATCHES` and those into ``most``."""
        cut = []
        for batch in range(BATCHES):
            first, after = many * batch // BATCHES + 1, many * (batch + 1) // BATCHES + 1
            cut += [
                (batch, start, min(start + most, after) - 1) for start in range(first, after, most)
            ]
        return cut


def person_id(number: str) -> str:
    """Return SQL of the id of a person, by their number: every service knows them by it."""
    return f"('0190b000-0000-7000-8000-' || lpad(to_hex({number}), 12, '0'))::uuid"


def chance(number: str, seed: int, of: int) -> str:
    """Return SQL of a whole number from 0 up to ``of``, scattered but the same every time."""
    return f"((hashint8extended({number}, {seed}) & 1073741823) % {of})::integer"


def one_of(values: tuple[str, ...], place: str) -> str:
    """Return SQL of the text at a place, the first being 0."""
    listed = ", ".join(f"'{value}'" for value in values)
    return f"(array[{listed}])[1 + {place}]"


def day_of(number: str, many: int) -> str:
    """Return SQL of the day of one of many that follow each other over all days."""
    return f"(date '{FIRST_DAY}' + ({number} * {DAYS} / {many + 1})::integer)"
