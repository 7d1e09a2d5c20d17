"""What cells counted at other bases is asked for in as few and as narrow tables as hold them."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime
from itertools import product
from typing import TYPE_CHECKING, Any

from services.reports.domain.disclosure.regions import Family, Record, Region, Shown, box
from services.reports.domain.planning import FigureQuery
from services.reports.gathering import REFUSED
from services.reports.looking_up import counted
from shared.periods import Period

if TYPE_CHECKING:
    from collections.abc import Iterable

BASIS = datetime(2025, 3, 1, tzinfo=UTC)
VALUES = {
    "outcome": ("other", "studies", "work"),
    "programme": ("arena", "kraften"),
    "sex": ("men", "women"),
}
EXITS = Family("participants/exits", distinct=False)
OF_KRAFTEN = ("programme", ("kraften",))


class Register:
    """A service that counts facts: a fact is a day and a value in each dimension."""

    def __init__(self, *, since: int = 2023, refused: frozenset[str] = frozenset()) -> None:
        chance = random.Random(7)
        days = [date(year, month, 5) for year in (2023, 2024) for month in range(1, 13)]
        self.facts = [
            (day, dict(zip(VALUES, values, strict=True)))
            for day, values in product(days, product(*VALUES.values()))
            for _ in range(chance.randrange(4))
            if day.year >= since
        ]
        self.refused = refused
        self.asked: list[FigureQuery] = []

    async def figures(self, queries: list[FigureQuery], basis: datetime) -> list[dict[str, Any]]:
        assert basis == BASIS
        self.asked += queries
        return [self._answer(query) for query in queries]

    def _answer(self, query: FigureQuery) -> dict[str, Any]:
        if any(self.refused.intersection(values) for _, values in query.where):
            return {REFUSED: "unknown_code"}
        held = self._counted(Period.parse(query.period), dict(query.where))
        cells = {tuple(fact[name] for name in query.by) for _, fact in held}
        rows = [
            dict(zip(query.by, cell, strict=True))
            | {"value": sum(tuple(fact[name] for name in query.by) == cell for _, fact in held)}
            for cell in sorted(cells)
        ]
        return {"rows": rows if query.by else [], "total": len(held)}

    def _counted(self, period: Period, where: dict[str, Any]) -> list[Any]:
        return [
            (day, fact)
            for day, fact in self.facts
            if day in period and all(fact[name] in values for name, values in where.items())
        ]

    def of(self, region: Region) -> int:
        return len(self._counted(Period(region.first, region.last, "range"), dict(region.where)))


def region(period: str = "2024", **where: str | tuple[str, ...]) -> Region:
    span = Period.parse(period)
    named = {name: (each,) if isinstance(each, str) else each for name, each in where.items()}
    return Region(EXITS, span.first, span.last, box(named))


async def looked_up(register: Register, regions: Iterable[Region]) -> set[Record]:
    providers: Any = {"participants": register}
    found = await counted(providers, {BASIS: list(regions)}, time_budget=2.0)
    assert len(found) == len(set(found)), "each is told once"
    return set(found)


def records(register: Register, regions: Iterable[Region]) -> set[Record]:
    return {Record(each, register.of(each), Shown.UNTOLD, BASIS) for each in regions}


async def test_what_a_programmes_report_tells_is_asked_for_as_the_report_asks_it() -> None:
    register = Register()
    wanted = [
        region(programme="kraften"),
        *(region(programme="kraften", sex=sex) for sex in VALUES["sex"]),
        *(
            region(programme="kraften", outcome=outcome, sex=sex)
            for outcome, sex in product(VALUES["outcome"], VALUES["sex"])
        ),
    ]
    assert await looked_up(register, wanted) == records(register, wanted)
    assert set(register.asked) == {
        FigureQuery("exits", "2024", ("sex",), (OF_KRAFTEN,)),
        FigureQuery("exits", "2024", ("outcome", "sex"), (OF_KRAFTEN,)),
    }, "nobody else's are counted, and the programme's own number is the total of a table"


async def test_a_cell_alone_is_asked_for_alone() -> None:
    register = Register()
    wanted = [region("2024-T2", programme="kraften", sex="women", outcome=("studies", "work"))]
    assert await looked_up(register, wanted) == records(register, wanted)
    assert register.asked == [FigureQuery("exits", "2024-T2", (), wanted[0].where)]


async def test_any_regions_are_looked_up_as_they_count() -> None:
    chance = random.Random(1)
    spans = ("2023", "2024", "2024-T2", "2024-Q1", "2024-05", "2024-05-05", "2023-02-01/2024-09-30")
    for _ in range(200):
        wanted = {
            region(
                chance.choice(spans),
                **{
                    name: tuple(chance.sample(values, chance.randrange(1, len(values))))
                    for name, values in VALUES.items()
                    if chance.random() < 0.6
                },
            )
            for _ in range(chance.randrange(1, 12))
        }
        register = Register()
        assert await looked_up(register, wanted) == records(register, wanted)
        assert len(register.asked) == len(set(register.asked)) <= len(wanted)


async def test_a_value_that_was_not_known_yet_counted_nothing() -> None:
    register = Register(refused=frozenset({"arena"}))
    wanted = [region(programme="arena"), region(programme="arena", sex="men")]
    register.facts = [(day, fact) for day, fact in register.facts if fact["programme"] != "arena"]
    assert await looked_up(register, wanted) == {
        Record(each, 0, Shown.UNTOLD, BASIS) for each in wanted
    }


async def test_what_is_refused_in_every_form_is_left_out() -> None:
    register = Register(refused=frozenset({"studies"}))
    sets = region(outcome=("studies", "work"))
    assert await looked_up(register, [sets, region()]) == records(register, [region()])
