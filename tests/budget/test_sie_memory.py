"""A large file is booked by a worker whose memory hardly grows."""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from shared.deliveries import intake
from shared.money import to_decimal_string
from tests.budget.sie_books import Books
from tests.budget.sie_files import HEAD

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from shared.db import Database
    from tests.servers import DatabaseUrls

ROWS = 250_000
PER_VOUCHER = 10
GROWTH = 150
ACCOUNTS = [str(code) for code in (*range(1500, 1600), *range(4000, 4400))]


def _large_file() -> bytes:
    """Return a year of vouchers of ten rows each, with the balances that they lead to."""
    moved: Counter[str] = Counter()
    vouchers = []
    for number in range(1, ROWS // PER_VOUCHER + 1):
        month = number % 12 + 1
        rows = []
        for row in range(PER_VOUCHER // 2):
            debit = ACCOUNTS[(number * 7 + row * 3) % 500]
            credit = ACCOUNTS[(number + row * 11) % 100]
            amount = number * 101 + row
            moved[debit] += amount
            moved[credit] -= amount
            text = to_decimal_string(amount)
            rows += [
                f'#TRANS {debit} {{6 "P{number % 40}"}} {text} 2031{month:02d}15 "Rad {row}"\n',
                f"#TRANS {credit} {{}} -{text}\n",
            ]
        head = f'#VER A {number} 2031{month:02d}15 "Verifikation {number}"\n'
        vouchers.append(f"{head}{{\n{''.join(rows)}}}\n")
    chart = "".join(f'#KONTO {code} "Konto {code}"\n' for code in ACCOUNTS)
    stated = "".join(
        f"{'#UB' if code < '3' else '#RES'} 0 {code} {to_decimal_string(moved[code])}\n"
        for code in ACCOUNTS
    )
    year = "#RAR 0 20310101 20311231\n#DIM 6 Projekt\n"
    return "".join((HEAD.format(type=4), year, chart, stated, *vouchers)).encode("cp437")


@pytest.mark.timeout(300)  # nothing here waits; a busy machine may still take its time
async def test_worker_books_a_large_file_in_little_memory(
    budget_db: Database, budget_urls: DatabaseUrls, capsys: pytest.CaptureFixture[str]
) -> None:
    books = Books(budget_db)
    await books.open_year(2031)
    content = _large_file()
    announced = intake.Announced(
        register="sie",
        mode="delta",
        dry_run=False,
        atomic=True,
        day=None,
        content_type="application/x-sie",
        key=uuid4().hex,
        by="tests",
    )
    receipt = await intake.receive(budget_db, None, announced, _pieces(content))
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.budget.sie_worker",
        budget_urls.app,
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await process.communicate()
    peak = json.loads(said)
    delivery = await books.look(receipt.row["id"])
    assert delivery.state == "applied", await books.told(delivery)
    assert await books.value("select count(*) from posting") == ROWS
    took = (delivery.finished_at or delivery.created_at) - delivery.created_at
    with capsys.disabled():
        print(  # noqa: T201  reported, not asserted
            f"\n{ROWS} rows, {len(content) >> 20} MB: worker's memory {peak['before']} MB before,"
            f" {peak['after']} MB at its peak, {took.total_seconds():.1f} s"
        )
    assert peak["after"] - peak["before"] <= GROWTH


async def _pieces(content: bytes) -> AsyncIterator[bytes]:
    for at in range(0, len(content), 1 << 20):
        yield content[at : at + (1 << 20)]
