"""Measuring the product beside what this machine can do at best."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from jarva.bench import creates, deliveries, figures, ledger
from jarva.bench.measuring import Line
from jarva.narration import Narrator
from jarva.running import Running
from shared.db import Database

_ROUNDS = 5


def bench(
    *,
    scale: Annotated[
        int, typer.Option(min=1, max=100, help="Times as many rows: 1 is a minute's worth.")
    ] = 1,
) -> None:
    """Measure deliveries, figures, creates and the ledger, in ratios to a baseline of the run.

    The ledger has 200 000 postings at scale 1 and a million at scale 5.

    Nothing here fails on a slow machine: read the ratios.
    """
    console = Console(width=max(Console().width, 130))
    with tempfile.TemporaryDirectory(prefix="jarva-bench-") as folder:
        narrator = Narrator(console)
        with narrator.starting() as report:
            running = Running(Path(folder) / "var", report=report)
            running.start()
        try:
            lines = asyncio.run(_measure(running, scale, console))
        finally:
            running.stop()
    console.print(_table(lines))


async def _measure(running: Running, scale: int, console: Console) -> list[Line]:
    url = running.database_url("outreach")
    owner_url = running.owner_database_url("outreach")
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("a create, everything on", total=None)
        await creates.bare_table(owner_url)
        lines = [await creates.contact_create(running, owner_url, rows=400, rounds=_ROUNDS)]
        progress.update(task, description="deliveries")
        lines += await deliveries.visits_delivery(running, owner_url, rows=50_000 * scale)
        progress.update(task, description="figures")
        db = Database(url, application_name="bench", statement_timeout=600)
        try:
            lines += await figures.visits_figure(
                db, owner_url, facts=300_000 * scale, rounds=_ROUNDS
            )
        finally:
            await db.close()
        progress.update(task, description="the ledger")
        lines += await ledger.journal_import(running, postings=200_000 * scale, rounds=_ROUNDS)
    return lines


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
