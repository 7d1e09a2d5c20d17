"""Keeps processes running: starts again what ended, later each time it ends soon."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TypeAlias

from jarva.processes import Child, Halt, Halted, ProcessFailed, ProcessSpec, stop_together

FIRST_DELAY = 0.25
LONGEST_DELAY = 30.0
# a process that did its work this long has recovered from whatever ended it before
STEADY_AFTER = 30.0
_STEP = 0.05


class State(Enum):
    STARTING = "starting"
    READY = "ready"
    WAITING = "waiting to start again"


Report: TypeAlias = Callable[[str, State, str], None]
"""Told a process's name, its new state and why (what it ended with, how long it waits)."""


@dataclass
class Watched:
    """One process as the supervisor sees it."""

    child: Child
    state: State
    since: float
    failures: int = 0
    resume_at: float = 0.0


class Supervisor:
    """Starts processes and keeps them running, from one thread.

    Args:
        logs: folder for what the processes print.
        halt: ends starting and watching; a second request hurries `stop`.
        report: told about every change of state.

    """

    def __init__(self, logs: Path, halt: Halt, report: Report) -> None:
        self._logs = logs
        self._halt = halt
        self._report = report
        self._watched: list[Watched] = []
        self._own: list[Child] = []

    def adopt(self, children: Sequence[Child]) -> None:
        """Watch processes that are ready and that somebody else will stop."""
        now = time.monotonic()
        self._watched += [Watched(child, State.READY, now) for child in children]

    @property
    def pids(self) -> dict[str, int]:
        """The present process id of everything watched."""
        return {w.child.spec.name: w.child.pid for w in self._watched}

    def start(self, specs: Sequence[ProcessSpec]) -> None:
        """Start processes at once and wait until all are ready.

        Raises:
            ProcessFailed: one ended before it was ready, or took too long.
            Halted: we were asked to stop meanwhile.

        """
        for spec in specs:
            self._report(spec.name, State.STARTING, "")
            child = Child(spec, self._logs)
            self._own.append(child)
            self._watched.append(Watched(child, State.STARTING, time.monotonic()))
        while pending := [w for w in self._watched if w.state is not State.READY]:
            for watched in pending:
                self._check_first_start(watched)
            if self._halt.wait(_STEP):
                raise Halted

    def _check_first_start(self, watched: Watched) -> None:
        child = watched.child
        late = time.monotonic() > watched.since + child.spec.start_timeout
        if not child.running or late:
            fate = f"ended with {child.exit_code}" if not child.running else "was not ready in time"
            raise ProcessFailed(f"{child.spec.name} {fate}\n{child.tail()}")
        if child.ready:
            self._enter(watched, State.READY)

    def watch(self) -> None:
        """Keep everything running until asked to halt."""
        while not self._halt.wait(_STEP):
            for watched in self._watched:
                self._look_after(watched)

    def _look_after(self, watched: Watched) -> None:
        now = time.monotonic()
        if watched.state is State.WAITING:
            if now >= watched.resume_at:
                watched.child.restart()
                self._enter(watched, State.STARTING)
        elif not watched.child.running:
            self._wait_for_restart(watched, now)
        elif watched.state is State.STARTING and watched.child.ready:
            self._enter(watched, State.READY)
        elif watched.state is State.READY and now > watched.since + STEADY_AFTER:
            watched.failures = 0

    def _wait_for_restart(self, watched: Watched, now: float) -> None:
        delay = min(LONGEST_DELAY, FIRST_DELAY * 2**watched.failures)
        # processes that ended together should not all come back in one instant
        delay *= random.uniform(0.75, 1.25)  # noqa: S311 - nothing secret about a delay
        watched.failures += 1
        watched.resume_at = now + delay
        fate = f"ended with {watched.child.exit_code}, starts again in {delay:.1f} s"
        self._enter(watched, State.WAITING, fate)

    def _enter(self, watched: Watched, state: State, reason: str = "") -> None:
        watched.state, watched.since = state, time.monotonic()
        self._report(watched.child.spec.name, state, reason)

    def stop(self) -> None:
        """Stop the processes started here, all at once; adopted ones are only let go."""
        stop_together(self._own, self._halt)
        self._watched = [watched for watched in self._watched if watched.child not in self._own]
        self._own.clear()
