"""Questions that took long are kept counted, and figures are the same with and without."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.app import build_app
from shared.basis import wait_until_settled
from shared.db import driver
from shared.figures import Query, compute, figures_router
from shared.figures.definitions import BY_PERIOD
from shared.figures.standing.keeping import keep_answers
from shared.figures.standing.questions import digest_of, remember, written
from shared.figures.standing.reading import reading_figures
from shared.periods import Period
from tests.effort import effort
from tests.shared.counting import FIGURES, JOURNAL, create, metadata, now, some_stay
from tests.shared.moving import ALL_KINDS, DEEDS, Moving
from tests.shared.sample import sample_settings
from tests.shared.test_figures_changes import BREAKDOWNS, PERIODS
from tests.shared.test_figures_http import SPEC

if TYPE_CHECKING:
    from datetime import datetime

    from shared.db import Database
    from shared.journal import Journal
    from tests.conftest import Calling, ScratchDatabase
    from tests.servers import DatabaseUrls
    from tests.tokens import Issuer

YEAR = Period.parse("2024")
SLOW_EXAMPLES = settings(
    max_examples=effort(8),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
SOME_DEEDS = st.lists(DEEDS, min_size=3, max_size=8)


@pytest.fixture
async def made(scratch_database: ScratchDatabase) -> tuple[Database, DatabaseUrls]:
    return await scratch_database(metadata)


@pytest.fixture
def db(made: tuple[Database, DatabaseUrls]) -> Database:
    return made[0]


async def _values(db: Database, query: Query, *, snapshots: bool = True) -> Any:  # noqa: ANN401
    async with db.read() as session:
        definitions = ALL_KINDS.checked(query)
        return await compute(await driver(session), definitions, query, snapshots=snapshots)


def _digest(query: Query) -> str:
    return digest_of(written(ALL_KINDS.checked(query), query))


async def _remember(db: Database, *queries: Query) -> None:
    await remember(db, [written(ALL_KINDS.checked(query), query) for query in queries])


async def _keep(db: Database, most: int = 100, *, journal: Journal = JOURNAL) -> int:
    """Have the worker do its step until there is nothing left to do; return how often it did."""
    for done in range(most):
        if not await keep_answers(db, [journal], every=7, again=timedelta(0)):
            return done
    return most


async def _record(db: Database, many: int) -> None:
    async with db.begin() as session:
        await create(await driver(session), "h", [some_stay() for _ in range(many)])


async def _execute(db: Database, sql: str) -> None:
    async with db.begin() as session:
        await (await driver(session)).execute(sql)


async def _fetch(db: Database, sql: str) -> list[Any]:
    async with db.read() as session:
        return list(await (await driver(session)).fetch(sql))


def _queries(history: str, period: Period, by: tuple[str, ...], basis: datetime) -> list[Query]:
    where = {"history": (history,)}
    found = [
        Query(figure.name, period, basis, by, where)
        for figure in ALL_KINDS
        if set(by) <= set(figure.dimensions)
    ]
    if period.whole_months:
        found.append(Query("entries", period, basis, (*by, BY_PERIOD), where))
    return found


@SLOW_EXAMPLES
@given(
    before=SOME_DEEDS,
    after=SOME_DEEDS,
    asked=st.lists(st.tuples(PERIODS, BREAKDOWNS), min_size=1, max_size=2),
    kept=st.integers(1, 6),
)
async def test_a_standing_question_is_answered_as_if_all_facts_were_counted(
    db: Database,
    before: list[tuple[str, Any]],
    after: list[tuple[str, Any]],
    asked: list[tuple[Period, tuple[str, ...]]],
    kept: int,
) -> None:
    await _execute(db, "delete from standing_question")
    history = Moving(db)
    for verb, given_ in before:
        await history.do(verb, given_)
    basis = history.bases[-1]
    queries = [each for period, by in asked for each in _queries(history.name, period, by, basis)]
    await _remember(db, *queries)
    await wait_until_settled(db)
    await _keep(db, kept)
    for verb, given_ in after:
        await history.do(verb, given_)
    await wait_until_settled(db)
    await _keep(db, kept)
    for basis in history.bases:
        for query in queries:
            at = replace(query, basis=basis)
            assert await _values(db, at) == await _values(db, at, snapshots=False), at


@pytest.fixture
async def standing(db: Database) -> Query:
    """A question about distinct people that has been asked, and kept back to the first fact."""
    for _ in range(10):
        await _record(db, 3)
    query = Query("persons-entered", YEAR, await now(db), ("sex",))
    await _remember(db, query)
    await wait_until_settled(db)
    assert await _keep(db) > 0
    return query


async def test_the_kept_answer_is_what_is_read(db: Database, standing: Query) -> None:
    assert (await _values(db, standing)).total == 30
    await _execute(db, "update standing_answer set total = total + 1000 where total = 30")
    assert (await _values(db, replace(standing, basis=await now(db)))).total == 1030
    assert (await _values(db, standing, snapshots=False)).total == 30


async def test_answers_are_kept_back_to_the_first_fact(db: Database, standing: Query) -> None:
    (first,) = await _fetch(db, "select min(recorded_at) as at from fact")
    kept = await _fetch(db, "select * from standing_answer order by as_of")
    assert kept[0]["as_of"] == first["at"]
    assert [row["total"] for row in kept] == [3, 12, 21, 30]
    assert await _keep(db) == 0


async def test_the_newest_answer_follows_what_is_recorded(db: Database, standing: Query) -> None:
    for _ in range(5):
        await _record(db, 2)
        await wait_until_settled(db)
        await _keep(db)
    kept = await _fetch(db, "select total, facts from standing_answer order by as_of desc")
    assert (await _values(db, replace(standing, basis=await now(db)))).total == 40
    assert kept[0]["total"] == 40
    # Two by two they are kept where they are seven together, not each time.
    assert [row["total"] for row in kept if row["total"] > 30] == [40, 36]


async def test_nothing_is_missed_of_a_transaction_that_was_open_while_answers_were_kept(
    db: Database, standing: Query
) -> None:
    async with db.begin() as slow:
        await create(await driver(slow), "h", [some_stay() for _ in range(4)])
        await _record(db, 10)
        await _keep(db)
        visible = await _values(db, replace(standing, basis=await now(db)))
        assert visible.total == 40
    await wait_until_settled(db)
    await _keep(db)
    (newest,) = await _fetch(db, "select max(as_of) as at from standing_answer")
    for basis in (newest["at"], await now(db)):
        assert (await _values(db, replace(standing, basis=basis))).total == 44


async def test_after_many_facts_that_no_answer_follows_yet_all_are_counted(
    db: Database, standing: Query
) -> None:
    await _execute(db, "update standing_answer set total = total + 1000")
    await _execute(
        db,
        "insert into fact (measure, happened_on, amount, subject, record_kind, record_id, reason, "
        "history, sex, place) select 'entries', date '2024-03-10', 1, uuidv7(), 'stay', uuidv7(), "
        "'many', 'h', 'men', '' from generate_series(1, 20000)",
    )
    basis = await now(db)
    assert (await _values(db, replace(standing, basis=basis))).total == 20_030


async def test_a_question_that_is_counted_in_another_way_by_now_stands_no_longer(
    db: Database, standing: Query
) -> None:
    await _keep(db, journal=replace(JOURNAL, expressions={"reason": "upper(reason)"}))
    assert await _fetch(db, "select from standing_question") == []
    assert await _fetch(db, "select from standing_answer") == []


async def test_another_definition_is_another_question(db: Database, standing: Query) -> None:
    changed = replace(FIGURES.named("persons-entered"), where={"place": ("north",)})
    assert digest_of(written([changed], standing)) != _digest(standing)
    assert digest_of(written([replace(changed, where={})], standing)) == _digest(standing)


async def test_the_order_of_values_makes_no_other_question(db: Database) -> None:
    one = Query("entries", YEAR, await now(db), where={"sex": ("women", "men"), "place": ("",)})
    same = replace(one, where={"place": ("",), "sex": ("men", "women")})
    other = replace(one, where={"sex": ("women",), "place": ("",)})
    digests = [_digest(each) for each in (one, same, other)]
    assert digests[0] == digests[1] != digests[2]


async def test_a_question_nobody_asks_for_a_year_is_forgotten(
    db: Database, standing: Query
) -> None:
    await _execute(db, "update standing_question set asked_on = current_date - 400")
    await _keep(db)
    assert len(await _fetch(db, "select from standing_question")) == 1
    await _execute(db, "update standing_question set asked_on = current_date - 401")
    await _keep(db)
    assert await _fetch(db, "select from standing_answer") == []


async def test_only_the_questions_asked_last_stand(db: Database, standing: Query) -> None:
    await _execute(
        db,
        "insert into standing_question (digest, question, asked_on) "
        "select 'other ' || n, question, current_date + 1 "
        "from standing_question, generate_series(1, 500) n",
    )
    await keep_answers(db, [JOURNAL])
    digests = {row["digest"] for row in await _fetch(db, "select digest from standing_question")}
    assert _digest(standing) not in digests


@pytest.mark.parametrize(("long", "stands"), [(0.0, 1), (60.0, 0)])
async def test_a_question_stands_once_counting_it_took_long(
    db: Database, long: float, stands: int
) -> None:
    query = Query("persons-entered", YEAR, await now(db), where={"sex": ("women",)})
    for _ in range(2):
        async with reading_figures(db, long=long) as (session, _at):
            await compute(await driver(session), FIGURES.checked(query), query)
    asked = await _fetch(db, "select digest from standing_question")
    assert [row["digest"] for row in asked] == [_digest(query)] * stands


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/figures/persons-entered?period=2024&by=sex", None),
        ("/figures/persons-entered/series?period=2024&step=year&by=sex", None),
        (
            "/figure-queries",
            {"queries": [{"figure": "persons-entered", "period": "2024", "by": ["sex"]}]},
        ),
    ],
    ids=["one", "series", "batch"],
)
async def test_a_question_stands_longer_when_it_is_asked_again(  # noqa: PLR0917  an app's
    made: tuple[Database, DatabaseUrls],
    standing: Query,
    issuer: Issuer,
    calling: Calling,
    path: str,
    body: object,
) -> None:
    db, urls = made
    await _execute(db, "update standing_question set asked_on = date '2020-01-01'")
    router = figures_router(FIGURES, restricted_by=None)
    app = build_app(SPEC, sample_settings(urls, issuer), [router], schema_head=None)
    headers = issuer.headers("figures:read", audience=("sample",))
    async with calling(app, headers=headers) as calls:
        verb = "GET" if body is None else "POST"
        answer = await calls.request(verb, f"/sample/v1{path}", json=body)
        assert answer.is_success, answer.text
    (asked,) = await _fetch(
        db, "select digest, asked_on = current_date as anew from standing_question"
    )
    assert (asked["digest"], asked["anew"]) == (_digest(standing), True)
