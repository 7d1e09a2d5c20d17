"""Everything together: servers, migrations, the processes of all services, and their end."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TypeAlias

from jarva import apps, ports
from jarva.addresses import servers_are_given
from jarva.embedded import Stack
from jarva.home import Home
from jarva.issuer import EVERY_UNIT
from jarva.layout import PROJECT, SERVICES
from jarva.migrating import migrate
from jarva.processes import Halt, Halted, ProcessFailed, ProcessSpec
from jarva.supervisor import Report, State, Supervisor

_TRIES = 3


Processes: TypeAlias = Callable[[Home, Mapping[str, str]], list[ProcessSpec]]


def _ignore(_name: str, _state: State, _reason: str) -> None:
    return


class Running:
    """The whole backend, run by one thread from `start` to `stop`.

    Args:
        var: the folder that keeps everything; the same data next time.
        services: which get databases and migrations.
        processes: what to run, from the folder and the environment.
        environment: what an operator set; server addresses in it mean that none is started.
        report: told what starts, gets ready, ends and waits (also ``migrations``).

    """

    def __init__(
        self,
        var: Path,
        *,
        services: Iterable[str] = tuple(SERVICES),
        processes: Processes = apps.service_processes,
        environment: Mapping[str, str] | None = None,
        report: Report = _ignore,
    ) -> None:
        self.halt = Halt()
        self._given = dict(os.environ if environment is None else environment)
        self._report = report
        self._services = tuple(services)
        self._service_processes = processes
        given = servers_are_given(self._given)
        self._stack = None if given else Stack(var, services=self._services, halt=self.halt)
        self.home = self._stack.home if self._stack else Home(var)
        self._supervisor = Supervisor(self.home.logs, self.halt, report)
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        # a daemon: should the main thread end without stopping us, the process must still end
        self._thread = threading.Thread(target=self._run, name="supervisor", daemon=True)

    @property
    def urls(self) -> dict[str, str]:
        """The root address of each service, and of the issuer when it is the embedded one."""
        names = [*SERVICES, "issuer"] if self._issues_tokens else list(SERVICES)
        return {name: self.home.url(name) for name in names}

    def database_url(self, service: str) -> str:
        """Return the address of a service's database, as the service's own role."""
        return self._environment()[f"{service.upper()}_DATABASE_URL"]

    def owner_database_url(self, service: str) -> str:
        """Return the address of a service's database, as the role that owns its tables."""
        return self._environment()[f"{service.upper()}_OWNER_DATABASE_URL"]

    @property
    def pids(self) -> dict[str, int]:
        """The present process id by name: ``postgres``, ``valkey``, ``budget-worker``, ..."""
        return self._supervisor.pids

    def token(
        self,
        scopes: Sequence[str],
        *,
        subject: str = "jarva",
        units: Sequence[str] = EVERY_UNIT,
        lifetime: timedelta = timedelta(hours=1),
    ) -> str:
        """Return a bearer token of the embedded issuer for all services."""
        return self.home.issuer.mint(subject, scopes, units=units, lifetime=lifetime)

    def start(self) -> None:
        """Start everything and return when all is ready.

        Raises:
            AlreadyRunning, ProcessFailed, Halted: and nothing is left running.

        """
        self._thread.start()
        try:
            while self._thread.is_alive() and not self._ready.wait(0.1):
                pass
        except BaseException:
            self.stop()
            raise
        if self._failure:
            raise self._failure

    def stop(self) -> None:
        """Stop everything, services first; another request meanwhile (^C) hurries it."""
        self.halt.request()
        self.join()

    def join(self) -> None:
        """Wait until everything has stopped, because somebody requested it.

        Raises:
            BaseException: what went wrong, when that is why it ended.

        """
        while self._thread.is_alive():
            try:
                self._thread.join(0.2)
            except KeyboardInterrupt:
                self.halt.request()
        if self._ready.is_set() and self._failure:
            raise self._failure

    # -------------------------------------------------------------------- the supervisor's thread
    def _run(self) -> None:
        try:
            self._start_servers()
            self._prepare_databases()
            self._start_processes()
            self._announce()
            self._supervisor.watch()
        except BaseException as failure:  # noqa: BLE001 - it is raised again where it is waited for
            self._failure = failure
        finally:
            self._stop_all()

    def _start_servers(self) -> None:
        if self._stack is None:
            self.home.claim()
            return
        self._report("servers", State.STARTING, "")
        self._stack.start()
        self._supervisor.adopt(self._stack.children)
        self._report("servers", State.READY, "")

    def _prepare_databases(self) -> None:
        self._report("migrations", State.STARTING, "")
        migrate(self._environment(), self._services)
        self._report("migrations", State.READY, "")
        if self.halt.requested:
            raise Halted

    def _start_processes(self) -> None:
        """Start them; should a port be taken in between, all of them again with another one."""
        for tries_left in reversed(range(_TRIES)):
            try:
                for group in self._groups():
                    self._supervisor.start(group)
            except ProcessFailed:
                self._supervisor.stop()
                taken = [name for name in self.urls if not ports.is_free(self.home.port(name))]
                if not tries_left or not taken:
                    raise
                for name in taken:
                    self.home.move(name)
            else:
                return

    def _groups(self) -> Iterator[list[ProcessSpec]]:
        """Give what starts together: services read the issuer's keys when they start."""
        environment = self._environment()
        if self._issues_tokens:
            yield [apps.issuer(self.home, environment)]
        yield self._service_processes(self.home, environment)

    def _announce(self) -> None:
        self.home.addresses_path.write_text(json.dumps(self.urls, indent=1), "utf-8")
        self._ready.set()

    def _stop_all(self) -> None:
        self._supervisor.stop()
        if self._stack:
            self._stack.stop()
        self.home.release()

    @property
    def _issues_tokens(self) -> bool:
        return not self._given.get("AUTH_JWKS_URL")

    def _environment(self) -> dict[str, str]:
        """Return the processes' environment: what was given wins over what we made up."""
        own = self._stack.service_env() if self._stack else self.home.environment()
        if self._issues_tokens:
            own["AUTH_JWKS_URL"] = self.home.issuer.jwks_url
        paths = (str(PROJECT), self._given.get("PYTHONPATH", ""))
        return own | self._given | {"PYTHONPATH": os.pathsep.join(filter(None, paths))}


@contextmanager
def running_stack(var: Path, *, report: Report = _ignore) -> Iterator[Running]:
    """Run the whole backend while the block runs, for programs that use it as others would."""
    running = Running(var, report=report)
    running.start()
    try:
        yield running
    finally:
        running.stop()
