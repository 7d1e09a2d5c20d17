"""Tells on the terminal what starts, gets ready and ends; plain lines where there is none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table

from jarva.layout import SERVICES
from jarva.supervisor import Report, State

# servers, migrations, the issuer, and two processes per service
_STEPS = 3 + 2 * len(SERVICES)


class Narrator:
    """A `Report` that writes to a console."""

    def __init__(self, console: Console) -> None:
        self.console = console

    def report(self, name: str, state: State, reason: str) -> None:
        """Write what an operator should see afterwards: ends and comebacks, not first starts."""
        if state is State.WAITING:
            self.console.print(f"{name} {reason}")

    @contextmanager
    def starting(self) -> Iterator[Report]:
        """Show how far a start has come; give the report to start with, good for ever after."""
        if not self.console.is_terminal:
            yield self._plain
            return
        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn())
        bar = Progress(*columns, MofNCompleteColumn(), console=self.console, transient=True)
        with bar:
            task = bar.add_task("starting", total=_STEPS)

            def show(name: str, state: State, reason: str) -> None:
                if state is State.READY and not bar.finished:
                    bar.advance(task)
                elif state is State.STARTING:
                    bar.update(task, description=f"starting {name}")
                self.report(name, state, reason)

            yield show

    def _plain(self, name: str, state: State, reason: str) -> None:
        line = f"{name} {state.value}" if state is not State.WAITING else f"{name} {reason}"
        self.console.print(line, highlight=False)


def address_table(urls: Mapping[str, str]) -> Table:
    """Return where each service's API begins; what it offers is in ``openapi.json`` below that."""
    table = Table("service", "address", box=None)
    for name, url in urls.items():
        table.add_row(name, f"{url}/{name}/v1" if name in SERVICES else url)
    return table
