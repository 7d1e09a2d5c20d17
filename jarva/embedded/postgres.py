"""The embedded PostgreSQL 18: one data folder, TCP on the loopback address, SCRAM."""

from __future__ import annotations

import locale
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from signal import SIGINT, SIGKILL, SIGQUIT

from jarva import exec_child, ports
from jarva.credentials import write_private
from jarva.embedded.binaries import postgres_binary
from jarva.processes import Drop, ProcessFailed, ProcessSpec, wait_until

SUPERUSER = "jarva"

# Modest, so that it shares a small machine with eight Python processes. C.UTF-8 of the builtin
# provider sorts and folds alike on every platform, and the same in production.
_INITDB = (
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--no-locale",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--data-checksums",
)
_SETTINGS = {
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "256MB",
    "max_connections": "200",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
    "shared_preload_libraries": "pg_stat_statements",
    "unix_socket_directories": "",
    "listen_addresses": ports.LOOPBACK,
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%a/%d ",
    # what a parameter holds may be personal data
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",
}
_FSYNC_OFF = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",  # all of them are searched for each database made or dropped
    "max_wal_size": "512MB",
}


_CTYPES = ("C.UTF-8", "C.utf8", "en_US.UTF-8", "sv_SE.UTF-8")
_STATE_LINE = 7


def choose_ctype() -> str:
    """Choose a UTF-8 character class: with C, pg_trgm drops å, ä and ö without a word."""
    kept = locale.setlocale(locale.LC_CTYPE)
    try:
        for name in _CTYPES:
            with suppress(locale.Error):
                locale.setlocale(locale.LC_CTYPE, name)
                return name
    finally:
        locale.setlocale(locale.LC_CTYPE, kept)
    raise ProcessFailed(f"this machine has none of the locales {', '.join(_CTYPES)}")


def choose_drop() -> Drop:
    """Choose how to stop being root: a user namespace needs no change of any file's owner."""
    if os.geteuid() != 0:
        return "none"
    shim = (sys.executable, "-I", "-S", exec_child.__file__, str(os.getpid()), "9", "namespace")
    probe = subprocess.run((*shim, sys.executable, "-c", ""), capture_output=True, check=False)
    return "namespace" if probe.returncode == 0 else "setuid"


@dataclass(frozen=True)
class Postgres:
    """A data folder and how to serve it.

    Args:
        folder: holds the data in ``data``; created by `initialise`.
        fsync: off only for tests, which throw the data away.

    """

    folder: Path
    password: str
    drop: Drop
    fsync: bool = True

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def initialise(self) -> None:
        """Create the data folder, unless it exists: aside and renamed, so whole or not at all."""
        if self.data.exists():
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        for leftover in self.folder.glob("new-*"):
            shutil.rmtree(leftover)
        draft = Path(tempfile.mkdtemp(prefix="new-", dir=self.folder))
        pwfile = draft / "password"
        write_private(pwfile, self.password)
        if self.drop == "setuid":
            os.chown(draft, exec_child.NOBODY, exec_child.NOBODY)
            os.chown(pwfile, exec_child.NOBODY, exec_child.NOBODY)
        self._run_initdb(draft / "data", pwfile)
        if self.drop == "setuid":
            self.folder.chmod(0o755)
        (draft / "data").rename(self.data)
        shutil.rmtree(draft)

    def _run_initdb(self, target: Path, pwfile: Path) -> None:
        shim = (sys.executable, "-I", "-S", exec_child.__file__, str(os.getpid()), "9", self.drop)
        command = (str(postgres_binary("initdb")), "-D", str(target), "-U", SUPERUSER)
        options = [f"--pwfile={pwfile}", f"--lc-ctype={choose_ctype()}", *_INITDB]
        if not self.fsync:
            options.append("--no-sync")
        done = subprocess.run(
            (*shim, *command, *options),
            capture_output=True,
            check=False,
            text=True,
            env={**os.environ, "LC_ALL": "C"},
        )
        if done.returncode:
            raise ProcessFailed(f"initdb ended with {done.returncode}\n{done.stdout}{done.stderr}")

    def spec(self, port: int) -> ProcessSpec:
        """Serve the folder on `port`; a fast shutdown first, an immediate one if that lasts."""
        settings = _SETTINGS | {"port": str(port)} | ({} if self.fsync else _FSYNC_OFF)
        options = tuple(f"--{name}={value}" for name, value in settings.items())
        return ProcessSpec(
            name="postgres",
            argv=(str(postgres_binary("postgres")), "-D", str(self.data), *options),
            ready=self._is_ready,
            before_start=self._clear_leftovers,
            stop_signals=((SIGINT, 15.0), (SIGQUIT, 5.0)),
            orphan_signal=SIGINT,
            drop=self.drop,
        )

    def _pid_file(self) -> list[str]:
        with suppress(OSError):
            return (self.data / "postmaster.pid").read_text("utf-8").splitlines()
        return []

    def _is_ready(self, pid: int) -> bool:
        lines = self._pid_file()  # the eighth line is the state, as pg_ctl reads it
        return len(lines) > _STATE_LINE and lines[0] == str(pid) and "ready" in lines[_STATE_LINE]

    def _clear_leftovers(self) -> None:
        """Wait for a server that outlived its launcher, and forget one that is gone.

        The folder is locked by us, so a pid file names either our own orphan or, after a
        crash of the machine, a number that may belong to anybody by now.
        """
        lines = self._pid_file()
        if not lines:
            return
        pid = int(lines[0])
        for signal, seconds in ((SIGINT, 20.0), (SIGQUIT, 5.0), (SIGKILL, 5.0)):
            if not self._serves(pid):
                break
            with suppress(ProcessLookupError):
                os.kill(pid, signal)
            wait_until(lambda: not self._serves(pid), seconds)
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _serves(self, pid: int) -> bool:
        return str(self.data) in command_line(pid)


def command_line(pid: int) -> str:
    """Return what a process was started with; empty when there is none (or only its zombie)."""
    if Path("/proc/self/cmdline").exists():
        with suppress(OSError):
            return Path(f"/proc/{pid}/cmdline").read_text("utf-8", errors="replace")
        return ""
    listing = subprocess.run(
        ("/bin/ps", "-o", "command=", "-p", str(pid)), capture_output=True, check=False, text=True
    )
    return listing.stdout
