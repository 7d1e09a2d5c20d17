"""What is proven of many regions at once is what follows for each of them, as long as it does."""

from __future__ import annotations

import numpy as np

from services.reports.domain.disclosure.audit import Audit, Needs
from services.reports.domain.disclosure.columns import Asked

ALL = [[True, True, True], [True, False, False], [False, True, False], [False, False, True]]
"""The sum of three groups of people, and each of them."""

EVERYBODY, FIRST, SECOND, THIRD = range(4)


def audit(*known: tuple[float, float]) -> Audit:
    rows = np.array(ALL)
    return Audit(rows, Asked(rows, rows), known, [None] * len(known), Needs(5, bands=False))


def narrowed(found: Audit) -> set[int]:
    """Return the regions that are narrowed, each let be once it is found."""
    seen = set()
    for number, _ in found.narrowed():
        seen.add(number)
        found.give_up(number, (0, 0))
    return seen


def test_regions_that_hold_nothing_are_no_small_counts() -> None:
    found = audit((70, 70), (70, 70), (0, np.inf), (0, np.inf))
    assert narrowed(found) == set()


def test_what_holds_nothing_may_hold_something_when_less_is_told() -> None:
    found = audit((70, 70), (70, 70), (0, np.inf), (0, np.inf))
    assert narrowed(found) == set()
    found.tell(FIRST, (68, 70))
    assert narrowed(found) == {SECOND, THIRD}, "each may hold one or two and no more"


def test_every_region_that_is_narrowed_is_found_however_many_there_are() -> None:
    pairs = 12
    sums = np.repeat(np.eye(pairs, dtype=bool), 2, axis=1)
    first, second = np.zeros((2, pairs, 2 * pairs), dtype=bool)
    first[:, ::2] = second[:, 1::2] = np.eye(pairs, dtype=bool)
    told = np.vstack([sums, first])
    asked = np.vstack([told, second])
    known = [(70, 70)] * pairs + [(68, 70)] * pairs
    found = Audit(told, Asked(asked, asked), known, [None] * len(asked), Needs(5, bands=False))
    assert narrowed(found) == {*range(2 * pairs, 3 * pairs)}, "each of the second, and no other"
