"""The folder that one installation keeps everything in: data, logs, passwords, keys, ports."""

from __future__ import annotations

import fcntl
import json
import os
import socket
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import IO

from jarva import ports
from jarva.credentials import Credentials
from jarva.issuer import Issuer
from jarva.layout import ISSUER_PORT, KEY_SETTINGS, SERVICES


class AlreadyRunning(Exception):
    """Another process uses this folder."""


class Home:
    """A folder used by one process at a time, found again as it was left.

    Args:
        folder: made when missing.

    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.logs = self.folder / "log"
        self._lock: IO[str] | None = None
        self._ports: dict[str, int] = {}
        self._holders: dict[str, socket.socket] = {}

    def claim(self) -> None:
        """Take the folder for this process; the lock goes with the process, however it ends.

        Raises:
            AlreadyRunning: another process holds it.

        """
        self.folder.mkdir(parents=True, exist_ok=True)
        lock = (self.folder / "lock").open("a+", encoding="utf-8")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise AlreadyRunning(f"{self.folder} is in use by another jarva") from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        self._lock = lock
        self._rotate_logs()
        self._choose_ports()

    def release(self) -> None:
        if self._lock:
            self.addresses_path.unlink(missing_ok=True)
            self._lock.truncate(0)
            self._lock.close()
            self._lock = None
        while self._holders:
            self._holders.popitem()[1].close()

    def holder(self) -> int | None:
        """Return the process that holds the folder; None when nobody does."""
        with suppress(OSError), (self.folder / "lock").open("r+", encoding="utf-8") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return int(lock.read() or 0) or None
        return None

    @cached_property
    def credentials(self) -> Credentials:
        return Credentials(self.folder / "secrets.json")

    @property
    def issuer(self) -> Issuer:
        return Issuer(self.folder / "issuer", self.url("issuer"))

    @property
    def addresses_path(self) -> Path:
        """The file that names the running services' addresses, while they run."""
        return self.folder / "addresses.json"

    @property
    def addresses(self) -> dict[str, str]:
        """The running services' addresses; empty while they do not run (or not yet)."""
        with suppress(OSError, ValueError):
            return dict(json.loads(self.addresses_path.read_text("utf-8")))
        return {}

    # ------------------------------------------------------------------------------------ ports
    def port(self, name: str) -> int:
        """Return the port set aside for a process: a service, ``issuer`` or a server."""
        return self._ports[name]

    def url(self, name: str) -> str:
        return f"http://{ports.LOOPBACK}:{self._known_ports()[name]}"

    def move(self, name: str) -> int:
        """Set another free port aside, because somebody took the first; return it."""
        self._take(name)
        self._remember_ports()
        return self._ports[name]

    def _choose_ports(self) -> None:
        remembered = self._remembered_ports()
        usual = {**SERVICES, "issuer": ISSUER_PORT, "postgres": None, "valkey": None}
        for name, port in usual.items():
            self._take(name, port, remembered.get(name))
        self._remember_ports()

    def _take(self, name: str, *preferred: int | None) -> None:
        self._ports[name], holder = ports.take(*preferred)
        if given_up := self._holders.pop(name, None):
            given_up.close()
        self._holders[name] = holder

    def _known_ports(self) -> dict[str, int]:
        return self._ports or self._remembered_ports() or {**SERVICES, "issuer": ISSUER_PORT}

    def _remembered_ports(self) -> dict[str, int]:
        with suppress(OSError, ValueError):
            return dict(json.loads((self.folder / "ports.json").read_text("utf-8")))
        return {}

    def _remember_ports(self) -> None:
        (self.folder / "ports.json").write_text(json.dumps(self._ports, indent=1), "utf-8")

    # ------------------------------------------------------------------------------ environment
    def environment(self) -> dict[str, str]:
        """Return what services read that no server decides: issuer, keys, each other's address."""
        issuer = self.issuer
        issuer.ensure_key()
        addresses = {
            f"{service.upper()}_{name}": self.url(service)
            for service in SERVICES
            for name in ("URL", "PUBLIC_URL")
        }
        return {
            "AUTH_ISSUER": issuer.name,
            "AUTH_JWKS_URL": issuer.jwks_path.as_uri(),
            **addresses,
            **{name: self._keys(name) for name in KEY_SETTINGS},
        }

    def _keys(self, name: str) -> str:
        return json.dumps({"1": self.credentials.key(f"{name}:1")})

    def _rotate_logs(self) -> None:
        self.logs.mkdir(exist_ok=True)
        for log in self.logs.glob("*.log"):
            log.replace(log.with_suffix(".log.1"))
