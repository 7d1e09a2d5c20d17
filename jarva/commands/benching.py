"""Measuring the product beside what this machine can do at best."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from jarva.bench import creates, deliveries, figures, ledger, reports
from jarva.bench.measuring import Line
from jarva.narration import Narrator
from jarva.running import Running
from shared.db import Database

_ROUNDS = 5


class Part(StrEnum):
    """What is measured."""

    CREATES = "creates"
    DELIVERIES = "deliveries"
    FIGURES = "figures"
    LEDGER = "ledger"
    REPORTS = "reports"


def bench(
    *,
    scale: Annotated[
        int, typer.Option(min=1, max=100, help="Times as many rows: 1 is a minute's worth.")
    ] = 1,
    part: Annotated[
        list[Part] | None, typer.Option(help="Only this; may be given several times.")
    ] = None,
) -> None:
    """Measure the product in ratios to a baseline of the same run.

    The ledger has 200 000 postings at scale 1 and a million at scale 5. Reports are about 10 000
    participants, 100 000 contacts and 100 000 postings at scale 1, and a hundred times as many at
    scale 100, which takes half an hour and 30 GB where temporary files are.

    Nothing here fails on a slow machine: read the ratios. It fails when an answer is wrong.
    """
    console = Console(width=max(Console().width, 130))
    with tempfile.TemporaryDirectory(prefix="jarva-bench-") as folder:
        narrator = Narrator(console)
        with narrator.starting() as report:
            running = Running(Path(folder) / "var", report=report)
            running.start()
        try:
            lines = asyncio.run(_measure(running, scale, tuple(part or Part), console))
        finally:
            running.stop()
    console.print(_table(lines))


async def _measure(
    running: Running, scale: int, parts: tuple[Part, ...], console: Console
) -> list[Line]:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    lines: list[Line] = []
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=None)

        def told(what: str) -> None:
            progress.update(task, description=what)

        for part in parts:
            told(part)
            lines += await _measured(running, part, scale, told)
    return lines


async def _measured(
    running: Running, part: Part, scale: int, told: Callable[[str], None]
) -> list[Line]:
    owner_url = running.owner_database_url("outreach")
    match part:
        case Part.CREATES:
            await creates.bare_table(owner_url)
            return [await creates.contact_create(running, owner_url, rows=400, rounds=_ROUNDS)]
        case Part.DELIVERIES:
            return await deliveries.visits_delivery(running, owner_url, rows=50_000 * scale)
        case Part.FIGURES:
            db = Database(
                running.database_url("outreach"), application_name="bench", statement_timeout=600
            )
            try:
                return await figures.visits_figure(
                    db, owner_url, facts=300_000 * scale, rounds=_ROUNDS
                )
            finally:
                await db.close()
        case Part.LEDGER:
            return await ledger.journal_import(running, postings=200_000 * scale, rounds=_ROUNDS)
        case Part.REPORTS:
            return await reports.committee_reports(
                running, participants=10_000 * scale, rounds=_ROUNDS, told=told
            )


def _table(lines: list[Line]) -> Table:
    table = Table("measured", "product", "baseline", "ratio", "target", "", "baseline is", box=None)
    for line in lines:
        table.add_row(
            line.name,
            f"{line.product:.1f} {line.unit}",
            f"{line.baseline:.1f} {line.unit}",
            f"{line.ratio:.2f}",
            f"≤ {line.target:.2f}",
            "met" if line.met else "not met",
            line.note,
        )
    return table
