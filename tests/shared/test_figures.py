from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import BigInteger, Column, Date, Integer, Table, Text

from shared.app import ServiceApp, ServiceSpec, build_app
from shared.basis import wait_until_settled
from shared.clock import rfc3339
from shared.db import driver
from shared.errors import DomainError, Invalid
from shared.figures import (
    FigureDefinition,
    Figures,
    Query,
    SeriesBreak,
    answer,
    compute,
    figures_router,
)
from shared.figures.definitions import (
    Kind,
    MixedUnits,
    NotAdditive,
    UnknownCode,
    UnknownDimension,
    UnknownFigure,
)
from shared.figures.spans import span
from shared.journal import Journal, define_tables, journal_ddl, sum_table, take_snapshot
from shared.periods import Period
from shared.schema import service_metadata, timestamptz, uuid_pk
from tests.shared.counting import FIGURES, JOURNAL, Stay, create, metadata, some_stay
from tests.shared.sample import sample_settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from shared.db import Database
    from shared.routing import ServiceRouter
    from tests.conftest import Calling, ScratchDatabase
    from tests.servers import DatabaseUrls
    from tests.tokens import Issuer

NEVER = datetime(2000, 1, 1, tzinfo=UTC)
YEAR = Period.parse("2024")
BASE = FIGURES.named("entries")


# ------------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("query", "error"),
    [
        (Query("entires", YEAR, NEVER), UnknownFigure),
        (Query("entries", YEAR, NEVER, by=("age",)), UnknownDimension),
        (Query("entries", YEAR, NEVER, where={"age": ("1",)}), UnknownDimension),
        (Query("entries", YEAR, NEVER, by=("sex", "sex")), Invalid),
        (Query("entries", YEAR, NEVER, where={"sex": ()}), Invalid),
        (Query("entries", YEAR, NEVER, where={"place": ("x",) * 501}), Invalid),
        (Query("entries", YEAR, NEVER, where={"place": ("x'; drop",)}), Invalid),
        (Query("entries", YEAR, NEVER, where={"place": ("x" * 81,)}), Invalid),
        (Query("entries", YEAR, NEVER, where={"sex": ("woman",)}), UnknownCode),
        (Query("present", YEAR, NEVER, by=("period",)), UnknownDimension),
        (Query("persons-entered", YEAR, NEVER, by=("period",)), UnknownDimension),
        (Query("entries", Period.parse("2024-01-02"), NEVER, by=("period",)), UnknownDimension),
        (Query("entries", YEAR, NEVER, where={"period": ("2024-01",)}), UnknownDimension),
        (Query("entries", YEAR, NEVER, plus=("cost",)), MixedUnits),
        (Query("entries", YEAR, NEVER, plus=("persons-entered",)), MixedUnits),
        (Query("entries", YEAR, NEVER, plus=("present",)), NotAdditive),
        (Query("persons-entered", YEAR, NEVER, plus=("persons-during",)), NotAdditive),
        (Query("entries", YEAR, NEVER, plus=("nothing",)), UnknownFigure),
    ],
)
def test_question_that_means_nothing_is_refused(query: Query, error: type[DomainError]) -> None:
    with pytest.raises(error):
        FIGURES.checked(query)


def test_mixed_units_are_named() -> None:
    with pytest.raises(MixedUnits) as refused:
        FIGURES.checked(Query("entries", YEAR, NEVER, plus=("cost",)))
    assert refused.value.extensions["units"] == {"entries": "stays", "cost": "SEK"}


def test_definition_with_a_dimension_its_journal_lacks_is_refused() -> None:
    with pytest.raises(ValueError, match="not in its journal"):
        replace(BASE, dimensions=("age",))
    with pytest.raises(ValueError, match="two figures have one name"):
        Figures((BASE, BASE))


# ----------------------------------------------------------------------------------------- spans

KINDS: tuple[Kind, ...] = ("flow", "stock")
DAYS = st.dates(date(2019, 1, 1), date(2025, 12, 31))


