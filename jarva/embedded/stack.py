"""The embedded servers as one thing to start, use and stop."""

from __future__ import annotations

import asyncio
import fcntl
import json
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from jarva.credentials import Credentials
from jarva.embedded import ports
from jarva.embedded.postgres import SUPERUSER, Postgres, choose_drop
from jarva.embedded.valkey import Valkey
from jarva.issuer import Issuer
from jarva.layout import ISSUER_PORT, SERVICES
from jarva.processes import Child, ProcessFailed, ProcessSpec
from jarva.provisioning import ServiceDatabase, provision, service_database

_TRIES = 5


class AlreadyRunning(Exception):
    """Another process uses this folder."""


class Stack:
    """PostgreSQL and Valkey under one folder, with a database and two roles per service.

    Start it in a thread that lives as long as it should (see `Child`).

    Args:
        var: where data, logs, passwords and keys are kept; made when missing. The same folder
            gives the same data, passwords and, when they are free, ports next time.
        fsync: off only for tests, which throw the data away.
        services: which get a database and roles here.

    Raises:
        AlreadyRunning: from `start`, when another process uses the folder.
        ProcessFailed: from `start`, with the end of the failing server's log.

    """

    def __init__(
        self, var: Path, *, fsync: bool = True, services: Iterable[str] = tuple(SERVICES)
    ) -> None:
        self.var = var.resolve()
        self.children: list[Child] = []
        self._fsync = fsync
        self._services = tuple(services)
        self._lock: IO[str] | None = None
        self._ports: dict[str, int] = {}

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
        try:
            self._claim()
            self._start_servers()
            _run(provision(self.admin_url, self.databases))
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop Valkey, then PostgreSQL; fine to call twice."""
        while self.children:
            self.children.pop().stop()
        if self._lock:
            self._lock.close()
            self._lock = None

    # ------------------------------------------------------------------------------- addresses
    @property
    def admin_url(self) -> str:
        """The superuser's address, on the maintenance database."""
        login = f"{SUPERUSER}:{self._credentials.password(SUPERUSER)}"
        return f"postgresql://{login}@{ports.LOOPBACK}:{self._ports['postgres']}/postgres"

    @property
    def redis_url(self) -> str:
        password = self._credentials.password("valkey")
        return f"redis://:{password}@{ports.LOOPBACK}:{self._ports['valkey']}/0"

    @property
    def databases(self) -> tuple[ServiceDatabase, ...]:
        password = self._credentials.password
        return tuple(service_database(service, password) for service in self._services)

    @property
    def issuer(self) -> Issuer:
        return Issuer(self.var / "issuer", f"http://{ports.LOOPBACK}:{self._ports['issuer']}")

    def port(self, name: str) -> int:
        """Return the port set aside for a process (a service or ``issuer``) of this folder."""
        return self._ports[name]

    def service_env(self) -> dict[str, str]:
        """Return every variable the services read, as a real installation would set them."""
        issuer = self.issuer
        environment = {
            "REDIS_URL": self.redis_url,
            "AUTH_ISSUER": issuer.name,
            "AUTH_JWKS_URL": issuer.jwks_path.as_uri(),
        }
        for database in self.databases:
            environment |= database.environment(self.admin_url)
        for service in SERVICES:
            environment[f"{service.upper()}_URL"] = f"http://{ports.LOOPBACK}:{self.port(service)}"
        return environment | self.keys()

    def keys(self) -> dict[str, str]:
        """Return the keys that seal and index personal data, one version of each per service."""
        return {
            f"{service.upper()}_{purpose}_KEYS": json.dumps(
                {"1": self._credentials.key(f"{service}:{purpose.lower()}:1")}
            )
            for service in SERVICES
            for purpose in ("SEALING", "INDEX")
        }

    # --------------------------------------------------------------------------------- starting
    def _claim(self) -> None:
        self.var.mkdir(parents=True, exist_ok=True)
        lock = (self.var / "lock").open("a", encoding="utf-8")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise AlreadyRunning(f"{self.var} is in use by another jarva") from None
        self._lock = lock
        self._credentials = Credentials(self.var / "secrets.json")
        self._rotate_logs()
        self._assign_ports()
        self.issuer.ensure_key()

    def _rotate_logs(self) -> None:
        logs = self.var / "log"
        logs.mkdir(exist_ok=True)
        for log in logs.glob("*.log"):
            log.replace(log.with_suffix(".log.1"))

    def _assign_ports(self) -> None:
        remembered: dict[str, int] = {}
        with suppress(OSError, ValueError):
            remembered = json.loads((self.var / "ports.json").read_text("utf-8"))
        usual = {**SERVICES, "issuer": ISSUER_PORT, "postgres": None, "valkey": None}
        self._last_valkey_port = remembered.get("valkey")
        for name, port in usual.items():
            self._ports[name] = ports.free_port(remembered.get(name), port)
        self._remember_ports()

    def _remember_ports(self) -> None:
        (self.var / "ports.json").write_text(json.dumps(self._ports, indent=1), "utf-8")

    def _start_servers(self) -> None:
        postgres = Postgres(
            self.var / "postgres",
            self._credentials.password(SUPERUSER),
            choose_drop(),
            self._fsync,
        )
        valkey = Valkey(self.var / "valkey", self._credentials.password("valkey"), self._fsync)
        postgres.initialise()
        last = self._last_valkey_port
        self._start_on_free_port("postgres", postgres.spec)
        self._start_on_free_port("valkey", lambda port: valkey.spec(port, last_port=last))

    def _start_on_free_port(self, name: str, spec: Callable[[int], ProcessSpec]) -> None:
        """Start a server; when somebody took its port in between, on another one."""
        for _ in range(_TRIES):
            child = Child(spec(self._ports[name]), self.var / "log")
            self.children.append(child)
            try:
                child.wait_ready()
            except ProcessFailed:
                child.stop()
                self.children.remove(child)
                if ports.is_free(self._ports[name]):
                    raise
                self._ports[name] = ports.free_port()
                self._remember_ports()
            else:
                return
        raise ProcessFailed(f"no port for {name} stayed free")


def _run(work: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine to its end, also when this thread already runs an event loop."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work).result()
