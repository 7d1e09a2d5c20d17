"""One process of one service, as a container runs it: this process becomes it."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from jarva import apps
from jarva.layout import SERVICES


def _known(service: str) -> str:
    if service not in SERVICES:
        raise typer.BadParameter(f"not one of {', '.join(SERVICES)}")
    return service


Service = Annotated[str, typer.Argument(callback=_known, help="Such as budget.")]


def _become(command: tuple[str, ...]) -> None:
    os.execv(command[0], command)  # noqa: S606 - no shell is the intention


def api(
    service: Service,
    *,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "0.0.0.0",  # noqa: S104
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    drain: Annotated[int, typer.Option(help="Seconds of answering while told to stop.")] = 5,
) -> None:
    """Serve one service's API; its settings come from the environment."""
    _become(apps.web_command(apps.api_factory(service), host, port, drain=drain))


def worker(service: Service) -> None:
    """Run one service's worker; its settings come from the environment."""
    _become(apps.worker_command(service))