@given(DAYS, st.integers(0, 800), st.sampled_from(KINDS))
def test_months_and_edges_hold_each_day_of_the_span_once(
    first: date, length: int, kind: Kind
) -> None:
    period = Period(first, first + timedelta(days=length), "range")
    found = span(kind, JOURNAL, period)
    start = first if kind == "flow" else date(2018, 1, 1)
    for offset in range(-40, length + 40):
        day = first + timedelta(days=offset)
        if day < date(2018, 1, 1):
            continue
        month = day.year * 100 + day.month
        in_months = found.months is not None and found.months[0] <= month <= found.months[1]
        in_edges = sum(a <= day <= b for a, b in found.edges)
        assert in_months + in_edges == (start <= day <= period.last)


# --------------------------------------------------------------- a ledger with periods of its own

ledger_metadata = service_metadata()
define_tables(ledger_metadata)
posting = Table(
    "posting",
    ledger_metadata,
    uuid_pk(),
    Column("account", Integer, nullable=False),
    Column("ore", BigInteger, nullable=False),
    Column("period", Integer, nullable=False),
    Column("booked_on", Date, nullable=False),
    Column("voucher_id", Text, nullable=False),
    timestamptz("recorded_at", default_now=True),
)
sum_table("posting", ledger_metadata, "account", "account_group")
LEDGER = Journal(
    "posting",
    ("account", "account_group"),
    expressions={
        "measure": "'postings'",
        "amount": "ore",
        "happened_on": "booked_on",
        "subject": "null::uuid",
        "record_kind": "'voucher'",
        "record_id": "voucher_id",
        "reason": "''",
        "account": "account::text",
        "account_group": "(account / 100)::text",
    },
    own_periods=True,
)
MONEY = Figures(
    tuple(
        FigureDefinition(
            name=name,
            version=1,
            unit="SEK",
            title=title,
            definition=f"{title}.",
            kind=kind,  # type: ignore[arg-type]  # flow or stock
            journal=LEDGER,
            measure="postings",
            dimensions=("account", "account_group"),
        )
        for name, title, kind in (("outcome", "Utfall", "flow"), ("balance", "Saldo", "stock"))
    )
)
POSTINGS = [  # account, öre, period, booked on
    (1610, 100_00, 201900, date(2019, 1, 1)),
    (1610, 5_00, 201912, date(2019, 12, 31)),
    (1610, 105_00, 202000, date(2020, 1, 1)),
    (5010, 7_25, 202001, date(2020, 1, 31)),
    (1610, -7_25, 202001, date(2020, 1, 31)),
    (5010, 3_00, 202008, date(2020, 8, 15)),
    (1610, -3_00, 202008, date(2020, 8, 15)),
    (5010, 1_00, 202012, date(2020, 12, 31)),
    (5010, 50, 202013, date(2020, 12, 31)),
]


LEDGER_ANSWERS = [  # figure, period, by account group, total
    ("outcome", "2020-01-01/2020-08-31", {"16": -10_25, "50": 10_25}, 0),
    ("outcome", "2020-T2", {"16": -3_00, "50": 3_00}, 0),
    ("outcome", "2020-08", {"16": -3_00, "50": 3_00}, 0),
    ("outcome", "2020-12", {"50": 1_00}, 1_00),
    ("outcome", "2020", {"16": -10_25, "50": 11_75}, 1_50),
    ("outcome", "2019", {"16": 5_00}, 5_00),
    ("outcome", "2020-08-10/2020-08-20", {"16": -3_00, "50": 3_00}, 0),
    ("balance", "2020-08", {"16": 94_75, "50": 10_25}, 105_00),
    ("balance", "2020-08-31", {"16": 94_75, "50": 10_25}, 105_00),
    ("balance", "2020-08-14", {"16": 97_75, "50": 7_25}, 105_00),
    ("balance", "2020", {"16": 94_75, "50": 11_75}, 106_50),
    ("balance", "2019", {"16": 105_00}, 105_00),
]


@pytest.mark.parametrize("snapshots", [False, True])
async def test_ledger_in_its_own_periods(
    scratch_database: ScratchDatabase, *, snapshots: bool
) -> None:
    db, _ = await scratch_database(ledger_metadata, ddl=journal_ddl("posting"))
    await _post(db, POSTINGS[:5])
    if snapshots:
        await wait_until_settled(db)
        async with db.begin() as session:
            assert await take_snapshot(await driver(session), LEDGER) is not None
    await _post(db, POSTINGS[5:])
    basis = await _now(db)
    for figure, period, groups, total in LEDGER_ANSWERS:
        query = Query(figure, Period.parse(period), basis, ("account_group",))
        async with db.read() as session:
            conn = await driver(session)
            computed = await compute(conn, MONEY.checked(query), query, snapshots=snapshots)
        assert {cell: value for (cell,), value in computed.cells} == groups, (figure, period)
        assert computed.total == total, (figure, period)


