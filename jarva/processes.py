"""Child processes that never outlive us: started, watched and stopped in one way."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from signal import SIGKILL, SIGTERM, Signals
from typing import Literal

from jarva import exec_child

Drop = Literal["none", "namespace", "setuid"]

_TAIL_BYTES = 2_000


class ProcessFailed(Exception):
    """A process ended, or did not become ready, when we needed it."""


class Halted(Exception):
    """We were asked to stop while waiting for something."""


class Halt:
    """A request to stop, which a second request makes urgent."""

    def __init__(self) -> None:
        self._requested = threading.Event()
        self._urgent = threading.Event()

    def request(self) -> None:
        if self._requested.is_set():
            self._urgent.set()
        self._requested.set()

    @property
    def requested(self) -> bool:
        return self._requested.is_set()

    @property
    def urgent(self) -> bool:
        return self._urgent.is_set()

    def wait(self, seconds: float) -> bool:
        """Wait until requested, at most so long; tell whether it is."""
        return self._requested.wait(seconds)


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Poll until the condition holds; tell whether it did within the time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _nothing() -> None:
    return


@dataclass(frozen=True, kw_only=True)
class ProcessSpec:
    """How to run one process.

    Args:
        ready: tells, from the process id, whether it does its work; never raises, never waits
            longer than a second or two.
        before_start: run before every start, restarts included (clearing what a kill -9 left).
        stop_signals: what to send and how many seconds to wait for each; SIGKILL follows.
        orphan_signal: what the process receives when we die without stopping it.
        start_timeout: seconds until it must be ready.

    """

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str] | None = None
    ready: Callable[[int], bool] = lambda _pid: True
    before_start: Callable[[], None] = _nothing
    stop_signals: tuple[tuple[Signals, float], ...] = ((SIGTERM, 25.0),)
    orphan_signal: Signals = SIGKILL
    start_timeout: float = 120.0
    drop: Drop = "none"


class Child:
    """A process of a spec, started at once; its output goes to ``<name>.log`` in the folder.

    Must be made, and restarted, in a thread that lives as long as the child should: the kernel
    takes the end of that thread for the death of the parent.
    """

    def __init__(self, spec: ProcessSpec, logs: Path) -> None:
        self.spec = spec
        self.log = logs / f"{spec.name}.log"
        logs.mkdir(parents=True, exist_ok=True)
        self._process = self._start()

    def restart(self) -> None:
        """Start it again after it ended; its log goes on."""
        self._process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        self.spec.before_start()
        shim = (sys.executable, "-I", "-S", exec_child.__file__)
        terms = (str(os.getpid()), str(int(self.spec.orphan_signal)), self.spec.drop)
        with self.log.open("ab") as output:
            return subprocess.Popen(
                (*shim, *terms, *self.spec.argv),
                env=None if self.spec.env is None else dict(self.spec.env),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # a terminal's ^C must reach us only: the order is ours
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs; negative for the signal that ended it."""
        return self._process.poll()

    @property
    def running(self) -> bool:
        return self.exit_code is None

    @property
    def ready(self) -> bool:
        return self.running and self.spec.ready(self.pid)

    def wait_ready(self, halt: Halt | None = None) -> None:
        """Return when it is ready.

        Raises:
            ProcessFailed: it ended first, or took longer than its `start_timeout`.
            Halted: we were asked to stop meanwhile.

        """
        halt = halt or Halt()
        wait_until(
            lambda: self.ready or not self.running or halt.requested, self.spec.start_timeout
        )
        if halt.requested:
            raise Halted
        if not self.running:
            raise ProcessFailed(f"{self.spec.name} ended with {self.exit_code}\n{self.tail()}")
        if not self.ready:
            raise ProcessFailed(f"{self.spec.name} was not ready in time\n{self.tail()}")

    def tail(self) -> str:
        """Return the end of its log, to show why it failed."""
        with suppress(OSError):
            return self.log.read_bytes()[-_TAIL_BYTES:].decode(errors="replace")
        return ""

    def signal(self, signal: Signals) -> None:
        if self.running:
            self._process.send_signal(signal)

    def stop(self, halt: Halt | None = None) -> None:
        """Stop it in its own polite way, and by force when that takes too long or is urgent."""
        stop_together([self], halt)

    def end(self, halt: Halt) -> None:
        """Wait for what the first stop signal does, send the others, and then use force."""
        for step, (signal, seconds) in enumerate(self.spec.stop_signals):
            if step:
                self.signal(signal)
            if wait_until(lambda: not self.running or halt.urgent, seconds):
                break
        self.kill()

    def kill(self) -> None:
        """End it and whatever it started in its process group."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, SIGKILL)
        self._process.wait()


def stop_together(children: Sequence[Child], halt: Halt | None = None) -> None:
    """Ask all of them to stop, then wait for each; an urgent halt ends the waiting."""
    for child in children:
        child.signal(child.spec.stop_signals[0][0])
    for child in children:
        child.end(halt or Halt())
