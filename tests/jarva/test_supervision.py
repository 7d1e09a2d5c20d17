"""The supervisor over processes that misbehave in one way each."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from signal import SIGKILL, SIGTERM

import pytest

from jarva.layout import PROJECT
from jarva.processes import Halt, Halted, ProcessFailed, ProcessSpec, wait_until
from jarva.supervisor import State, Supervisor
from tests.jarva.conftest import PATIENCE, is_gone

RUNS = "import time\nwhile True: time.sleep(1)"
STUBBORN = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + (
    "print('deaf', flush=True)\n" + RUNS
)
FAILS = "raise SystemExit('the disk is full')"


def script(name: str, code: str, *, seconds: float = 5.0, **more: object) -> ProcessSpec:
    argv = (sys.executable, "-c", code)
    return ProcessSpec(name=name, argv=argv, stop_signals=((SIGTERM, seconds),), **more)  # type: ignore[arg-type]


class Told:
    """Collects what a supervisor reports."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, State, float]] = []

    def __call__(self, name: str, state: State, _reason: str) -> None:
        self.lines.append((name, state, time.monotonic()))

    def at(self, state: State) -> list[float]:
        return [moment for _name, seen, moment in self.lines if seen is state]


@contextmanager
def watching(tmp_path: Path, *specs: ProcessSpec) -> Iterator[tuple[Supervisor, Told, Halt]]:
    halt, told = Halt(), Told()
    supervisor = Supervisor(tmp_path, halt, told)
    started = threading.Event()

    def run() -> None:
        supervisor.start(specs)
        started.set()
        supervisor.watch()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        assert started.wait(PATIENCE)
        yield supervisor, told, halt
    finally:
        halt.request()
        thread.join()
        supervisor.stop()


def test_killed_process_is_started_again(tmp_path: Path) -> None:
    with watching(tmp_path, script("worker", RUNS)) as (supervisor, told, _halt):
        first = supervisor.pids["worker"]
        os.kill(first, SIGKILL)
        assert wait_until(lambda: len(told.at(State.READY)) == 2, PATIENCE)
        assert is_gone(first)
        assert not is_gone(supervisor.pids["worker"])


def test_process_that_keeps_ending_is_started_ever_later(tmp_path: Path) -> None:
    marker = tmp_path / "second"
    code = f"from pathlib import Path\nif Path({str(marker)!r}).exists(): raise SystemExit(3)\n"
    with watching(tmp_path, script("worker", code + RUNS)) as (supervisor, told, _halt):
        marker.touch()
        os.kill(supervisor.pids["worker"], SIGKILL)
        assert wait_until(lambda: len(told.at(State.STARTING)) == 5, PATIENCE)
        ends, starts = told.at(State.WAITING), told.at(State.STARTING)[1:]
        pauses = [start - end for end, start in zip(ends, starts, strict=False)]
        assert pauses[3] > 2.5 * pauses[0]
        assert pauses[0] < 1.0


def test_process_that_cannot_start_fails_the_start_with_its_last_words(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path, Halt(), Told())
    try:
        with pytest.raises(ProcessFailed, match="the disk is full"):
            supervisor.start([script("worker", FAILS, ready=lambda _pid: False)])
    finally:
        supervisor.stop()


def test_process_that_never_gets_ready_fails_the_start(tmp_path: Path) -> None:
    never = script("worker", RUNS, ready=lambda _pid: False, start_timeout=0.3)
    supervisor = Supervisor(tmp_path, Halt(), Told())
    try:
        with pytest.raises(ProcessFailed, match="not ready in time"):
            supervisor.start([never])
    finally:
        pid = supervisor.pids["worker"]
        supervisor.stop()
    assert is_gone(pid)


def test_halt_ends_a_start_that_waits(tmp_path: Path) -> None:
    halt = Halt()
    supervisor = Supervisor(tmp_path, halt, Told())
    threading.Timer(0.2, halt.request).start()
    try:
        with pytest.raises(Halted):
            supervisor.start([script("worker", RUNS, ready=lambda _pid: False)])
    finally:
        supervisor.stop()


def test_stop_kills_what_does_not_listen(tmp_path: Path) -> None:
    deaf = script("deaf", STUBBORN, seconds=0.3)
    with watching(tmp_path, deaf) as (supervisor, _told, _halt):
        pid = supervisor.pids["deaf"]
        assert wait_until(lambda: "deaf" in (tmp_path / "deaf.log").read_text(), PATIENCE)
    assert is_gone(pid)


def test_second_request_hurries_the_stop(tmp_path: Path) -> None:
    deaf = script("deaf", STUBBORN, seconds=60.0)
    with watching(tmp_path, deaf) as (supervisor, _told, halt):
        pid = supervisor.pids["deaf"]
        assert wait_until(lambda: "deaf" in (tmp_path / "deaf.log").read_text(), PATIENCE)
        halt.request()
        began = time.monotonic()
    # leaving the block requested a stop again
    assert is_gone(pid)
    assert time.monotonic() - began < 30


def test_stop_takes_what_a_process_started_too(tmp_path: Path) -> None:
    code = "import subprocess, sys\n" + (
        f"child = subprocess.Popen([sys.executable, '-c', {RUNS!r}])\n"
        "print(child.pid, flush=True)\n" + RUNS
    )
    with watching(tmp_path, script("parent", code)):
        log = tmp_path / "parent.log"
        assert wait_until(lambda: log.read_text().endswith("\n"), PATIENCE)
        grandchild = int(log.read_text())
        assert not is_gone(grandchild)
    assert wait_until(lambda: is_gone(grandchild), PATIENCE)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of a death")
def test_children_die_with_a_killed_parent(tmp_path: Path) -> None:
    code = (
        "import sys, time\nfrom pathlib import Path\n"
        "from jarva.processes import Child, ProcessSpec\n"
        f"spec = ProcessSpec(name='x', argv=(sys.executable, '-c', {RUNS!r}))\n"
        f"print(Child(spec, Path({str(tmp_path)!r})).pid, flush=True)\n" + RUNS
    )
    with subprocess.Popen(
        (sys.executable, "-c", code), cwd=PROJECT, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert not is_gone(child)
        parent.kill()
    assert wait_until(lambda: is_gone(child), PATIENCE)


def test_child_of_a_parent_already_gone_does_not_start() -> None:
    nobody = "999999999"
    shim = PROJECT / "jarva" / "exec_child.py"
    refused = subprocess.run(
        (sys.executable, "-I", "-S", str(shim), nobody, "9", "none", "echo", "ran"),
        check=False,
        capture_output=True,
        text=True,
    )
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "parent is gone" in refused.stderr