async def _post(db: Database, postings: list[tuple[int, int, int, date]]) -> None:
    async with db.begin() as session:
        await (await driver(session)).executemany(
            "insert into posting (account, ore, period, booked_on, voucher_id) "
            "values ($1, $2, $3, $4, 'A1')",
            postings,
        )


async def _now(db: Database) -> datetime:
    async with db.read() as session:
        now: datetime = await (await driver(session)).fetchval("select clock_timestamp()")
    return now


# --------------------------------------------------------------------------------------- answers


@pytest.fixture
async def made(scratch_database: ScratchDatabase) -> tuple[Database, DatabaseUrls]:
    return await scratch_database(metadata)


@pytest.fixture
def db(made: tuple[Database, DatabaseUrls]) -> Database:
    return made[0]


async def _record(db: Database, *stays: Stay) -> None:
    async with db.begin() as session:
        await create(await driver(session), "h", list(stays))


async def _answered(db: Database, query: Query, figures: Figures = FIGURES) -> dict[str, Any]:
    async with db.read() as session:
        return await answer(await driver(session), figures, query)


async def test_answer_holds_everything_needed_to_print_it(db: Database) -> None:
    await _record(db, some_stay(sex="women"), some_stay(sex="women"), some_stay(sex="men"))
    basis = await _now(db)
    query = Query("entries", YEAR, basis, ("sex",), {"place": ("north", "south")})
    assert await _answered(db, query) == {
        "name": "entries",
        "version": 1,
        "unit": "stays",
        "kind": "flow",
        "title": "Entries",
        "definition": "Entries.",
        "period": "2024",
        "periodLabel": "2024",
        "basis": rfc3339(basis),
        "by": ["sex"],
        "where": {"place": ["north", "south"]},
        "rows": [{"sex": "men", "value": 1}, {"sex": "women", "value": 2}],
        "total": 3,
        "notes": [],
        "source": {"register": "stays", "lastDelivery": None},
    }


async def test_answer_says_zero_for_what_is_named_and_leaves_out_the_rest(db: Database) -> None:
    await _record(db, some_stay(sex="women"))
    basis = await _now(db)
    query = Query("entries", YEAR, basis, ("sex",), {"sex": ("men", "women")})
    named = await _answered(db, query)
    assert named["rows"] == [{"sex": "men", "value": 0}, {"sex": "women", "value": 1}]
    open_ = await _answered(db, replace(query, where={}))
    assert open_["rows"] == [{"sex": "women", "value": 1}]
    nothing = await _answered(db, Query("entries", Period.parse("2023"), basis))
    assert (nothing["rows"], nothing["total"]) == ([{"value": 0}], 0)
    nobody = await _answered(db, Query("persons-entered", Period.parse("2023"), basis, ("sex",)))
    assert (nobody["rows"], nobody["total"]) == ([], 0)


async def test_answer_counts_a_person_once_in_each_cell_and_once_in_total(db: Database) -> None:
    person = uuid4()
    stays = [some_stay(person=person, place=place) for place in ("north", "north", "south")]
    await _record(db, *stays)
    got = await _answered(db, Query("persons-entered", YEAR, await _now(db), ("place",)))
    assert got["rows"] == [{"place": "north", "value": 1}, {"place": "south", "value": 1}]
    assert got["total"] == 1


async def test_answer_in_kronor_is_a_decimal_string(db: Database) -> None:
    await _record(db, some_stay(cost=-12_345), some_stay(cost=10_000, sex="men"))
    got = await _answered(db, Query("cost", YEAR, await _now(db), ("sex",)))
    assert got["rows"] == [{"sex": "men", "value": "100.00"}, {"sex": "women", "value": "-123.45"}]
    assert got["total"] == "-23.45"


async def test_answer_adds_figures_of_one_unit(db: Database) -> None:
    figures = Figures((BASE, replace(BASE, name="more", measure="cost", notes=("Obs.",))))
    await _record(db, some_stay(cost=100), some_stay(cost=20, sex="men"))
    query = Query("entries", YEAR, await _now(db), ("sex",), plus=("more",))
    got = await _answered(db, query, figures)
    assert (got["name"], got["total"]) == ("entries+more", 122)
    assert got["rows"] == [{"sex": "men", "value": 21}, {"sex": "women", "value": 101}]
    assert got["notes"] == [{"kind": "definition", "text": "Obs.", "on": None}]


