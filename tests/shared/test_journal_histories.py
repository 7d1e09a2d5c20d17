from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.db import driver
from shared.figures import Query
from shared.figures.definitions import BY_PERIOD
from shared.journal import (
    drift,
)
from shared.periods import Period
from tests.effort import effort
from tests.shared.counting import (
    FACTS,
    FIGURES,
    JOURNAL,
    Stay,
    change,
    create,
    expected,
    metadata,
    now,
    snapshot,
    some_stay,
    values,
)

if TYPE_CHECKING:
    from shared.db import Connection, Database
    from tests.conftest import ScratchDatabase
    from tests.servers import DatabaseUrls

SLOW_EXAMPLES = settings(
    max_examples=effort(10),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
async def made(scratch_database: ScratchDatabase) -> tuple[Database, DatabaseUrls]:
    return await scratch_database(metadata)


@pytest.fixture
def db(made: tuple[Database, DatabaseUrls]) -> Database:
    return made[0]


SEXES, PLACES = ("women", "men", "unknown"), ("north", "south", "")
PEOPLE = [UUID(int=number) for number in range(1, 5)]
DAYS = st.dates(date(2023, 12, 20), date(2024, 4, 20))
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
STEPS = st.one_of(
    st.tuples(st.just("create"), st.lists(STAYS, min_size=1, max_size=4)),
    st.tuples(st.just("correct"), st.lists(STAYS, min_size=1, max_size=3)),
    st.tuples(st.just("create and correct"), STAYS),
    st.tuples(st.just("retract"), st.integers(0, 50)),
    st.tuples(st.just("restore"), st.integers(0, 50)),
    st.tuples(st.just("merge"), st.permutations(PEOPLE)),
    st.tuples(st.just("touch"), st.integers(0, 50)),
    st.tuples(st.just("snapshot"), st.none()),
)
PERIODS = st.one_of(
    st.sampled_from(
        [
            Period.parse(text)
            for text in ("2024", "2024-Q1", "2024-T1", "2024-02", "2024-02-29", "2023", "2024-03")
        ]
    ),
    st.builds(lambda a, b: Period(min(a, b), max(a, b), "range"), DAYS, DAYS),
)
BREAKDOWNS = st.sampled_from([(), ("sex",), ("place",), ("place", "sex")])


class History:
    """A history in the database, and what its records said at every instant passed."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.name = str(uuid4())
        self.stays: dict[UUID, Stay] = {}
        self.past: list[tuple[datetime, dict[UUID, Stay]]] = []

    async def step(self, verb: str, given: Any) -> None:  # noqa: ANN401  differs by verb
        if verb == "snapshot":
            # Nobody else writes, so a margin would only put the snapshot before the history.
            await snapshot(self.db, margin=timedelta(0))
        else:
            async with self.db.begin() as session:
                await self._write(await driver(session), verb, given)
        self.past.append((await now(self.db), dict(self.stays)))

    async def _write(self, conn: Connection, verb: str, given: Any) -> None:  # noqa: ANN401
        if verb == "create":
            await self._create(conn, given)
        elif verb == "create and correct":
            (made,) = await self._create(conn, [given])
            await self._change(conn, [replace(made, sex="unknown", cost=made.cost + 1)])
        else:
            await self._change(conn, self._changed(verb, given))

    async def _create(self, conn: Connection, stays: list[Stay]) -> list[Stay]:
        made = [replace(each, id=uuid4()) for each in stays]
        await create(conn, self.name, made)
        self.stays |= {each.id: each for each in made}
        return made

    def _changed(self, verb: str, given: Any) -> list[Stay]:  # noqa: ANN401
        present = list(self.stays.values())
        if not present:
            return []
        if verb == "correct":
            pairs = zip(present, given, strict=False)
            return [replace(said, id=held.id, retracted=held.retracted) for held, said in pairs]
        if verb == "merge":
            kept, gone = given[:2]
            return [replace(each, person=kept) for each in present if each.person == gone]
        one = present[given % len(present)]
        return [one if verb == "touch" else replace(one, retracted=verb == "retract")]

    async def _change(self, conn: Connection, stays: list[Stay]) -> None:
        await change(conn, stays)
        self.stays |= {each.id: each for each in stays}


@SLOW_EXAMPLES
@given(
    steps=st.lists(STEPS, min_size=4, max_size=14),
    asked=st.lists(st.tuples(PERIODS, BREAKDOWNS), min_size=3, max_size=3),
)
async def test_figures_at_every_basis_equal_what_the_records_said_then(
    db: Database, steps: list[tuple[str, Any]], asked: list[tuple[Period, tuple[str, ...]]]
) -> None:
    history = History(db)
    for verb, given_ in steps:
        await history.step(verb, given_)
    for basis, stays in history.past:
        for definition in FIGURES:
            for period, by in asked:
                query = Query(definition.name, period, basis, by, {"history": (history.name,)})
                wanted = expected(definition.name, period, by, stays.values())
                assert await values(db, query) == wanted
                assert await values(db, query, snapshots=False) == wanted
    async with db.read() as session:
        conn = await driver(session)
        ids = list(history.stays)
        assert await drift(conn, JOURNAL, "stay", ids, wanted_sql=FACTS) == []


async def test_model_notices_a_fact_that_should_not_be_there(db: Database) -> None:
    history = History(db)
    await history.step("create", [some_stay(sex="women")])
    async with db.begin() as session:
        await (await driver(session)).execute(
            "insert into fact (measure, happened_on, amount, record_kind, record_id, reason, "
            "history, sex, place) select measure, happened_on, amount, record_kind, "
            "record_id, reason, history, sex, place from fact where history = $1",
            history.name,
        )
    query = Query("entries", Period.parse("2024"), await now(db), ("sex",))
    assert await values(db, query) != expected(
        "entries", query.period, query.by, history.stays.values()
    )
    async with db.read() as session:
        ids = list(history.stays)
        drifted = await drift(await driver(session), JOURNAL, "stay", ids, wanted_sql=FACTS)
    assert drifted == ids


async def test_flow_by_period_gives_a_row_for_each_month(db: Database) -> None:
    stays = [some_stay(since=date(2024, month, 5)) for month in (1, 1, 3)]
    async with db.begin() as session:
        await create(await driver(session), "h", stays)
    query = Query("entries", Period.parse("2024-Q1"), await now(db), (BY_PERIOD,))
    assert await values(db, query) == ({("2024-01",): 2, ("2024-03",): 1}, 3)
    assert await values(db, query) == expected("entries", query.period, query.by, stays)
