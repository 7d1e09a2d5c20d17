"""The ``jarva`` command line: puts the commands together and shows expected failures plainly."""

from __future__ import annotations

import signal
import sys
from types import FrameType

import typer
from rich.console import Console

from jarva.addresses import AddressesIncomplete
from jarva.commands import benching, databases, demonstrating, documents, serving, single, tokens
from jarva.home import AlreadyRunning
from jarva.processes import Halted, ProcessFailed

EXPECTED = (AddressesIncomplete, AlreadyRunning, ProcessFailed, tokens.NoIssuer)
"""What goes wrong for reasons the user can see to: the message is enough."""

app = typer.Typer(
    help="Backend of the labour-market committee, with everything it needs.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,  # locals hold passwords
)
for command in (
    serving.up,
    serving.status,
    serving.down,
    serving.logs,
    single.api,
    single.worker,
    databases.migrate,
    databases.provision,
    tokens.token,
    documents.openapi,
    demonstrating.demo,
    benching.bench,
):
    app.command()(command)


def _end(number: int, _frame: FrameType | None) -> None:
    """Leave through the context managers, which stop what was started."""
    sys.exit(128 + number)


def main() -> None:
    signal.signal(signal.SIGTERM, _end)
    try:
        app()
    except EXPECTED as failure:
        Console(stderr=True).print(str(failure), style="red", markup=False, highlight=False)
        sys.exit(1)
    except Halted:
        sys.exit(128 + signal.SIGINT)
