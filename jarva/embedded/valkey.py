"""The embedded Valkey: append-only file, password, TCP on the loopback address."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from signal import SIGTERM

from jarva import ports
from jarva.credentials import write_private
from jarva.embedded.binaries import valkey_server
from jarva.processes import ProcessSpec, wait_until

# Queued work must survive (appendonly) and must never be thrown out for memory (noeviction).
_CONFIG = """\
bind 127.0.0.1
port {port}
dir "{folder}"
requirepass {password}
appendonly yes
appendfsync {appendfsync}
save ""
maxmemory-policy noeviction
databases 256
"""


@dataclass(frozen=True)
class Valkey:
    """A data folder and how to serve it.

    Args:
        fsync: off only for tests, which throw the data away.

    """

    folder: Path
    password: str
    fsync: bool = True

    def spec(self, port: int) -> ProcessSpec:
        """Serve the folder on `port`, after one that outlived its launcher has ended."""

        def before_start() -> None:
            self._end_orphan()
            self._write_config(port)

        return ProcessSpec(
            name="valkey",
            argv=(str(valkey_server()), str(self.folder / "valkey.conf")),
            ready=lambda _pid: self._answers(port),
            before_start=before_start,
            stop_signals=((SIGTERM, 15.0),),
            orphan_signal=SIGTERM,
        )

    def _write_config(self, port: int) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        text = _CONFIG.format(
            port=port,
            folder=self.folder,
            password=self.password,
            appendfsync="everysec" if self.fsync else "no",
        )
        write_private(self.folder / "valkey.conf", text)

    def _answers(self, port: int) -> bool:
        return self._says(port, b"PING\r\n", b"+PONG")

    def _says(self, port: int, command: bytes, answer: bytes) -> bool:
        question = b"AUTH " + self.password.encode("ascii") + b"\r\n" + command
        return ports.answers(port, question=question, expected=answer)

    def _end_orphan(self) -> None:
        """Two servers must never write one append-only file; only ours knows the password."""
        with suppress(OSError):
            config = (self.folder / "valkey.conf").read_text("utf-8")
            port = int(config.partition("\nport ")[2].partition("\n")[0])
            if self._answers(port):
                self._says(port, b"SHUTDOWN\r\n", b"+")
                wait_until(lambda: not self._answers(port), 10.0)
