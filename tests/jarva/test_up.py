"""``jarva up`` itself, with the real services: started, hurt, looked at and stopped."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from signal import SIGKILL
from urllib.parse import urlsplit

import pytest

from jarva.embedded.postgres import command_line
from jarva.health import is_answering
from jarva.home import Home
from jarva.layout import PROJECT, SERVICES
from jarva.processes import wait_until
from tests.jarva.conftest import is_gone

pytestmark = [
    # eight processes start here, twice, on a machine that may run other tests too
    pytest.mark.timeout(420),
    pytest.mark.skipif(sys.platform != "linux", reason="looks at processes through /proc"),
]
PATIENCE = 180.0


def jarva(var: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        (sys.executable, "-m", "jarva", *arguments, "--var", str(var)),
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def up(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = (sys.executable, "-m", "jarva", "up", "--var", str(tmp_path / "var"))
    with (
        (tmp_path / "output").open("w") as output,
        subprocess.Popen(command, cwd=PROJECT, stdout=output, stderr=output) as process,
    ):
        yield process
        process.kill()


def children(pid: int) -> dict[int, str]:
    """Return the process ids a process has started, with their command lines."""
    listed = " ".join(task.read_text() for task in Path(f"/proc/{pid}/task").glob("*/children"))
    return {int(child): command_line(int(child)) for child in listed.split()}


def find(pid: int, pattern: str) -> int:
    (found,) = (child for child, line in children(pid).items() if re.search(pattern, line))
    return found


def test_up_serves_survives_kills_and_stops(tmp_path: Path, up: subprocess.Popen[bytes]) -> None:
    var, output = tmp_path / "var", tmp_path / "output"

    def all_ready() -> bool:
        assert up.poll() is None, output.read_text()
        return (var / "addresses.json").exists() and all(
            is_answering(urlsplit(url).port or 80) for url in Home(var).addresses.values()
        )

    assert wait_until(all_ready, PATIENCE), output.read_text()
    assert set(Home(var).addresses) == {*SERVICES, "issuer"}
    assert jarva(var, "status").returncode == 0
    started = children(up.pid)
    assert len(started) == 2 + 1 + 2 * len(SERVICES)

    # at once, so that what starts again finds the database still away
    for pattern in ("bin/postgres", "valkey-server", "services.budget.main", "reports.worker"):
        os.kill(find(up.pid, pattern), SIGKILL)
    assert wait_until(lambda: len(children(up.pid)) == len(started), PATIENCE)
    assert wait_until(all_ready, PATIENCE), output.read_text()
    assert children(up.pid) != started

    last = children(up.pid)
    down = jarva(var, "down")
    assert (down.returncode, down.stdout) == (0, "stopped\n")
    assert up.wait(PATIENCE) == 0
    assert wait_until(lambda: all(is_gone(pid) for pid in last), PATIENCE)
    assert jarva(var, "status").returncode == 1
    assert "startup complete" in jarva(var, "logs", "budget-api").stdout
    assert Home(var).holder() is None
