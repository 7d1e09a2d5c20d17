"""What a reader knows at one basis, under every assumption that the numbers allow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.reports.domain.disclosure.audit import ANYTHING, Audit, Needs
from services.reports.domain.disclosure.columns import (
    MODELS,
    Columns,
    Grouped,
    Model,
)
from services.reports.domain.disclosure.inference import Program
from services.reports.domain.disclosure.regions import Shown
from services.reports.domain.disclosure.space import Space, TooWide, dimensions
from services.reports.domain.disclosure.states import known

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from services.reports.domain.disclosure.columns import Asked
    from services.reports.domain.disclosure.inference import Interval
    from services.reports.domain.disclosure.regions import Region
    from services.reports.domain.disclosure.states import Past


@dataclass(frozen=True)
class State:
    """What holds at a basis, or at several of which the same is known.

    Attributes:
        before: what is known of each region by what was told before.
        mine: the new cells that hold too and tell more, and what is known of them when all that
            is hoped for is told.
        truth: what regions counted; None where it is not known, or not the same at all.

    """

    before: Mapping[Region, Interval]
    mine: Mapping[Region, Interval]
    truth: Mapping[Region, int | None]

    @property
    def key(self) -> frozenset[tuple[Region, Interval, bool]]:
        """What is the same in states that can be looked at as one."""
        return frozenset(
            (region, interval, new)
            for held, new in ((self.before, False), (self.mine, True))
            for region, interval in held.items()
        )

    def joined(self, other: State) -> State:
        """Return this state as one with another of the same key."""
        truth: dict[Region, int | None] = dict.fromkeys((*self.truth, *other.truth))
        for region in self.truth.keys() & other.truth.keys():
            if self.truth[region] == other.truth[region]:
                truth[region] = self.truth[region]
        return State(self.before, self.mine, truth)


def states(past: Past, now: datetime, new: Mapping[Region, Shown]) -> list[State]:
    """Return the states of knowledge in which a release's cells tell something.

    Args:
        past: what the cells of the family counted, and what was told of them before.
        now: the basis of the release.
        new: its cells, and what is hoped to be told of each.

    Raises:
        NotKnown: what a cell counted is not known.

    """
    found: dict[frozenset[tuple[Region, Interval, bool]], State] = {}
    for at in sorted({*past.bases, now}):
        truth = {region: values[at] for region, values in past.truth.items() if at in values}
        before = past.holding(at)
        mine = {
            region: told
            for region, shown in new.items()
            if shown is not Shown.UNTOLD and past.holds(region, now, at)
            if not _within(before.get(region, ANYTHING), told := known(truth[region], shown))
        }
        if mine:
            state = State(before, mine, truth)
            found[state.key] = state.joined(found[state.key]) if state.key in found else state
    return list(found.values())


class Knowledge:
    """A state of knowledge, and what is told of the new cells of a release in it.

    Args:
        state: what holds.
        new: the cells of the release, and what is told of each.
        needs: what a reader must be left with.

    Raises:
        TooWide: the cells cut each other into more parts than can be reckoned with.

    """

    def __init__(self, state: State, new: Mapping[Region, Shown], needs: Needs) -> None:
        self._truth = state.truth
        self._regions = [*state.before, *state.mine]
        self._known: list[Interval] = [*state.before.values(), *state.mine.values()]
        self._row = {each: number for number, each in enumerate(state.mine, len(state.before))}
        self._open = set(state.mine)
        self._needs = needs
        self._places: list[dict[Region, int]] = []
        """For each audit, the number of each region that is named."""
        self._audits = list(self._made())
        for region in state.mine:
            self._mark(region, new[region])

    def narrowed(self) -> Iterator[list[Region]]:
        """Yield the new cells that narrow something small, while less and less is told of them."""
        for audit in self._audits:
            for number, holding in audit.narrowed():
                rows = set(holding)
                found = [each for each in self._open if self._row[each] in rows]
                if found:
                    yield found
                elif not self._given_up(audit, number):
                    yield sorted(self._open)

    def tell(self, region: Region, shown: Shown, of: Interval) -> None:
        """Change what is told of a new cell, if it holds here."""
        row = self._row.get(region)
        if row is None:
            return
        for audit in self._audits:
            audit.tell(row, of)
        self._known[row] = of
        (self._open.discard if shown is Shown.UNTOLD else self._open.add)(region)
        self._mark(region, shown)

    def size(self, region: Region) -> int:
        """Return how much a region covers, to compare with others."""
        return int(self._space.atoms([region]).sum())

    def _mark(self, region: Region, shown: Shown) -> None:
        for audit, place in zip(self._audits, self._places, strict=True):
            audit.mark(place[region], rounded=shown is Shown.ROUNDED)

    def _given_up(self, audit: Audit, number: int) -> bool:
        """Let a region be that is narrowed by what was told before, whatever is told now."""
        rows = [self._row[each] for each in self._open]
        for row in rows:
            audit.tell(row, ANYTHING)
        without = audit.interval(number)
        for row in rows:
            audit.tell(row, self._known[row])
        if rows and self._needs.left(without, audit.values[number]):
            return False
        audit.give_up(number, without)
        return True

    def _made(self) -> Iterator[Audit]:
        """Return an audit for each set of assumptions: the strongest that holds, and weaker ones.

        A weaker one may leave in doubt whether a region is small where a stronger one does not.
        """
        regions = [*dict.fromkeys((*self._regions, *self._truth))]
        self._space = Space(regions)
        strongest = True
        for model in MODELS[regions[0].family.distinct]:
            if not strongest and model is not Model.ONE_SEX:
                continue
            held = self._held(self._space, model)
            if held is None:
                continue
            strongest = False
            yield self._audit(held, regions)
            closed = self._closed(regions, model)
            if closed is not None:
                yield self._audit(closed, regions)
        if strongest:
            raise TooWide

    def _closed(self, regions: list[Region], model: Model) -> Grouped | None:
        """Return the unknowns when dimensions are taken to have no values but those named.

        Who knows that there are only women and men needs one of them and the sum. As many as the
        numbers allow: if they allow that of all at once, they do of each.
        """
        names = dimensions(regions)
        found = self._held(Space(regions, frozenset(names)), model) if names else None
        if found is not None:
            return found
        closed: frozenset[str] = frozenset()
        for name in names:
            held = self._held(Space(regions, closed | {name}), model)
            if held is not None:
                closed |= {name}
                found = held
        return found

    def _held(self, space: Space, model: Model) -> Grouped | None:
        """Return the unknowns of an assumption, if the numbers allow it and it can be reckoned."""
        try:
            found = Grouped.of(Columns(space, model), self._regions)
        except TooWide:
            return None
        return found if Program(found.told, self._known).feasible() else None

    def _audit(self, grouped: Grouped, regions: list[Region]) -> Audit:
        self._places.append({region: number for number, region in enumerate(regions)})
        asked = _asked(grouped, regions)
        values = [self._truth.get(region) for region in regions]
        values += [None] * (len(asked.inner) - len(values))
        return Audit(grouped.told, asked, tuple(self._known), values, self._needs)


def _asked(grouped: Grouped, named: Sequence[Region]) -> Asked:
    """Return regions, and all questions of as many dimensions as can be looked at.

    Raises:
        TooWide: those of one dimension at a time are too many.

    """
    for at_once in range(len(grouped.columns.space.names), -1, -1):
        try:
            return grouped.asked(named, at_once)
        except TooWide:
            if not at_once:
                raise
    raise AssertionError


def _within(inner: Interval, outer: Interval) -> bool:
    return inner[0] >= outer[0] and inner[1] <= outer[1]
