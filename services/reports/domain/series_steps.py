"""What others publish, through the steps between two bases. Pure.

A value that is taken back is a retraction. One that replaces a value of the same edition of its
source corrects it. A first value, or one of another edition, is new; a first value about a
period that was over at the earlier basis is late.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from services.reports.domain.steps import PARTS, STEPS
from shared.clock import local_day
from shared.periods import NotAPeriod, Period

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

Document = dict[str, Any]

_NEW, _LATE, _CORRECTION, _RETRACTION = (
    PARTS.index(kind) + 1 for kind in ("newFacts", "lateFacts", "corrections", "retractions")
)


@dataclass(frozen=True, slots=True)
class Published:
    """One value of a series as it was recorded: of a label, in an edition; or taken back."""

    recorded_at: datetime
    retracted: bool
    row: Document


def series_at_steps(
    history: Mapping[tuple[str, str], Sequence[Published]], since: datetime
) -> list[dict[tuple[str, str], list[Document]]]:
    """Return the rows of each (series, period) at each step, as they were in force.

    Args:
        history: by label, and of one label in the order of recording, up to the later basis.
        since: the earlier basis.

    """
    return [
        {
            key: rows
            for key, published in history.items()
            if (rows := _in_force(published, key[1], since, step))
        }
        for step in STEPS
    ]


def _in_force(
    published: Sequence[Published], period: str, since: datetime, step: int
) -> list[Document]:
    by_label: dict[str, list[Published]] = {}
    for each in published:
        by_label.setdefault(each.row["label"], []).append(each)
    newest = [
        [each for each, taken in _taken_in(of_label, period, since) if taken <= step]
        for of_label in by_label.values()
    ]
    return [values[-1].row for values in newest if values and not values[-1].retracted]


def _taken_in(
    of_label: Sequence[Published], period: str, since: datetime
) -> list[tuple[Published, int]]:
    """Return each value of a label with the step that takes it in; 0 is the earlier basis."""
    return [
        (each, 0 if each.recorded_at <= since else _kind(before, each, period, local_day(since)))
        for before, each in pairwise([None, *of_label])
        if each is not None
    ]


def _kind(before: Published | None, each: Published, period: str, known_until: date) -> int:
    if each.retracted:
        return _RETRACTION
    if before is None or before.retracted:
        return _LATE if _is_over(period, known_until) else _NEW
    return _CORRECTION if before.row["vintage"] == each.row["vintage"] else _NEW


def _is_over(period: str, day: date) -> bool:
    """Tell whether a period is over on a day; one that others name their own way never is."""
    try:
        return Period.parse(period).last <= day
    except NotAPeriod:
        return False
