"""The embedded servers as one thing to start, use and stop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from jarva import ports
from jarva.embedded.postgres import SUPERUSER, Postgres, choose_drop
from jarva.embedded.valkey import Valkey
from jarva.home import Home
from jarva.issuer import Issuer
from jarva.layout import SERVICES
from jarva.processes import Child, Halt, ProcessFailed, ProcessSpec
from jarva.provisioning import ServiceDatabase, provision

_TRIES = 5


class Stack:
    """PostgreSQL and Valkey under one folder, with a database and two roles per service.

    Start it in a thread that lives as long as it should (see `Child`).

    Args:
        var: where data, logs, passwords and keys are kept; made when missing. The same folder
            gives the same data, passwords and, when they are free, ports next time.
        fsync: off only for tests, which throw the data away.
        services: which get a database and roles here.
        halt: interrupts a start, and hurries a stop.

    Raises:
        AlreadyRunning: from `start`, when another process uses the folder.
        ProcessFailed: from `start`, with the end of the failing server's log.
        Halted: from `start`, when asked to stop meanwhile.

    """

    def __init__(
        self,
        var: Path,
        *,
        fsync: bool = True,
        services: Iterable[str] = tuple(SERVICES),
        halt: Halt | None = None,
    ) -> None:
        self.home = Home(var)
        self.children: list[Child] = []
        self._fsync = fsync
        self._services = tuple(services)
        self._halt = halt or Halt()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start both servers, wait for them, and provision; on any failure nothing stays."""
        self.home.claim()
        try:
            self._start_servers()
            _run(provision(self.admin_url, self.databases))
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop Valkey, then PostgreSQL; fine to call twice."""
        while self.children:
            self.children.pop().stop(self._halt)
        self.home.release()

    @property
    def admin_url(self) -> str:
        """The superuser's address, on the maintenance database."""
        login = f"{SUPERUSER}:{self._password(SUPERUSER)}"
        return f"postgresql://{login}@{ports.LOOPBACK}:{self.home.port('postgres')}/postgres"

    @property
    def redis_url(self) -> str:
        login = f":{self._password('valkey')}"
        return f"redis://{login}@{ports.LOOPBACK}:{self.home.port('valkey')}/0"

    @property
    def databases(self) -> tuple[ServiceDatabase, ...]:
        return tuple(ServiceDatabase.of(service, self._password) for service in self._services)

    @property
    def issuer(self) -> Issuer:
        return self.home.issuer

    def service_env(self) -> dict[str, str]:
        """Return every variable the services read, as a real installation would set them."""
        environment = self.home.environment() | {"REDIS_URL": self.redis_url}
        for database in self.databases:
            environment |= database.environment(self.admin_url)
        return environment

    def _password(self, name: str) -> str:
        return self.home.credentials.password(name)

    def _start_servers(self) -> None:
        folder = self.home.folder
        postgres = Postgres(
            folder / "postgres", self._password(SUPERUSER), choose_drop(), self._fsync
        )
        valkey = Valkey(folder / "valkey", self._password("valkey"), self._fsync)
        postgres.initialise()
        self._start_on_free_port("postgres", postgres.spec)
        self._start_on_free_port("valkey", valkey.spec)

    def _start_on_free_port(self, name: str, spec: Callable[[int], ProcessSpec]) -> None:
        """Start a server; when somebody took its port in between, on another one."""
        for _ in range(_TRIES):
            child = Child(spec(self.home.port(name)), self.home.logs)
            self.children.append(child)
            try:
                child.wait_ready(self._halt)
            except ProcessFailed:
                child.stop()
                self.children.remove(child)
                if ports.is_free(self.home.port(name)):
                    raise
                self.home.move(name)
            else:
                return
        raise ProcessFailed(f"no port for {name} stayed free")


def _run(work: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine to its end, also when this thread already runs an event loop."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work).result()
