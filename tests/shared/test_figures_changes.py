from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.db import driver
from shared.figures import Query
from shared.figures.changes import moved
from shared.periods import Period
from tests.effort import effort
from tests.shared.counting import metadata
from tests.shared.moving import ALL_KINDS, DAYS, DEEDS, Moving

if TYPE_CHECKING:
    from datetime import datetime

    from shared.db import Database
    from shared.figures.changes import Moved
    from tests.conftest import ScratchDatabase

SLOW_EXAMPLES = settings(
    max_examples=effort(10),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
YEAR = Period.parse("2024")
PERIODS = st.one_of(
    st.sampled_from([Period.parse(text) for text in ("2024", "2024-Q1", "2024-02", "2023")]),
    st.builds(lambda a, b: Period(min(a, b), max(a, b), "range"), DAYS, DAYS),
)


@pytest.fixture
async def db(scratch_database: ScratchDatabase) -> Database:
    made, _urls = await scratch_database(metadata)
    return made


async def _moved(db: Database, query: Query, since: datetime, *, snapshots: bool = True) -> Moved:
    async with db.read() as session:
        definitions = ALL_KINDS.checked(query)
        return await moved(await driver(session), definitions, query, since, snapshots=snapshots)


def _told(cells: dict[Any, tuple[Any, ...]]) -> dict[Any, tuple[Any, ...]]:
    return {cell: steps for cell, steps in cells.items() if any(steps)}


def _asked(history: Moving, period: Period, by: tuple[str, ...]) -> list[Query]:
    where = {"history": (history.name,)}
    return [
        Query(definition.name, period, history.bases[-1], by, where)
        for definition in ALL_KINDS
        if set(by) <= set(definition.dimensions)
    ]


@SLOW_EXAMPLES
@given(
    deeds=st.lists(DEEDS, min_size=4, max_size=14),
    asked=st.lists(
        st.tuples(PERIODS, st.sampled_from([(), ("sex",), ("place",), ("place", "sex")])),
        min_size=2,
        max_size=3,
    ),
)
async def test_parts_are_what_each_kind_of_deed_moved_a_figure_by(
    db: Database, deeds: list[tuple[str, Any]], asked: list[tuple[Period, tuple[str, ...]]]
) -> None:
    history = Moving(db)
    for verb, given_ in deeds:
        await history.do(verb, given_)
    for period, by in asked:
        for query in _asked(history, period, by):
            (definition,) = ALL_KINDS.checked(query)
            for since in history.bases[:-1]:
                found = await _moved(db, query, since)
                cells, total = history.steps(definition, query, since)
                assert _told(dict(found.cells)) == _told(cells), query
                assert found.total == total, query
