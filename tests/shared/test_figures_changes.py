from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.clock import today
from shared.db import driver
from shared.figures import Query, compute
from shared.figures.change_answers import shown_change
from shared.figures.changes import moved
from shared.figures.definitions import BY_PERIOD
from shared.journal import Cause
from shared.periods import Period
from tests.effort import effort
from tests.moves import PARTS, unsound
from tests.shared.counting import as_owner, booked, change, create, metadata, now, some_stay
from tests.shared.moving import ALL_KINDS, DAYS, DEEDS, MIDDLE, Moving

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from shared.db import Database
    from shared.figures.changes import Moved
    from tests.conftest import ScratchDatabase
    from tests.servers import DatabaseUrls
    from tests.shared.counting import Stay

SLOW_EXAMPLES = settings(
    max_examples=effort(20),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
YEAR = Period(today() - timedelta(days=180), today() + timedelta(days=180), "range")
MONTH = Period.month(today().year, today().month)
PERIODS = st.one_of(
    st.sampled_from([YEAR, MONTH, MONTH.previous, Period.year(today().year)]),
    st.builds(lambda a, b: Period(min(a, b), max(a, b), "range"), DAYS, DAYS),
)
BREAKDOWNS = st.sampled_from([(), ("sex",), ("place",), ("place", "sex")])
Asked = list[tuple[Period, tuple[str, ...]]]
YESTERDAY, SOON = today() - timedelta(days=1), today() + timedelta(days=3)


@pytest.fixture
async def made(scratch_database: ScratchDatabase) -> tuple[Database, DatabaseUrls]:
    return await scratch_database(metadata)


@pytest.fixture
def db(made: tuple[Database, DatabaseUrls]) -> Database:
    return made[0]


async def _moved(db: Database, query: Query, since: datetime, *, snapshots: bool = True) -> Moved:
    async with db.read() as session:
        definitions = ALL_KINDS.checked(query)
        return await moved(await driver(session), definitions, query, since, snapshots=snapshots)


async def _ends(db: Database, query: Query) -> tuple[dict[Any, Any], Any]:
    """Return what the figure itself is at a basis; a median of nothing is nothing."""
    async with db.read() as session:
        computed = await compute(await driver(session), ALL_KINDS.checked(query), query)
    return dict(computed.cells), None if computed.base == 0 else computed.total


def _queries(history: Moving, period: Period, by: tuple[str, ...], basis: datetime) -> list[Query]:
    where = {"history": (history.name,)}
    found = [
        Query(figure.name, period, basis, by, where)
        for figure in ALL_KINDS
        if set(by) <= set(figure.dimensions)
    ]
    flows = [each for each in found if ALL_KINDS.named(each.figure).kind == "flow"]
    monthly = [replace(each, by=(*by, BY_PERIOD)) for each in flows if period.whole_months]
    return found + monthly


@SLOW_EXAMPLES
@given(
    deeds=st.lists(DEEDS, min_size=5, max_size=16),
    asked=st.lists(st.tuples(PERIODS, BREAKDOWNS), min_size=2, max_size=3),
    places=st.lists(st.integers(0, 50), min_size=2, max_size=2),
)
async def test_parts_are_what_each_kind_of_deed_moved_a_figure_by(
    db: Database, deeds: list[tuple[str, Any]], asked: Asked, places: list[int]
) -> None:
    history = Moving(db)
    for verb, given_ in deeds:
        await history.do(verb, given_)
    last = len(history.bases) - 1
    for since, basis in ((0, last), sorted((places[0] % last, 1 + places[1] % last))):
        if since < basis:
            await _agrees(db, history, asked, history.bases[since], history.bases[basis])


async def _agrees(
    db: Database, history: Moving, asked: Asked, since: datetime, basis: datetime
) -> None:
    for period, by in asked:
        for query in _queries(history, period, by, basis):
            (figure,) = ALL_KINDS.checked(query)
            found = await _moved(db, query, since)
            cells, total = history.steps(figure, query, since)
            assert _valued(dict(found.cells)) == cells, query
            assert found.total == total, query
            assert await _moved(db, query, since, snapshots=False) == found
            for place, at in ((0, since), (-1, basis)):
                values, whole = await _ends(db, replace(query, basis=at))
                assert found.total[place] == whole, query
                said = {cell: steps[place] for cell, steps in found.cells if steps[place]}
                assert said == {cell: value for cell, value in values.items() if value}, query
            assert not any(unsound(shown_change(figure, steps)) for _, steps in found.cells)


def _valued(cells: dict[Any, tuple[Any, ...]]) -> dict[Any, tuple[Any, ...]]:
    return {cell: steps for cell, steps in cells.items() if any(steps)}


async def _told(db: Database, stays: Sequence[Stay], **more: Any) -> datetime:  # noqa: ANN401
    """Record stays, or change them if anything more is said; return a basis with them."""
    async with db.begin() as session:
        conn = await driver(session)
        if more:
            await change(conn, stays, **more)
        else:
            await create(conn, "h", stays)
    return await now(db)


async def _parts(db: Database, figure: str, since: datetime, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return the parts of a figure's total that are not zero."""
    query = Query(figure, YEAR, await now(db), **more)
    change = shown_change(ALL_KINDS.named(figure), (await _moved(db, query, since)).total)
    assert not unsound(change)
    return {name: value for name, value in change["parts"].items() if float(value)}


async def test_what_came_since_is_new_from_the_next_day_on_and_late_before(db: Database) -> None:
    since = await now(db)
    await _told(db, [some_stay(since=YESTERDAY), some_stay(since=today())])
    await _told(db, [some_stay(since=today() + timedelta(days=1))])
    assert await _parts(db, "entries", since) == {"lateFacts": 2, "newFacts": 1}


async def test_coming_and_leaving_told_at_once_are_late_together_for_who_is_there(
    db: Database,
) -> None:
    person, since = uuid4(), await now(db)
    # Here until soon, which is told late; then here again from the day of leaving on.
    await _told(db, [some_stay(person=person, since=YESTERDAY, days=4)])
    await _told(db, [some_stay(person=person, since=SOON, days=4)])
    assert await _parts(db, "persons-during", since) == {"newFacts": 1}
    await _told(db, [some_stay(since=YESTERDAY, days=4)])
    assert await _parts(db, "persons-during", since) == {"newFacts": 1, "lateFacts": 1}


async def test_each_cause_moves_its_own_part_and_no_other(db: Database) -> None:
    stay = some_stay(since=YESTERDAY, place="7")
    await _told(db, [stay])
    dearer = replace(stay, cost=stay.cost + 9)
    parts = dict(
        zip(Cause, ("lateFacts", "newFacts", *PARTS[2:]), strict=True)  # in the order of both
    )
    for cause, part in parts.items():
        since = await now(db)
        await _told(db, [dearer], cause=cause)
        assert await _parts(db, "cost", since) == {part: "0.09"}
        await _told(db, [stay], cause=Cause.CORRECTION)


async def test_who_says_nothing_records_first_and_corrects_then(db: Database) -> None:
    stay = some_stay()
    async with db.begin() as session:
        conn = await driver(session)
        await create(conn, "h", [replace(stay, retracted=True)])
        await change(conn, [stay])
        await change(conn, [replace(stay, cost=7)])
        await change(conn, [replace(stay, cost=7, retracted=True)], cause=Cause.RETRACTION)
        await change(conn, [stay])
    causes = [row["cause"] for row in await booked(db)]
    assert causes == [None] * 4 + ["correction"] + ["retraction"] * 4 + ["correction"] * 4


async def test_a_cause_outside_the_list_is_refused(
    made: tuple[Database, DatabaseUrls], db: Database
) -> None:
    await _told(db, [some_stay()])
    with pytest.raises(Exception, match="fact_cause_check"):
        await as_owner(
            made[1],
            "alter table fact disable trigger user; update fact set cause = 'whim'",
        )


async def test_merge_moves_persons_in_all_and_a_changed_area_moves_only_cells(
    db: Database,
) -> None:
    one, other = some_stay(since=YESTERDAY, place="7"), some_stay(since=YESTERDAY, place="0")
    await _told(db, [one, other])
    since = await now(db)
    await _told(db, [replace(other, person=one.person)], cause=Cause.MERGE)
    await _told(db, [replace(one, place="0")], cause=Cause.AREA_CHANGE)
    assert await _parts(db, "persons-entered", since) == {"merges": -1}
    query = Query("persons-entered", YEAR, await now(db), ("place",))
    cells = dict((await _moved(db, query, since)).cells)
    assert cells == {("0",): (1,) * 8, ("7",): (1,) * 7 + (0,)}


async def test_median_moves_by_what_is_shown_of_it_and_has_no_parts_from_nobody(
    db: Database,
) -> None:
    before = await now(db)
    stays = [some_stay(since=YESTERDAY, place=place) for place in ("2", "3")]
    since = await _told(db, stays)
    query = Query("middle", YEAR, since)
    from_nobody = shown_change(MIDDLE, (await _moved(db, query, before)).total)
    assert from_nobody == {"before": None, "after": "2.5", "difference": None, "parts": None}
    await _told(db, [some_stay(since=SOON, place="9")])
    await _told(db, [replace(stays[1], place="40")], cause=Cause.CORRECTION)
    assert await _parts(db, "middle", since) == {"newFacts": "0.5", "corrections": "6.0"}


async def test_median_that_nobody_is_left_of_in_between_still_has_parts(db: Database) -> None:
    stay = some_stay(since=YESTERDAY, place="4")
    since = await _told(db, [stay])
    # Retracted, told again as a merge: of the five kinds before merges nobody is left.
    await _told(db, [replace(stay, retracted=True)], cause=Cause.RETRACTION)
    await _told(db, [replace(stay, place="9")], cause=Cause.MERGE)
    assert await _parts(db, "middle", since) == {"merges": "5.0"}


async def test_a_number_that_is_gone_before_it_has_come_is_not_there(db: Database) -> None:
    stay = some_stay(since=YESTERDAY, place="4")
    since = await _told(db, [stay])
    await _told(db, [replace(stay, place="9")], cause=Cause.MERGE)
    await _told(db, [replace(stay, place="30")], cause=Cause.CORRECTION)
    # Corrections come first: 9 is taken back before it was told, and 30 stands beside 4.
    assert await _parts(db, "middle", since) == {"corrections": "13.0", "merges": "13.0"}


async def test_a_lost_cause_a_wrong_one_and_a_lost_row_are_seen(
    made: tuple[Database, DatabaseUrls], db: Database
) -> None:
    history = Moving(db)
    stays = [some_stay(since=YESTERDAY, place="7"), some_stay(since=SOON, place="0")]
    await history.do("create", stays)
    await history.do("retract", (0,))
    await history.do("progress", (1, "men"))
    since, basis = history.bases[0], history.bases[-1]
    asked: Asked = [(YEAR, ("sex",))]
    await _agrees(db, history, asked, since, basis)
    spoilt = (
        "update fact set cause = null where cause = 'retraction'",
        "update fact set cause = 'merge' where cause = 'retraction'",
        "delete from fact where cause = 'progress' and amount > 0",
    )
    for statement in spoilt:
        kept = "drop table if exists kept; create table kept as select * from fact"
        await as_owner(made[1], f"{kept}; alter table fact disable trigger user; {statement}")
        with pytest.raises(AssertionError):
            await _agrees(db, history, asked, since, basis)
        await as_owner(
            made[1],
            "update fact f set cause = k.cause from kept k where k.id = f.id",
        )
