"""Runs the real launcher and supervisor over two tiny processes, for tests that kill things.

``python -m tests.jarva.driver VAR`` prints one JSON line per change: what became ready, and the
process ids once everything is; then it watches until a signal asks it to stop.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path

from jarva import apps
from jarva.commands.serving import halting
from jarva.home import Home
from jarva.processes import ProcessSpec
from jarva.running import Running
from jarva.supervisor import State

_WORK = "import time\nwhile True: time.sleep(1)"


def processes(home: Home, env: Mapping[str, str]) -> list[ProcessSpec]:
    """Return a web server (the issuer's, under another name) and a process that just runs."""
    server = apps.issuer(home, env)
    port = home.port("budget")
    web = apps.web_server("budget-api", "jarva.issuer_app:create_app", port, server.env or {})
    return [web, ProcessSpec(name="budget-worker", argv=(sys.executable, "-c", _WORK), env=env)]


def say(**facts: object) -> None:
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


def main(var: str) -> None:
    def report(name: str, state: State, reason: str) -> None:
        say(name=name, state=state.name, reason=reason)

    running = Running(Path(var), services=(), processes=processes, report=report)
    with halting(running.halt):
        running.start()
        say(name="everything", state="READY", pids=running.pids, urls=running.urls)
        running.join()
    say(name="everything", state="STOPPED")


if __name__ == "__main__":
    main(sys.argv[1])
