from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import BigInteger, Column, Date, Integer, Table, Text

from shared.basis import wait_until_settled
from shared.db import driver
from shared.figures import (
    FigureDefinition,
    Figures,
    Query,
    compute,
)
from shared.figures.standing.keeping import keep_answers
from shared.figures.standing.questions import remember, written
from shared.figures.standing.tables import define_standing_tables
from shared.journal import Journal, define_tables, journal_ddl, sum_table, take_snapshot
from shared.periods import Period
from shared.schema import service_metadata, timestamptz, uuid_pk
from tests.shared.counting import now

if TYPE_CHECKING:
    from datetime import datetime

    from shared.db import Database
    from tests.conftest import ScratchDatabase


ledger_metadata = service_metadata()
define_tables(ledger_metadata)
define_standing_tables(ledger_metadata)
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
        "cause": "null",
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


@pytest.mark.parametrize("start", ["facts", "snapshot", "kept answers"])
async def test_ledger_in_its_own_periods(scratch_database: ScratchDatabase, start: str) -> None:
    db, _ = await scratch_database(ledger_metadata, ddl=journal_ddl("posting"))
    await _post(db, POSTINGS[:5])
    await wait_until_settled(db)
    if start == "snapshot":
        async with db.begin() as session:
            assert await take_snapshot(await driver(session), LEDGER) is not None
    elif start == "kept answers":
        asked = [_query(figure, period, await now(db)) for figure, period, *_ in LEDGER_ANSWERS]
        await remember(db, [written(MONEY.checked(query), query) for query in asked])
        assert await keep_answers(db, [LEDGER])
    await _post(db, POSTINGS[5:])
    basis = await now(db)
    for figure, period, groups, total in LEDGER_ANSWERS:
        query = _query(figure, period, basis)
        async with db.read() as session:
            conn = await driver(session)
            definitions = MONEY.checked(query)
            computed = await compute(conn, definitions, query, snapshots=start != "facts")
        assert {cell: value for (cell,), value in computed.cells} == groups, (figure, period)
        assert computed.total == total, (figure, period)


def _query(figure: str, period: str, basis: datetime) -> Query:
    return Query(figure, Period.parse(period), basis, ("account_group",))


async def _post(db: Database, postings: list[tuple[int, int, int, date]]) -> None:
    async with db.begin() as session:
        await (await driver(session)).executemany(
            "insert into posting (account, ore, period, booked_on, voucher_id) "
            "values ($1, $2, $3, $4, 'A1')",
            postings,
        )
