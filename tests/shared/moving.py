"""Random deeds on stays, each with its cause, and why figures moved as a person would tell it.

The model keeps what every deed added and took away, computed from the records alone, and tells
a figure after each kind of deed by counting facts in Python.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID, uuid4

from hypothesis import strategies as st

from shared.clock import today
from shared.db import driver
from shared.figures import FigureDefinition, Figures, Query
from shared.journal import Cause
from tests.moves import Booked, Cell, Move, Steps
from tests.shared.counting import FIGURES, Stay, change, create, now, snapshot

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.db import Database

SEXES, PLACES = ("women", "men"), ("0", "7", "30")
PEOPLE = [UUID(int=number) for number in range(1, 5)]
DAYS = st.integers(-70, 60).map(lambda days: today() + timedelta(days=days))
"""Around the day of every basis: what is told of the days before it is late, the rest is new."""
STAYS = st.builds(
    Stay,
    id=st.just(UUID(int=0)),  # given when it is recorded: hypothesis repeats itself
    person=st.sampled_from(PEOPLE),
    sex=st.sampled_from(SEXES),
    place=st.sampled_from(PLACES),
    since=DAYS,
    days=st.integers(0, 70),
    cost=st.integers(-500, 500),
)
ONE = st.integers(0, 50)
DEEDS = st.one_of(
    st.tuples(st.just("create"), st.lists(STAYS, min_size=1, max_size=4)),
    st.tuples(st.just("end"), st.tuples(ONE, st.integers(0, 90))),
    st.tuples(st.just("progress"), st.tuples(ONE, st.sampled_from(SEXES))),
    st.tuples(st.just("correct"), st.tuples(ONE, STAYS)),
    st.tuples(st.just("retract"), st.tuples(ONE)),
    st.tuples(st.just("restore"), st.tuples(ONE)),
    st.tuples(st.just("merge"), st.permutations(PEOPLE)),
    st.tuples(st.just("rule"), st.integers(-2, 2)),
    st.tuples(st.just("area"), st.permutations(PLACES)),
    st.tuples(st.just("snapshot"), st.none()),
)
CAUSES = {
    "end": Cause.NEW,
    "progress": Cause.PROGRESS,
    "retract": Cause.RETRACTION,
    "merge": Cause.MERGE,
    "rule": Cause.RULE_CHANGE,
    "area": Cause.AREA_CHANGE,
}
"""What each deed says; the others say nothing, and are new or corrections."""

MOVES = {
    "create": None,
    "end": None,
    "progress": "newFacts",
    "retract": "retractions",
    "merge": "merges",
    "rule": "ruleChanges",
    "area": "areaChanges",
}
"""The part that each deed moves; the others correct."""

MIDDLE = replace(
    FIGURES.named("entries"),
    name="middle",
    kind="median",
    value="place",
    dimensions=("history", "sex"),
)
ALL_KINDS = Figures((*FIGURES, MIDDLE))


class Fact(NamedTuple):
    measure: str
    day: date
    stay: UUID
    person: UUID
    sex: str
    place: str


@dataclass(frozen=True)
class Deed:
    """What one deed on one record added and took away, and which part that moves."""

    at: datetime
    part: str | None
    facts: Counter[Fact]


def facts_of(each: Stay) -> Counter[Fact]:
    """Return what a stay counts for, as its facts ought to be."""
    found: Counter[Fact] = Counter()
    if each.retracted:
        return found
    key = (each.id, each.person, each.sex, each.place)
    found[Fact("entries", each.since, *key)] += 1
    found[Fact("present", each.since, *key)] += 1
    found[Fact("present", each.since + timedelta(days=each.days), *key)] -= 1
    found[Fact("cost", each.since, *key)] += each.cost
    return found


class Moving:
    """A history in the database, and every deed of it by its kind."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.name = str(uuid4())
        self.stays: dict[UUID, Stay] = {}
        self.deeds: list[Deed] = []
        self.bases: list[datetime] = []

    async def do(self, verb: str, given: Any) -> None:  # noqa: ANN401  differs by verb
        if verb == "snapshot":
            await snapshot(self.db, margin=timedelta(0))
        elif verb == "create":
            await self._write(verb, [replace(each, id=uuid4()) for each in given])
        elif self.stays:
            await self._write(verb, self._changed(verb, given))
        self.bases.append(await now(self.db))

    async def _write(self, verb: str, stays: Sequence[Stay]) -> None:
        if verb != "create":
            stays = [each for each in stays if each != self.stays[each.id]]
        async with self.db.begin() as session:
            conn = await driver(session)
            if verb == "create":
                await create(conn, self.name, stays)
            elif stays:
                await change(conn, stays, cause=CAUSES.get(verb))
        at = await now(self.db)
        for each in stays:
            facts = facts_of(each)
            facts.subtract(facts_of(self.stays[each.id]) if each.id in self.stays else {})
            self.deeds.append(Deed(at, MOVES.get(verb, "corrections"), facts))
            self.stays[each.id] = each

    def _changed(self, verb: str, given: Any) -> list[Stay]:  # noqa: ANN401
        present = list(self.stays.values())
        match verb:
            case "merge":
                gone = [each for each in present if each.person == given[1]]
                return [replace(each, person=given[0]) for each in gone]
            case "rule":
                return [replace(each, cost=each.cost + given) for each in present]
            case "area":
                moving = [each for each in present if each.place == given[0]]
                return [replace(each, place=given[1]) for each in moving]
            case _:
                number, *said = given
                return [_said_anew(verb, present[number % len(present)], *said)]

    def steps(
        self, definition: FigureDefinition, query: Query, since: datetime
    ) -> tuple[dict[Cell, Steps], Steps]:
        """Return a figure at an earlier basis and after each kind, by cell and in all."""
        booked = [
            Booked(
                at=deed.at,
                part=deed.part,
                day=fact.day,
                record=fact.stay,
                subject=fact.person,
                amount=amount,
                by={"history": self.name, "sex": fact.sex, "place": fact.place},
                number=int(fact.place),
            )
            for deed in self.deeds
            for fact, amount in deed.facts.items()
            if amount and fact.measure == definition.measure
        ]
        return Move(definition.kind, query.period, since, query.basis).steps(booked, query.by)


def _said_anew(verb: str, one: Stay, said: Any = None) -> Stay:  # noqa: ANN401
    match verb:
        case "end":
            return replace(one, days=said)
        case "progress":
            return replace(one, sex=said)
        case "correct":
            anew: Stay = replace(said, id=one.id, retracted=one.retracted)
            return anew
        case _:
            return replace(one, retracted=verb == "retract")
