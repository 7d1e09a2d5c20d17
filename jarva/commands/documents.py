"""What other teams build against: each service's specification as a file."""

from __future__ import annotations

import importlib
import json
import os
from functools import cache
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from jarva.layout import PROJECT, SERVICES

EXAMPLE = PROJECT / ".env.example"


def example_environment() -> dict[str, str]:
    """Return the settings of ``.env.example``: enough to build every application."""
    lines = EXAMPLE.read_text("utf-8").splitlines()
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name: value for name, _, value in pairs}


@cache
def specification(service: str) -> str:
    """Return a service's OpenAPI document as text, built without any server."""
    kept = dict(os.environ)
    os.environ.update(example_environment())
    try:
        app = importlib.import_module(f"services.{service}.main").create_app()
        return json.dumps(app.api.openapi(), ensure_ascii=False, indent=2) + "\n"
    finally:
        os.environ.clear()
        os.environ.update(kept)


def openapi(
    *,
    folder: Annotated[Path, typer.Option(help="Where to write.")] = PROJECT / "docs" / "openapi",
    check: Annotated[bool, typer.Option(help="Write nothing; exit 1 when a file differs.")] = False,
) -> None:
    """Write each service's OpenAPI document to a file named after it."""
    stale = []
    for service in SERVICES:
        text = specification(service)
        path = folder / f"{service}.json"
        if not path.exists() or path.read_text("utf-8") != text:
            stale.append(path.name)
            if not check:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, "utf-8")
    Console().print(f"{', '.join(stale) or 'nothing'} {'differs' if check else 'written'}")
    raise typer.Exit(1 if check and stale else 0)
