from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.basis import MARGIN, wait_until_settled
from shared.db import driver
from shared.figures import Query, compute
from shared.figures.definitions import BY_PERIOD
from shared.journal import (
    Journal,
    append_sql,
    drift,
    facts_due,
    settle,
    snapshot_if_due,
    sum_table,
    take_snapshot,
)
from shared.periods import Period
from shared.schema import service_metadata
from tests.shared.counting import (
    FACTS,
    FIGURES,
    JOURNAL,
    Stay,
    change,
    create,
    expected,
    metadata,
    some_stay,
)

if TYPE_CHECKING:
    from shared.db import Connection, Database
    from tests.conftest import ScratchDatabase
    from tests.servers import DatabaseUrls

SLOW_EXAMPLES = settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
async def made(scratch_database: ScratchDatabase) -> tuple[Database, DatabaseUrls]:
    return await scratch_database(metadata)


@pytest.fixture
def db(made: tuple[Database, DatabaseUrls]) -> Database:
    return made[0]


async def _now(db: Database) -> datetime:
    async with db.read() as session:
        now: datetime = await (await driver(session)).fetchval("select clock_timestamp()")
    return now


async def _values(
    db: Database, query: Query, *, snapshots: bool = True
) -> tuple[dict[tuple[str, ...], int], int]:
    async with db.read() as session:
        definitions = FIGURES.checked(query)
        computed = await compute(await driver(session), definitions, query, snapshots=snapshots)
    return {cell: value for cell, value in computed.cells if value}, computed.total


async def _booked(db: Database) -> list[asyncpg.Record]:
    async with db.read() as session:
        return await (await driver(session)).fetch("select * from fact order by id")


# ------------------------------------------------------------------ histories against a model

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
            await _snapshot(self.db, margin=timedelta(0))
        else:
            async with self.db.begin() as session:
                await self._write(await driver(session), verb, given)
        self.past.append((await _now(self.db), dict(self.stays)))

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


