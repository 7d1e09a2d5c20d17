"""What a reader knows at one basis: that basis's cells, and those of others that hold there.

Facts grow and are corrected, so a number that was released at another basis may or may not hold
at this one. A reader who guesses right which of them do can difference over bases; so each basis
is looked at with every cell of the others that it does not contradict, the nearest in time first.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from services.reports.domain.disclosure.regions import Record, Region, Shown
from services.reports.domain.disclosure.system import (
    Columns,
    Program,
    TooWide,
    additive,
    dimensions,
    grid,
    overlapping,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

MOST_TOLD_FIRST = (Shown.EXACT, Shown.ROUNDED, Shown.WITHHELD, Shown.UNTOLD)
_MAX_TRIED = 40
"""How many doubtful cells are tried one by one; the rest of them are taken as outdated."""


@dataclass
class State:
    """The cells that hold at a basis, by number, and the columns that they are sums of."""

    regions: list[Region]
    values: list[int]
    shown: list[Shown]
    columns: Columns
    unasked: tuple[int, ...]
    """Numbers, after those of the cells, of regions nobody has asked for and someone may."""

    of: list[frozenset[int]] = field(init=False)

    def __post_init__(self) -> None:
        numbers = range(len(self.regions) + len(self.unasked))
        self.of = [self.columns.of(number) for number in numbers]


def state_at(basis: datetime, records: Iterable[Record]) -> State:
    """Return what may be known at a basis, of one family's records.

    Raises:
        TooWide: the cells cut each other into too many parts.

    """
    by_region: dict[Region, list[Record]] = {}
    for record in records:
        by_region.setdefault(record.region, []).append(record)
    nearest = {region: _nearest(basis, held) for region, held in by_region.items()}
    own = [region for region, record in nearest.items() if record.basis == basis]
    others = sorted(
        (region for region in nearest if nearest[region].basis != basis),
        key=lambda region: (abs(nearest[region].basis - basis), region),
    )
    values = {region: record.value for region, record in nearest.items()}
    kept, model = _consistent(own, others, values)
    columns, unasked = _with_unasked(model, kept, _closed(model, kept, values))
    return State(
        regions=kept,
        values=[nearest[region].value for region in kept],
        shown=[_told(nearest[region], by_region[region]) for region in kept],
        columns=columns,
        unasked=tuple(range(len(kept), len(kept) + unasked)),
    )


def _closed(model: str, kept: list[Region], values: dict[Region, int]) -> frozenset[str]:
    """Return the dimensions that a reader may take to have no values but those that are named.

    Who knows that there are only women and men needs one of them and the sum; whether more was
    possible is not ours to bet on, so it is assumed wherever the numbers allow it.
    """
    closed: frozenset[str] = frozenset()
    for name in dimensions(kept):
        if _feasible(_columns(model, kept, closed | {name}), kept, values):
            closed |= {name}
    return closed


def _with_unasked(model: str, kept: list[Region], closed: frozenset[str]) -> tuple[Columns, int]:
    """Return the columns that also tell apart what may be asked for next, if they can."""
    held = set(kept)
    unasked = [region for region in grid(kept) if region not in held]
    try:
        return _columns(model, [*kept, *unasked], closed), len(unasked)
    except TooWide:
        if model == "additive":
            raise
        return _columns(model, kept, closed), 0


def _nearest(basis: datetime, records: Sequence[Record]) -> Record:
    """Return the record of the basis, or the newest before it, or the oldest after it."""
    before = [record for record in records if record.basis <= basis]
    if before:
        return max(before, key=lambda record: record.basis)
    return min(records, key=lambda record: record.basis)


def _told(record: Record, records: Sequence[Record]) -> Shown:
    """Return what was told of a value: told exactly once is told for ever."""
    told = {each.shown for each in records if each.value == record.value}
    return next(each for each in MOST_TOLD_FIRST if each in told)


def _consistent(
    own: list[Region], others: list[Region], values: dict[Region, int]
) -> tuple[list[Region], str]:
    """Return the cells that can all be true at once, and how their facts add up.

    Persons who are each in one cell only make the reader strongest; that is assumed whenever
    the numbers allow it.
    """
    everything = [*own, *others]
    for model in _models(own or others):
        if _feasible(_columns(model, everything), everything, values):
            return everything, model
    model = next(
        (m for m in _models(own or others) if _feasible(_columns(m, own), own, values)),
        _models(own or others)[-1],
    )
    kept = list(own)
    for tried, region in enumerate(others):
        if tried == _MAX_TRIED:
            break
        if _feasible(_columns(model, [*kept, region]), [*kept, region], values):
            kept.append(region)
    return kept, model


def _models(regions: list[Region]) -> tuple[str, ...]:
    return ("additive", "personal", "free") if regions[0].family.distinct else ("additive",)


def _columns(
    model: str, regions: Sequence[Region], closed: frozenset[str] = frozenset()
) -> Columns:
    if model == "additive":
        return additive(regions, closed)
    return overlapping(regions, closed, personal=model == "personal")


def _feasible(columns: Columns, regions: list[Region], values: dict[Region, int]) -> bool:
    if not regions:
        return True
    return Program(columns, [(values[each], values[each]) for each in regions]).feasible()
