"""Rates of follow-ups: never without their base, their response, and what the unknown could be."""

from __future__ import annotations

from dataclasses import dataclass

from shared.ratios import Ratio


@dataclass(frozen=True, slots=True)
class Share:
    """A share of those who answered, and of all: if nobody else, or everybody else, did the same.

    The truth about everybody in the base lies between ``lowest`` and ``highest``.
    """

    answered: Ratio
    lowest: Ratio
    highest: Ratio


@dataclass(frozen=True, slots=True)
class Tally:
    """How many follow-ups there are, and what came of them.

    Attributes:
        base: all that have fallen due.
        unreached: answered with unknown: the person could not be reached.

    """

    base: int
    work: int = 0
    studies: int = 0
    neither: int = 0
    unreached: int = 0

    @property
    def answered(self) -> int:
        """Those of which it is known what the person does."""
        return self.work + self.studies + self.neither

    @property
    def unanswered(self) -> int:
        return self.base - self.answered - self.unreached

    @property
    def response(self) -> Ratio:
        return Ratio(self.answered, self.base)

    def share(self, successes: int) -> Share:
        """Return the share that so many known successes are."""
        unknown = self.base - self.answered
        return Share(
            Ratio(successes, self.answered),
            Ratio(successes, self.base),
            Ratio(successes + unknown, self.base),
        )
