"""What an answer to a follow-up must say, and when it may be given."""

from __future__ import annotations

from datetime import date, timedelta

from services.participants.domain.codes import (
    EmploymentStatus,
    EntryStatus,
    FollowUpKind,
    FollowUpResult,
)

ANSWER_WINDOW = timedelta(weeks=4)
"""How long after the day it is due an answer still speaks of that day.

Our own rule, after the four weeks in which results of ESF+ upon leaving are recorded; a later
answer is taken, counts in rates, and is marked as late.
"""

IN_WORK = frozenset({EmploymentStatus.EMPLOYED, EmploymentStatus.SELF_EMPLOYED})

_STATUSES: dict[FollowUpResult, frozenset[EmploymentStatus]] = {
    FollowUpResult.WORK: IN_WORK,
    FollowUpResult.STUDIES: frozenset(EmploymentStatus),
    FollowUpResult.NEITHER: frozenset({EmploymentStatus.UNEMPLOYED, EmploymentStatus.INACTIVE}),
    FollowUpResult.UNKNOWN: frozenset({EmploymentStatus.UNKNOWN}),
}


def in_window(due_on: date, answered_on: date) -> bool:
    return due_on <= answered_on <= due_on + ANSWER_WINDOW


def asks_status(kind: str) -> bool:
    """Say whether the position on the labour market is asked: for the indicators of ESF+."""
    return kind == FollowUpKind.ESF


def asks_improvement(
    kind: str, status_at_first_entry: str | None, status: EmploymentStatus | None
) -> bool:
    """Say whether it is asked how work has improved: of who had work at entry and has it (EECR06).

    The entry is the first to the project: what ESF+ counts somebody by does not change when they
    come back.
    """
    return asks_status(kind) and status_at_first_entry == EntryStatus.EMPLOYED and status in IN_WORK


def agree(result: FollowUpResult, status: EmploymentStatus) -> bool:
    """Say whether a result and a position on the labour market can both be true."""
    return status in _STATUSES[result]
