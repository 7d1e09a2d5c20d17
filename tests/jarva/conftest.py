"""Starting the driver as a process of its own, and watching what it says and leaves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from signal import SIGKILL
from typing import Any, TypeAlias

import pytest

from jarva.embedded.postgres import command_line
from jarva.layout import PROJECT
from jarva.processes import wait_until

PATIENCE = 40.0
"""Seconds that something may take on a machine that runs other tests too."""


def is_gone(pid: int) -> bool:
    """Tell whether a process has ended (its zombie, if nobody reaps it, counts as ended)."""
    return command_line(pid) == ""


class Driven:
    """A driver process and everything it has said so far."""

    def __init__(self, var: Path, environment: dict[str, str] | None = None) -> None:
        self.output = var.parent / f"{var.name}.said"
        with self.output.open("w") as said:
            self.process = subprocess.Popen(
                (sys.executable, "-m", "tests.jarva.driver", str(var)),
                cwd=PROJECT,
                env={**os.environ, **(environment or {})},
                stdout=said,
                stderr=subprocess.PIPE,
            )

    @property
    def said(self) -> list[dict[str, Any]]:
        whole = [line for line in self.output.read_text().splitlines(keepends=True) if "\n" in line]
        return [json.loads(line) for line in whole]

    def times(self, name: str, state: str) -> int:
        return sum((line["name"], line["state"]) == (name, state) for line in self.said)

    def wait_for(self, name: str, state: str, times: int = 1) -> None:
        assert wait_until(lambda: self.times(name, state) >= times, PATIENCE), self.said

    def ready(self) -> dict[str, int]:
        """Wait until everything is ready; return the process ids."""
        self.wait_for("everything", "READY")
        pids: dict[str, int] = self.said[-1]["pids"]
        return pids

    def end(self) -> int:
        return self.process.wait(PATIENCE)


Drive: TypeAlias = Callable[..., Driven]


@pytest.fixture
def drive() -> Iterator[Drive]:
    """A function that starts a driver on a folder; whatever still runs is killed at the end."""
    with ExitStack() as left:

        def start(var: Path, **environment: str) -> Driven:
            driven = Driven(var, environment)
            left.callback(driven.process.stderr.close)  # type: ignore[union-attr]
            left.callback(driven.process.wait)
            left.callback(driven.process.send_signal, SIGKILL)
            return driven

        yield start