async def _snapshot(db: Database, *, margin: timedelta = MARGIN) -> datetime | None:
    async with db.begin() as session:
        return await take_snapshot(await driver(session), JOURNAL, margin=margin)


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
                assert await _values(db, query) == wanted
                assert await _values(db, query, snapshots=False) == wanted
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
    query = Query("entries", Period.parse("2024"), await _now(db), ("sex",))
    assert await _values(db, query) != expected(
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
    query = Query("entries", Period.parse("2024-Q1"), await _now(db), (BY_PERIOD,))
    assert await _values(db, query) == ({("2024-01",): 2, ("2024-03",): 1}, 3)
    assert await _values(db, query) == expected("entries", query.period, query.by, stays)


# --------------------------------------------------------------------------- settling, exactly


async def test_settle_records_that_agree_writes_nothing(db: Database) -> None:
    one = some_stay()
    async with db.begin() as session:
        await create(await driver(session), "h", [one])
    before = await _booked(db)
    async with db.begin() as session:
        await change(await driver(session), [one])
    assert await _booked(db) == before


async def test_settle_net_zero_correction_keeps_what_was_said_before(db: Database) -> None:
    one = some_stay(sex="women")
    async with db.begin() as session:
        await create(await driver(session), "h", [one])
    old = await _now(db)
    async with db.begin() as session:
        await change(await driver(session), [replace(one, sex="men")], reason="misread")
    query = Query("entries", Period.parse("2024"), old, ("sex",))
    assert await _values(db, query) == ({("women",): 1}, 1)
    assert await _values(db, replace(query, basis=await _now(db))) == ({("men",): 1}, 1)
    corrections = [row for row in await _booked(db) if row["reason"] == "misread"]
    assert sorted((row["measure"], row["sex"], row["amount"]) for row in corrections) == [
        ("cost", "men", 100),
        ("cost", "women", -100),
        ("entries", "men", 1),
        ("entries", "women", -1),
        ("present", "men", -1),
        ("present", "men", 1),
        ("present", "women", -1),
        ("present", "women", 1),
    ]


async def test_settle_of_an_older_transaction_lands_after_what_it_corrects(db: Database) -> None:
    one = some_stay()
    async with db.begin() as session:
        older = await driver(session)
        started: datetime = await older.fetchval("select now()")
        async with db.begin() as other:
            await create(await driver(other), "h", [one])
        await change(older, [replace(one, retracted=True)])
    rows = await _booked(db)
    created = max(row["recorded_at"] for row in rows if row["reason"] == "recorded")
    taken_back = {row["recorded_at"] for row in rows if row["reason"] == "corrected"}
    assert started < created
    assert taken_back == {created + timedelta(microseconds=1)}
    for basis in (started, created - timedelta(microseconds=1)):
        assert await _values(db, Query("entries", Period.parse("2024"), basis)) == ({}, 0)
    # Negative control: dated by its own transaction, the correction alone would have counted.
    naive = [started if row["recorded_at"] in taken_back else row["recorded_at"] for row in rows]
    amounts = [row["amount"] if row["measure"] == "entries" else 0 for row in rows]
    assert sum(a for a, at in zip(amounts, naive, strict=True) if at <= started) == -1


async def test_settle_many_at_once_equals_one_by_one(db: Database) -> None:
    stays = [some_stay(since=date(2024, 1, 1) + timedelta(days=n % 90)) for n in range(500)]
    async with db.begin() as session:
        await create(await driver(session), "bulk", stays)
    async with db.begin() as session:
        conn = await driver(session)
        await conn.execute("update stay set history = 'single', cost = cost + 1")
        for each in stays:
            await settle(conn, JOURNAL, "stay", [each.id], wanted_sql=FACTS, reason="moved")
    for name in ("entries", "cost", "present"):
        at = await _now(db)
        single = Query(name, Period.parse("2024"), at, ("place",), {"history": ("single",)})
        moved = [replace(each, cost=each.cost + 1) for each in stays]
        assert await _values(db, single) == expected(name, single.period, single.by, moved)
        assert await _values(db, replace(single, where={"history": ("bulk",)})) == ({}, 0)


async def test_settle_ids_that_are_not_asked_for_stay_as_they_are(db: Database) -> None:
    one, other = some_stay(), some_stay()
    async with db.begin() as session:
        conn = await driver(session)
        await create(conn, "h", [one, other])
        await conn.execute("update stay set retracted = true")
        everything = FACTS.replace("s.id = any($1::uuid[])", "$1::uuid[] is not null")
        await settle(conn, JOURNAL, "stay", [one.id], wanted_sql=everything, reason="one")
        drifted = await drift(conn, JOURNAL, "stay", [one.id, other.id], wanted_sql=FACTS)
    assert drifted == [other.id]


async def test_append_sql_fresh_is_part_of_one_statement_with_its_record(db: Database) -> None:
    wanted = (
        "select 'entries' as measure, c.since as happened_on, 1 as amount, c.person as subject,"
        " c.id as record_id, c.history, c.sex, c.place from created c"
    )
    sql = append_sql(JOURNAL, wanted, kind="stay", reason="$2::text", fresh=True)
    async with db.begin() as session:
        made = await (await driver(session)).fetchval(
            "with created as (insert into stay (history, person, sex, place, since, days, cost, "
            "retracted) values ('h', $1, 'men', '', date '2024-05-05', 1, 0, false) returning *), "
            f"facts as ({sql}) select id from created",
            uuid4(),
            "recorded",
        )
    (row,) = await _booked(db)
    assert (row["record_id"], row["period"], row["reason"]) == (made, 202405, "recorded")


def test_append_sql_of_a_journal_written_elsewhere_is_refused() -> None:
    ledger = Journal("posting", (), expressions={"amount": "ore"})
    with pytest.raises(TypeError, match="written by its own service"):
        append_sql(ledger, "select", kind="voucher", reason="''", fresh=True)
    with pytest.raises(ValueError, match="plain word"):
        append_sql(JOURNAL, "select", kind="x'; drop table fact; --", reason="''", fresh=True)


async def _correct_together(db: Database, one: Stay, *, locked: bool) -> list[UUID]:
    """Let eight transactions correct one record at once; return the record if it drifted."""
    together = asyncio.Barrier(8)

    async def correct(number: int) -> None:
        async with db.begin() as session:
            conn = await driver(session)
            said = replace(one, cost=number + 1, sex=("women", "men")[number % 2])
            await conn.fetchval("select 1")
            await together.wait()
            if locked:
                await change(conn, [said])
            else:
                wanted = (
                    f"select 'cost' as measure, date '2024-03-10' as happened_on, {said.cost} as "
                    f"amount, null as subject, i as record_id, 'h' as history, '{said.sex}' as "
                    "sex, '' as place from unnest($1::uuid[]) i"
                )
                await settle(conn, JOURNAL, "stay", [one.id], wanted_sql=wanted, reason="race")
                await together.wait()

    await asyncio.gather(*(correct(number) for number in range(8)))
    async with db.read() as session:
        conn = await driver(session)
        return await drift(conn, JOURNAL, "stay", [one.id], wanted_sql=FACTS)


async def test_settle_corrections_of_one_record_at_once_leave_one_of_them(db: Database) -> None:
    for _ in range(10):
        one = some_stay()
        async with db.begin() as session:
            await create(await driver(session), "h", [one])
        assert await _correct_together(db, one, locked=True) == []


async def test_settle_without_the_records_lock_drifts(db: Database) -> None:
    one = some_stay()
    async with db.begin() as session:
        await create(await driver(session), "h", [one])
    assert await _correct_together(db, one, locked=False) == [one.id]


# ------------------------------------------------------------------- what the database refuses

INSERT = (
    "insert into fact (measure, happened_on, amount, record_kind, record_id, recorded_at, reason)"
    " values ('m', '2024-01-01', 1, 'stay', uuidv7(), {at}, 'attack')"
)
BACK_DATES = ["now() - interval '1 microsecond'", "'2020-01-01'", "'-infinity'"]


async def _taken(db: Database, sql: str) -> bool:
    """Tell whether the database takes a statement of the service's own role."""
    try:
        async with db.begin() as session:
            await (await driver(session)).execute(sql)
    except asyncpg.PostgresError:
        return False
    return True


async def test_fact_recorded_before_its_transaction_is_refused(
    made: tuple[Database, DatabaseUrls],
) -> None:
    db, urls = made
    statements = [INSERT.format(at=at) for at in BACK_DATES]
    assert [sql for sql in statements if await _taken(db, sql)] == []
    with pytest.raises(asyncpg.CheckViolationError, match="recorded when it is written"):
        async with db.begin() as session:
            await (await driver(session)).execute(statements[0])
    assert await _taken(db, INSERT.format(at="now()"))
    assert await _taken(db, INSERT.format(at="clock_timestamp()"))
    assert len(await _booked(db)) == 2
    # Negative control: it is the trigger that refuses them.
    await _as_owner(urls, "drop trigger fact_back_dated on fact")
    assert [sql for sql in statements if not await _taken(db, sql)] == []


CHANGES = [
    "update fact set amount = 2",
    "update fact set recorded_at = now()",
    "delete from fact",
    "truncate fact",
    "truncate fact cascade",
    "update journal_snapshot set facts = 0",
    "delete from fact_sum",
    "update record_version set body = '{}'",
    "delete from record_version",
    "alter table fact disable trigger all",
    "drop trigger fact_append_only on fact",
    "insert into fact (period) values (202401)",
    INSERT.replace("fact (", "fact (id, ").replace("values (", "values (1, ").format(at="now()"),
]


async def test_change_of_the_past_as_the_service_is_refused(db: Database) -> None:
    assert await _taken(db, INSERT.format(at="now()"))
    before = await _booked(db)
    assert [sql for sql in CHANGES if await _taken(db, sql)] == []
    assert await _booked(db) == before


async def test_change_of_the_past_as_the_owner_is_refused(
    made: tuple[Database, DatabaseUrls],
) -> None:
    db, urls = made
    assert await _taken(db, INSERT.format(at="now()"))
    for sql in (*CHANGES[:5], INSERT.format(at="now()")):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await _as_owner(urls, sql)
    assert len(await _booked(db)) == 1
    # Negative control: the owner may take the lock off the door, and then it is open.
    await _as_owner(urls, "drop trigger fact_append_only on fact")
    await _as_owner(urls, "delete from fact")
    assert await _booked(db) == []


async def test_fact_of_nothing_is_refused(db: Database) -> None:
    with pytest.raises(asyncpg.CheckViolationError):
        async with db.begin() as session:
            await (await driver(session)).execute(
                INSERT.format(at="now()").replace("'2024-01-01', 1", "'2024-01-01', 0")
            )


async def _as_owner(urls: DatabaseUrls, sql: str) -> None:
    conn = await asyncpg.connect(urls.owner)
    try:
        await conn.execute(sql)
    finally:
        await conn.close()


def test_declaring_a_dimension_that_every_journal_has_is_refused() -> None:
    with pytest.raises(ValueError, match="belong to every journal"):
        sum_table("other", service_metadata(), "sex", "amount")
    with pytest.raises(ValueError, match="plain SQL identifier"):
        sum_table("other", service_metadata(), "sex; drop table fact")
    with pytest.raises(ValueError, match="what no journal has"):
        Journal("fact", ("sex",), expressions={"age": "1"})


# ------------------------------------------------------------------------------------ snapshots


async def test_snapshot_is_due_after_enough_facts_and_not_again(db: Database) -> None:
    async with db.begin() as session:
        await create(await driver(session), "h", [some_stay() for _ in range(10)])
    await wait_until_settled(db)
    assert await snapshot_if_due(db, JOURNAL, threshold=41) is None
    first = await snapshot_if_due(db, JOURNAL, threshold=40)
    assert first is not None
    assert await snapshot_if_due(db, JOURNAL, threshold=1) is None
    async with db.read() as session:
        conn = await driver(session)
        (row,) = await conn.fetch("select * from journal_snapshot")
        assert (row["journal"], row["facts"], row["cells"]) == ("fact", 40, 2)


async def test_snapshot_waits_for_as_many_facts_as_the_last_has_cells(db: Database) -> None:
    many = [some_stay(place=f"place-{n}", days=0) for n in range(30)]
    async with db.begin() as session:
        await create(await driver(session), "h", many)
    await wait_until_settled(db)
    assert await snapshot_if_due(db, JOURNAL, threshold=1) is not None
    async with db.begin() as session:
        await create(await driver(session), "h", [some_stay() for _ in range(5)])
    async with db.read() as session:
        assert await facts_due(await driver(session), JOURNAL, threshold=1) is None
    async with db.begin() as session:
        await create(await driver(session), "h", [some_stay() for _ in range(50)])
    async with db.read() as session:
        assert await facts_due(await driver(session), JOURNAL, threshold=1) == 60


async def test_snapshots_after_much_at_once_are_never_far_apart(db: Database) -> None:
    for _ in range(12):
        async with db.begin() as session:
            await create(await driver(session), "h", [some_stay() for _ in range(5)])
    await wait_until_settled(db)
    while await snapshot_if_due(db, JOURNAL, threshold=50) is not None:
        pass
    async with db.read() as session:
        conn = await driver(session)
        taken = await conn.fetch("select facts from journal_snapshot order by as_of")
        # A transaction's facts have one instant and stay together: 20 facts at a time.
        assert [row["facts"] for row in taken] == [60, 120, 180, 240]


async def test_snapshot_is_taken_by_one_session_at_a_time(db: Database) -> None:
    async with db.begin() as session:
        assert await take_snapshot(await driver(session), JOURNAL) is not None
        assert await _snapshot(db) is None
    await wait_until_settled(db)
    assert await _snapshot(db) is not None


async def test_snapshot_leaves_out_what_is_not_settled(db: Database) -> None:
    async with db.begin() as session:
        slow = await driver(session)
        await create(slow, "slow", [some_stay()])
        async with db.begin() as other:
            await create(await driver(other), "quick", [some_stay()])
        as_of = await _snapshot(db)
        started: datetime = await slow.fetchval("select now()")
    assert as_of is not None
    assert as_of < started
    query = Query("entries", Period.parse("2024"), await _now(db), ("history",))
    assert await _values(db, query) == ({("slow",): 1, ("quick",): 1}, 2)
    # Negative control: sums taken up to now, with the slow one open, would have lost it.
    rows = await _booked(db)
    assert {row["history"] for row in rows if row["recorded_at"] > started} == {"quick"}


async def test_snapshot_in_a_transaction_with_an_older_picture_is_refused(db: Database) -> None:
    async with db.read() as session:
        with pytest.raises(RuntimeError, match="READ COMMITTED"):
            await take_snapshot(await driver(session), JOURNAL)


async def test_figure_is_read_from_the_snapshot_and_not_added_up_again(
    made: tuple[Database, DatabaseUrls],
) -> None:
    db, urls = made
    async with db.begin() as session:
        await create(await driver(session), "h", [some_stay()])
    await wait_until_settled(db)
    assert await _snapshot(db) is not None
    query = Query("entries", Period.parse("2024"), await _now(db))
    # Negative control of every test that compares: a wrong snapshot is seen in the figure.
    await _as_owner(urls, "update fact_sum set amount = 7 where measure = 'entries'")
    assert await _values(db, query) == ({(): 7}, 7)
    assert await _values(db, query, snapshots=False) == ({(): 1}, 1)
