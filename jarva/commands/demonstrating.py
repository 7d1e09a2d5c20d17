"""The demonstration: the committee's two reports from the figures it published."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from jarva.commands import DEFAULT_VAR, Var
from jarva.demo import DATA, strategic
from jarva.demo.demonstration import SCOPES, assemble, load, settle, tell
from jarva.demo.loading import NotLoaded, Target
from jarva.narration import Narrator
from jarva.running import Running


def demo(
    var: Var = DEFAULT_VAR,
    *,
    data: Annotated[
        Path, typer.Option(help="Folder with the rows to push and the figures to compare with.")
    ] = DATA,
    every_amount: Annotated[
        bool, typer.Option("--every-amount", help="A line for each amount of the statements too.")
    ] = False,
) -> None:
    """Start everything, load the published years, assemble both reports, compare, stop.

    Exit 0 only if every published figure is reproduced. `jarva up` serves the same data
    afterwards.
    """
    console = Console(width=max(Console().width, 140))
    narrator = Narrator(console)
    with narrator.starting() as report:
        running = Running(var, report=report)
        running.start()
    try:
        target = Target(running.urls, running.token(SCOPES, subject="demo"))
        load(target, data, console)
        folder = var / "reports"
        basis = settle(target)
        reports = assemble(target, folder, basis, console)
        reproduced = tell(reports, data, console, every_amount=every_amount)
        for line in strategic.compared(target, data, basis):
            console.print(line, markup=False, highlight=False, soft_wrap=True)
        console.print(f"reports: {folder}/*.json, .html, .xlsx, .docx and .pdf")
    except NotLoaded as refused:
        console.print(str(refused), style="red", markup=False, highlight=False)
        reproduced = False
    finally:
        running.stop()
    raise typer.Exit(0 if reproduced else 1)
