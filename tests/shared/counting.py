"""A small register of stays, its facts, and the same figures computed in plain Python."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import asyncpg
from sqlalchemy import BigInteger, Boolean, Column, Date, Integer, Table, Text
from sqlalchemy.dialects import postgresql

from shared import access_log, idempotency
from shared.basis import MARGIN
from shared.db import driver
from shared.deliveries import tables as delivery_tables
from shared.figures import FigureDefinition, Figures, Query, compute
from shared.figures.standing.tables import define_standing_tables
from shared.journal import Cause, Journal, define_tables, fact_table, settle, take_snapshot
from shared.periods import Period
from shared.records import BUMP, keep_version, version_columns
from shared.records import define_tables as define_record_tables
from shared.schema import service_metadata, uuid_pk

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from shared.db import Connection, Database
    from tests.servers import DatabaseUrls

metadata = service_metadata()
for define in (
    define_tables,
    define_record_tables,
    delivery_tables.define_tables,
    access_log.define_tables,
    define_standing_tables,
    idempotency.define_tables,
):
    define(metadata)
fact = fact_table("fact", metadata, "history", "sex", "place")
stay = Table(
    "stay",
    metadata,
    uuid_pk(),
    *version_columns(),
    Column("history", Text, nullable=False),
    Column("person", postgresql.UUID(as_uuid=True), nullable=False),
    Column("sex", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("since", Date, nullable=False),
    Column("days", Integer, nullable=False),
    Column("cost", BigInteger, nullable=False),
    Column("retracted", Boolean, nullable=False),
)
JOURNAL = Journal.of(fact)

FACTS = """
    select counted.measure, counted.day as happened_on, counted.amount,
           s.person as subject, s.id as record_id, s.history, s.sex, s.place
    from stay s
    cross join lateral (values
        ('entries', s.since, 1::bigint),
        ('present', s.since, 1),
        ('present', s.since + s.days, -1),
        ('cost', s.since, s.cost)
    ) as counted (measure, day, amount)
    where not s.retracted and counted.amount <> 0 and s.id = any($1::uuid[])
"""


def _figure(name: str, kind: str, measure: str, unit: str = "stays") -> FigureDefinition:
    return FigureDefinition(
        name=name,
        version=1,
        unit=unit,
        title=name.capitalize(),
        definition=f"{name.capitalize()}.",
        kind=kind,  # type: ignore[arg-type]  # a literal at every call below
        journal=JOURNAL,
        measure=measure,
        dimensions=("history", "sex", "place"),
        register="stays",
        codes={"sex": ("women", "men", "unknown")},
    )


FIGURES = Figures(
    (
        _figure("entries", "flow", "entries"),
        _figure("cost", "flow", "cost", "SEK"),
        _figure("present", "stock", "present"),
        _figure("persons-entered", "distinct", "entries", "persons"),
        _figure("persons-present", "distinct_stock", "present", "persons"),
        _figure("persons-during", "distinct_during", "present", "persons"),
    )
)


@dataclass(frozen=True)
class Stay:
    """One record, in the database and in the model alike."""

    id: UUID
    person: UUID
    sex: str
    place: str
    since: date
    days: int
    cost: int
    retracted: bool = False


def some_stay(**given: object) -> Stay:
    """Return a valid and boring stay, with what the test is about."""
    boring = Stay(uuid4(), uuid4(), "women", "north", date(2024, 3, 10), 20, 100)
    return replace(boring, **given)  # type: ignore[arg-type]  # fields of Stay


async def create(conn: Connection, history: str, stays: Sequence[Stay]) -> None:
    """Record new stays and their facts."""
    columns = ("id", "person", "sex", "place", "since", "days", "cost", "retracted")
    await conn.executemany(
        "insert into stay (history, id, person, sex, place, since, days, cost, retracted) "
        "values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        [(history, *(getattr(each, name) for name in columns)) for each in stays],
    )
    ids = [each.id for each in stays]
    await settle(conn, JOURNAL, "stay", ids, wanted_sql=FACTS, reason="recorded", fresh=True)


async def change(
    conn: Connection,
    stays: Sequence[Stay],
    *,
    reason: str = "corrected",
    cause: Cause | None = None,
) -> None:
    """Make stays that exist say what these say, and settle their facts."""
    ids = [each.id for each in stays]
    await keep_version(conn, "stay", ids, reason=reason, by="tester")
    await conn.executemany(
        f"update stay set person = $2, sex = $3, place = $4, since = $5, days = $6, cost = $7, "
        f"retracted = $8, {BUMP} where id = $1",
        [(s.id, s.person, s.sex, s.place, s.since, s.days, s.cost, s.retracted) for s in stays],
    )
    await settle(conn, JOURNAL, "stay", ids, wanted_sql=FACTS, reason=reason, cause=cause)


def expected(
    figure: str, period: Period, by: tuple[str, ...], stays: Iterable[Stay]
) -> tuple[dict[tuple[str, ...], int], int]:
    """Return a figure's non-zero cells and total over stays, the way a person would count."""
    live = [each for each in stays if not each.retracted]
    cells: dict[tuple[str, ...], int] = {}
    for cell in {_cell(each, by, period) for each in live}:
        value = _count(figure, period, [s for s in live if _cell(s, by, period) == cell])
        if value:
            cells[cell] = value
    return cells, _count(figure, period, live)


def _cell(each: Stay, by: tuple[str, ...], period: Period) -> tuple[str, ...]:
    return tuple(f"{each.since:%Y-%m}" if name == "period" else getattr(each, name) for name in by)


def _count(figure: str, period: Period, stays: list[Stay]) -> int:
    entered = [s for s in stays if s.since in period]
    there = [s for s in stays if s.since <= period.last < s.since + timedelta(days=s.days)]
    match figure:
        case "entries":
            return len(entered)
        case "cost":
            return sum(s.cost for s in entered)
        case "present":
            return len(there)
        case "persons-entered":
            return len({s.person for s in entered})
        case "persons-present":
            return len({s.person for s in there})
        case "persons-during":
            return len(
                {
                    s.person
                    for s in stays
                    if s.since <= period.last
                    and s.since + timedelta(days=s.days) > period.first
                    and s.days > 0
                }
            )
        case _:
            raise AssertionError(figure)


async def now(db: Database) -> datetime:
    """Return the database's present instant: a basis when nobody else writes."""
    async with db.read() as session:
        at: datetime = await (await driver(session)).fetchval("select clock_timestamp()")
    return at


async def values(
    db: Database, query: Query, *, snapshots: bool = True
) -> tuple[dict[tuple[str, ...], int], int]:
    """Return a figure's non-zero cells and total as the service computes them."""
    async with db.read() as session:
        definitions = FIGURES.checked(query)
        computed = await compute(await driver(session), definitions, query, snapshots=snapshots)
    return {cell: value for cell, value in computed.cells if value}, computed.total


async def booked(db: Database) -> list[asyncpg.Record]:
    """Return every fact, in the order of recording."""
    async with db.read() as session:
        return await (await driver(session)).fetch("select * from fact order by id")


async def snapshot(db: Database, *, margin: timedelta = MARGIN) -> datetime | None:
    """Take a snapshot in a transaction of its own."""
    async with db.begin() as session:
        return await take_snapshot(await driver(session), JOURNAL, margin=margin)


async def as_owner(urls: DatabaseUrls, sql: str) -> None:
    """Execute a statement as the owner of the tables, who may do more than the service."""
    conn = await asyncpg.connect(urls.owner)
    try:
        await conn.execute(sql)
    finally:
        await conn.close()