async def test_answer_carries_the_breaks_its_period_crosses(db: Database) -> None:
    break_ = SeriesBreak(date(2024, 1, 1), "Från 2024 räknas unga från 19 år.")
    figures = Figures((replace(BASE, breaks=(break_,)),))
    basis = await _now(db)
    for text, crossed in (("2024", False), ("2023", False), ("2023-07-01/2024-06-30", True)):
        got = await _answered(db, Query("entries", Period.parse(text), basis), figures)
        noted = {"kind": "series-break", "text": break_.text, "on": "2024-01-01"}
        assert (noted in got["notes"]) is crossed


async def test_answer_says_when_the_period_was_not_over(db: Database) -> None:
    basis = await _now(db)
    got = await _answered(db, Query("entries", Period.year(basis.year + 1), basis))
    assert [note["kind"] for note in got["notes"]] == ["open-period"]
    got = await _answered(db, Query("entries", Period.year(basis.year - 1), basis))
    assert got["notes"] == []


async def test_answer_names_the_last_delivery_applied_at_its_basis(db: Database) -> None:
    first = await _deliver(db)
    between = await _now(db)
    await _deliver(db, dry_run=True)
    await _deliver(db, register="others")
    second = await _deliver(db)
    for basis, delivery in ((NEVER, None), (between, first), (await _now(db), second)):
        got = await _answered(db, Query("entries", YEAR, basis))
        shown = got["source"]["lastDelivery"]
        assert (shown and shown["id"]) == (delivery and str(delivery))


async def _deliver(db: Database, *, register: str = "stays", dry_run: bool = False) -> UUID:
    async with db.begin() as session:
        made: UUID = await (await driver(session)).fetchval(
            "insert into delivery (register, mode, dry_run, atomic, day, content_type, "
            "idempotency_key, delivered_by, sha256, bytes, state, finished_at) values "
            "($1, 'delta', $2, false, '2024-01-01', 'text/csv', uuidv7()::text, 'source', '', 0, "
            "'applied', now()) returning id",
            register,
            dry_run,
        )
    return made


# ------------------------------------------------------------------------------------- over HTTP


SPEC = ServiceSpec(
    name="sample",
    title="Räkning",
    description="Siffror och inget annat. / Figures and nothing else.",
    version="1.0.0",
    released=date(2026, 11, 22),
)


def _app(urls: DatabaseUrls, issuer: Issuer, router: ServiceRouter) -> ServiceApp:
    return build_app(SPEC, sample_settings(urls, issuer), [router], schema_head=None)


@pytest.fixture
async def calls(
    made: tuple[Database, DatabaseUrls], issuer: Issuer, calling: Calling
) -> AsyncIterator[httpx2.AsyncClient]:
    app = _app(made[1], issuer, figures_router(FIGURES, restricted_by="place"))
    headers = issuer.headers("figures:read", "figures:rows", audience=("sample",))
    async with calling(app, headers=headers) as client:
        client.base_url = httpx2.URL("http://test/sample/v1")
        yield client


async def test_get_basis_is_settled(calls: httpx2.AsyncClient, db: Database) -> None:
    now = await _now(db)
    got = datetime.fromisoformat((await calls.get("/basis")).json()["settledAt"])
    assert now - timedelta(seconds=1) < got < now + timedelta(seconds=1)


async def test_get_figures_lists_definitions(calls: httpx2.AsyncClient) -> None:
    figures = (await calls.get("/figures")).json()["figures"]
    assert [each["name"] for each in figures] == sorted(each.name for each in FIGURES)
    entries = next(each for each in figures if each["name"] == "entries")
    assert entries["dimensions"][1] == {"name": "sex", "codes": ["men", "unknown", "women"]}
    assert {each["kind"] for each in figures} == {
        "flow",
        "stock",
        "distinct",
        "distinct-stock",
        "distinct-during",
    }


