"""Running the backend on this machine, and looking after it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Annotated
from urllib.parse import urlsplit

import typer
from rich.console import Console
from rich.table import Table

from jarva.commands import DEFAULT_VAR, Var
from jarva.health import is_answering
from jarva.home import Home
from jarva.narration import Narrator, address_table
from jarva.processes import Halt, wait_until
from jarva.running import Running

# longer than the slowest polite stop: services, then Valkey, then PostgreSQL
_STOP_SECONDS = 75.0


def up(var: Var = DEFAULT_VAR) -> None:
    """Run everything until stopped: servers, migrations, and every service's API and worker.

    With the addresses of databases and Redis in the environment those are used, and no server
    is started.
    """
    narrator = Narrator(Console())
    with narrator.starting() as report:
        running = Running(var, report=report)
        with halting(running.halt):
            running.start()
    narrator.console.print(address_table(running.urls))
    narrator.console.print(
        f"Reports are read at {running.urls['reports']}/ by whoever one chooses to be."
        " Each specification is at openapi.json below its address. A token: jarva token"
        " --scope reports:read. Stop with Ctrl-C.",
        highlight=False,
        soft_wrap=True,
    )
    with halting(running.halt):
        running.join()
    narrator.console.print("stopped")


@contextmanager
def halting(halt: Halt) -> Iterator[None]:
    """Let signals (a closed terminal's too) ask for a stop, and ask again to hurry it."""

    def ask(_number: int, _frame: FrameType | None) -> None:
        halt.request()

    asking = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    kept = {number: signal.signal(number, ask) for number in asking}
    try:
        yield
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)


def status(var: Var = DEFAULT_VAR) -> None:
    """Show what runs and whether it is ready; exit 1 unless all of it is."""
    home = Home(var)
    holder = home.holder()
    if holder is None or not home.addresses:
        Console().print("not running" if holder is None else f"process {holder} is starting")
        raise typer.Exit(1)
    table = Table("service", "address", "state", box=None)
    states = []
    for name, url in home.addresses.items():
        states.append(is_answering(urlsplit(url).port or 80))
        table.add_row(name, url, "ready" if states[-1] else "not ready")
    Console().print(table, f"process {holder}")
    raise typer.Exit(0 if all(states) else 1)


def down(var: Var = DEFAULT_VAR) -> None:
    """Stop what `jarva up` runs and wait until it has stopped."""
    home = Home(var)
    holder = home.holder()
    if holder is None:
        Console().print("not running")
        return
    os.kill(holder, signal.SIGTERM)
    if not wait_until(lambda: home.holder() is None, _STOP_SECONDS):
        Console().print(f"process {holder} has not stopped yet")
        raise typer.Exit(1)
    Console().print("stopped")


def logs(
    name: Annotated[str, typer.Argument(help="Such as budget-api; all without it.")] = "*",
    *,
    var: Var = DEFAULT_VAR,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on as lines come.")] = False,
) -> None:
    """Print what processes have written since the last start."""
    positions: dict[Path, int] = {}
    while True:
        for log in sorted((var / "log").glob(f"{name}.log")):
            positions[log] = _print_from(log, positions.get(log, 0))
        if not follow:
            return
        time.sleep(0.3)


def _print_from(log: Path, position: int) -> int:
    """Print a file's whole lines from a position on; return where the next ones begin."""
    with log.open("rb") as file:
        file.seek(position)
        for line in file:
            if not line.endswith(b"\n"):
                break
            typer.echo(f"{log.stem}: {line.decode(errors='replace').rstrip()}")
            position += len(line)
    return position
