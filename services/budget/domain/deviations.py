"""Deviations (avvikelser): what departs from the budget, and whether it has been explained.

The city's forms ask for it: a deviation from the budget or from decided totals is commented
with its cause and the action taken (forms of Tertialrapport 2, 2020).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

_WHOLE = 10_000


class SubjectKind(StrEnum):
    """What deviates."""

    SETTLEMENT_ROW = "settlement-row"
    PROJECT = "project"


class ComparedWith(StrEnum):
    """What the budget was set against: what the year is expected to come to, or has come to."""

    FORECAST = "forecast"
    OUTCOME = "outcome"


class CommentState(StrEnum):
    """Whether a deviation is explained: ``outdated`` when the explanation is of another size."""

    NOT_NEEDED = "not_needed"
    MISSING = "missing"
    OUTDATED = "outdated"
    WRITTEN = "written"


@dataclass(frozen=True, slots=True)
class Threshold:
    """From which size a deviation is commented, from a day on, as somebody decided.

    ``share`` is basis points of what was budgeted, ``amount`` öre. When both are stated a
    deviation has to pass both, as in "more than 5 per cent, at least 500 000 kronor".
    """

    share: int | None
    amount: int | None
    valid_from: date
    decided_by: str
    reference: str

    def limit(self, budget: int) -> int:
        """Return the largest deviation in öre that needs no comment.

        Rounding a share of öre down changes nothing: deviations are whole öre.
        """
        by_share = 0 if self.share is None else abs(budget) * self.share // _WHOLE
        return max(by_share, self.amount or 0)


@dataclass(frozen=True, slots=True)
class Comment:
    """The newest comment on a subject's deviation at the end of a period."""

    number: int
    cause: str
    action: str
    deviation: int
    compared_with: ComparedWith


@dataclass(frozen=True, slots=True)
class Deviation:
    """What one subject was budgeted or decided, what it is set against, and the comment on it.

    ``threshold`` is None while nobody has decided one: every deviation is then commented.
    ``source`` says in Swedish which forecast it is, if any.
    """

    kind: SubjectKind
    key: str
    label: str
    budget: int
    compared: int
    compared_with: ComparedWith
    source: str
    threshold: Threshold | None
    comment: Comment | None

    @property
    def amount(self) -> int:
        """Budget minus what it is set against, on signed numbers."""
        return self.budget - self.compared

    @property
    def limit(self) -> int:
        return self.threshold.limit(self.budget) if self.threshold else 0

    @property
    def passes_threshold(self) -> bool:
        return abs(self.amount) > self.limit

    @property
    def outdated(self) -> bool:
        """Whether the deviation has moved by more than the threshold since it was commented."""
        return self.comment is not None and abs(self.amount - self.comment.deviation) > self.limit

    @property
    def state(self) -> CommentState:
        if not self.passes_threshold:
            return CommentState.NOT_NEEDED
        if self.comment is None:
            return CommentState.MISSING
        return CommentState.OUTDATED if self.outdated else CommentState.WRITTEN