async def test_get_figure_answers_what_compute_says(
    calls: httpx2.AsyncClient, db: Database
) -> None:
    await _record(db, some_stay(sex="women"), some_stay(sex="men"), some_stay(place="south"))
    basis = rfc3339(await wait_until_settled(db))
    asked = {"period": "2024", "basis": basis, "by": "sex,place", "sex": ["women", "men"]}
    got = (await calls.get("/figures/entries", params=asked)).json()
    query = Query(
        "entries",
        YEAR,
        datetime.fromisoformat(basis),
        ("sex", "place"),
        {"sex": ("women", "men")},
    )
    assert got == await _answered(db, query)
    repeated = [("by", "sex"), ("by", "place"), ("period", "2024"), ("basis", basis)]
    again = await calls.get(
        "/figures/entries", params=[*repeated, ("sex", "women"), ("sex", "men")]
    )
    assert again.json() == got
    assert again.headers["ETag"]
    unchanged = await calls.get(
        "/figures/entries", params=asked, headers={"If-None-Match": again.headers["ETag"]}
    )
    assert (unchanged.status_code, unchanged.content) == (304, b"")


async def test_post_figure_queries_answers_as_one_by_one(
    calls: httpx2.AsyncClient, db: Database
) -> None:
    await _record(db, some_stay(sex="women"), some_stay(sex="men", days=300))
    basis = rfc3339(await wait_until_settled(db))
    queries: list[dict[str, Any]] = [
        {"figure": "entries", "period": "2024", "by": ["sex"]},
        {"figure": "present", "period": "2024-09-15", "where": {"sex": ["men"]}},
        {"figure": "persons-during", "period": "2024-T2"},
    ]
    batch = await calls.post("/figure-queries", json={"basis": basis, "queries": queries})
    assert batch.json()["basis"] == basis
    for query, got in zip(queries, batch.json()["answers"], strict=True):
        asked = {"period": query["period"], "basis": basis, "by": query.get("by", [])}
        asked |= query.get("where", {})
        one = await calls.get(f"/figures/{query['figure']}", params=asked)
        assert one.json() == got
    unasked = await calls.post("/figure-queries", json={"queries": queries})
    assert unasked.json()["basis"] >= basis


async def test_answers_are_the_same_bytes_although_much_was_recorded_since(
    calls: httpx2.AsyncClient, db: Database
) -> None:
    await _record(db, *(some_stay(days=n) for n in range(20)))
    await wait_until_settled(db)
    names = [definition.name for definition in FIGURES]
    body: dict[str, Any] = {
        "queries": [{"figure": name, "period": "2024", "by": ["sex"]} for name in names]
    }
    async with db.begin() as session:
        slow = await driver(session)
        await create(slow, "h", [some_stay(sex="men", days=300)])
        before = await calls.post("/figure-queries", json=body)
        body["basis"] = before.json()["basis"]
        await _record(db, *(some_stay(sex="men", days=n % 300) for n in range(2_500)))
    await _snapshot_when_settled(db)
    after = await calls.post("/figure-queries", json=body)
    assert after.content == before.content
    assert after.headers["ETag"] == before.headers["ETag"]
    del body["basis"]
    assert (await calls.post("/figure-queries", json=body)).json()["answers"][0]["total"] != (
        before.json()["answers"][0]["total"]
    )


async def _snapshot_when_settled(db: Database) -> None:
    await wait_until_settled(db)
    async with db.begin() as session:
        assert await take_snapshot(await driver(session), JOURNAL) is not None


async def test_basis_that_is_not_settled_is_refused(
    calls: httpx2.AsyncClient, db: Database
) -> None:
    async with db.begin() as session:
        started: datetime = await (await driver(session)).fetchval("select now()")
        asked = {"period": "2024", "basis": rfc3339(started)}
        got = await calls.get("/figures/entries", params=asked)
    assert (got.status_code, got.json()["code"]) == (409, "basis_not_settled")
    assert got.headers["Retry-After"] == "1"
    assert got.json()["settledAt"] < rfc3339(started)


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/figures/nothing?period=2024", 404, "unknown_figure"),
        ("/figures/entries?period=2024-13", 422, "not_a_period"),
        ("/figures/entries?period=2024&by=age", 422, "unknown_dimension"),
        ("/figures/entries?period=2024&age=1", 422, "unknown_dimension"),
        ("/figures/entries?period=2024&sex=woman", 422, "unknown_code"),
        ("/figures/entries?period=2024&plus=cost", 422, "mixed_units"),
        ("/figures/entries?period=2024&basis=2024-01-01", 422, None),
        ("/figures/entries", 422, None),
    ],
)
async def test_question_that_means_nothing_is_refused_over_http(
    calls: httpx2.AsyncClient, path: str, status: int, code: str | None
) -> None:
    got = await calls.get(path)
    assert got.status_code == status
    assert code is None or got.json()["code"] == code


