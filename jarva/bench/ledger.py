"""A ledger pushed over HTTP and every statement of it, against beancount on the same journal.

Beancount keeps a journal as text: to say anything of it, it reads and balances the whole of it.
That is what the import is measured against, and, with the balances added up, the statements.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg

from jarva.bench import journal
from jarva.bench.measuring import Line
from jarva.demo.loading import Body, Target, finished, post_all
from jarva.running import Running
from services.budget.balance_checks import VOUCHERS
from services.budget.queries.sums import Shape
from shared.journal.snapshots import THRESHOLD

ACCOUNTS = 1000
_IMPORT_TARGET, _STATEMENTS_TARGET = 1 / 10, 1 / 50
_SINCE = "2000-01-01"
_WITHIN = 900.0

_ADDED_UP = f"""
    select coalesce((select max(facts) from journal_snapshot
                     where journal = '{Shape.ACCOUNTS}'), 0) + $1 > (select count(*) from posting)
       and not exists (
           select from delivery_booking d left join balance_check c on c.period = d.period
           where c.period is null or d.recorded_at > c.as_of
           group by d.period having sum(d.vouchers) >= $2)
"""


async def journal_import(running: Running, *, postings: int, rounds: int) -> list[Line]:
    """Measure a journal's first delivery, the same again, and all statements of its year."""
    if importlib.util.find_spec("beancount") is None:
        raise RuntimeError("beancount is not installed: make install brings it")
    target = Target(
        running.urls,
        running.token(["budget:read", "budget:post", "budget:close", "registers:push"]),
    )
    codes = journal.accounts(ACCOUNTS)
    _open_books(target, codes)
    body = journal.as_csv(journal.vouchers(postings, codes), uuid4().hex[:6])
    first = _pushed(target, body)
    again = _pushed(target, body)
    await _until_added_up(running.owner_database_url("budget"))
    shown = _statements(target, rounds)
    read, added = await _with_beancount(postings, codes)
    size = f"{postings:,} postings".replace(",", " ")
    reading = "beancount reading and balancing the same journal"
    return [
        Line(f"import of {size}", first, read, "s", _IMPORT_TARGET, reading),
        Line(f"the same {size} again", again, read, "s", _IMPORT_TARGET, reading),
        Line(
            f"all statements of {size}",
            shown,
            added,
            "s",
            _STATEMENTS_TARGET,
            "beancount reading it and adding up each account; ours from what the worker keeps",
        ),
    ]


def _open_books(target: Target, codes: list[str]) -> None:
    with target.client("budget") as client:
        opened = client.post(
            "/fiscal-years",
            json={"year": journal.YEAR},
            headers={"Idempotency-Key": str(uuid4())},
        )
        opened.raise_for_status()
        for path, wanted in (("/accounts", codes), ("/counterparts", ["87"])):
            bodies: list[Body] = [
                {"code": code, "name": f"Mätning {code}", "validFrom": _SINCE} for code in wanted
            ]
            post_all(client, path, bodies, key=("code",))


def _pushed(target: Target, body: bytes) -> float:
    """Return the seconds from sending the body until it is applied."""
    with target.client("budget") as client:
        began = time.perf_counter()
        answer = client.post(
            "/registers/vouchers/deliveries",
            content=body,
            headers={"Content-Type": "text/csv", "Idempotency-Key": str(uuid4())},
            timeout=_WITHIN,
        )
        answer.raise_for_status()
        delivery = finished(client, answer.headers["Location"], within=_WITHIN)
        if delivery["state"] != "applied" or delivery["counts"]["rejected"]:
            raise RuntimeError(f"the journal was not booked: {delivery}")
        return time.perf_counter() - began


async def _until_added_up(owner_url: str) -> None:
    """Wait for the worker's snapshots and checks, made within seconds of a delivery."""
    conn = await asyncpg.connect(owner_url)
    try:
        async with asyncio.timeout(_WITHIN):
            while not await conn.fetchval(_ADDED_UP, THRESHOLD, VOUCHERS):  # noqa: ASYNC110  another process's doing
                await asyncio.sleep(0.2)
    finally:
        await conn.close()


def _statements(target: Target, rounds: int) -> float:
    """Return the median seconds of asking for all statements of the year."""
    taken = []
    with target.client("budget") as client:
        for _ in range(rounds):
            began = time.perf_counter()
            answer = client.get("/statements", params={"period": str(journal.YEAR)})
            answer.raise_for_status()
            taken.append(time.perf_counter() - began)
    return statistics.median(taken)


async def _with_beancount(postings: int, codes: list[str]) -> tuple[float, float]:
    """Return the seconds until beancount has read the journal, and until it has added it up."""
    with tempfile.TemporaryDirectory(prefix="jarva-bench-") as folder:
        file = Path(folder) / "journal.beancount"
        journal.write_beancount(journal.vouchers(postings, codes), codes, file)
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "jarva.bench.read_with_beancount",
            str(file),
            stdout=asyncio.subprocess.PIPE,
        )
        told, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError("beancount did not read the journal")
    seconds: dict[str, Any] = json.loads(told)
    return seconds["read"], seconds["added"]