async def test_batch_names_the_question_that_cannot_be_answered(
    calls: httpx2.AsyncClient,
) -> None:
    queries = [{"figure": "entries", "period": "2024"}, {"figure": "nothing", "period": "2024"}]
    got = await calls.post("/figure-queries", json={"queries": queries})
    assert (got.status_code, got.json()["code"], got.json()["query"]) == (404, "unknown_figure", 1)


async def test_rows_behind_a_figure_add_up_to_it_and_name_no_person(
    calls: httpx2.AsyncClient, db: Database
) -> None:
    stays = [some_stay(cost=n, sex=("women", "men")[n % 2]) for n in range(1, 31)]
    await _record(db, *stays)
    basis = rfc3339(await wait_until_settled(db))
    asked = {"period": "2024", "basis": basis, "sex": "men", "limit": "4"}
    total = (await calls.get("/figures/entries", params={**asked, "limit": []})).json()["total"]
    rows: list[dict[str, Any]] = []
    for page in range(1, 6):
        got = (await calls.get("/figures/entries/rows", params={**asked, "page": str(page)})).json()
        assert got["_meta"]["totalRecords"] == 15
        rows += got["items"]
    assert sum(row["amount"] for row in rows) == total == 15
    assert {row["recordId"] for row in rows} == {str(s.id) for s in stays if s.sex == "men"}
    assert {row["recordKind"] for row in rows} == {"stay"}
    assert all(str(stay.person) not in json.dumps(rows) for stay in stays)
    assert set(rows[0]) == {
        "recordKind",
        "recordId",
        "amount",
        "happenedOn",
        "recordedAt",
        "reason",
        "breakdown",
    }


async def test_caller_of_some_units_gets_those_and_is_told(
    calls: httpx2.AsyncClient, db: Database, issuer: Issuer
) -> None:
    await _record(db, some_stay(place="north"), some_stay(place="south"), some_stay(place=""))
    await wait_until_settled(db)
    north = issuer.headers("figures:read", "figures:rows", audience=("sample",), units=("north",))
    got = (await calls.get("/figures/entries?period=2024", headers=north)).json()
    assert (got["total"], [note["kind"] for note in got["notes"]]) == (1, ["restricted"])
    assert (await calls.get("/figures/entries?period=2024")).json()["total"] == 3
    for path in ("/figures/entries", "/figures/entries/rows"):
        refused = await calls.get(f"{path}?period=2024&place=south", headers=north)
        assert refused.status_code == 403
    rows = (await calls.get("/figures/entries/rows?period=2024", headers=north)).json()
    assert [row["breakdown"]["place"] for row in rows["items"]] == ["north"]
    nobody = issuer.headers("figures:read", audience=("sample",), units=())
    refused = await calls.get("/figures/entries?period=2024", headers=nobody)
    assert refused.status_code == 403


async def test_rows_of_what_belongs_to_no_unit_need_all_units(
    made: tuple[Database, DatabaseUrls], issuer: Issuer, calling: Calling
) -> None:
    everywhere = Figures((replace(BASE, dimensions=("sex",)),))
    app = _app(made[1], issuer, figures_router(everywhere))
    for units, status in ((("north",), 403), (("*",), 200)):
        scopes = ("figures:read", "figures:rows")
        headers = issuer.headers(*scopes, audience=("sample",), units=units)
        async with calling(app, headers=headers) as client:
            figure = "http://test/sample/v1/figures/entries"
            assert (await client.get(f"{figure}?period=2024")).status_code == 200
            assert (await client.get(f"{figure}/rows?period=2024")).status_code == status


async def test_rows_need_their_own_scope(calls: httpx2.AsyncClient, issuer: Issuer) -> None:
    reading = issuer.headers("figures:read", audience=("sample",))
    assert (await calls.get("/figures/entries?period=2024", headers=reading)).status_code == 200
    refused = await calls.get("/figures/entries/rows?period=2024", headers=reading)
    assert (refused.status_code, refused.json()["code"]) == (403, "insufficient_scope")
