"""Become another program, after giving up root and binding our life to the parent's.

Run as ``python -I -S exec_child.py PARENT_PID SIGNAL DROP program arguments...``. It is a program
of its own, not a ``preexec_fn``, because code between fork and exec in a process with threads may
deadlock. The standard library only: it is started once per child process.

DROP is ``none``, ``namespace`` (a user namespace in which root is seen as uid 65534; files stay
root's) or ``setuid`` (uid 65534 outright). PostgreSQL refuses to run as root.
"""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

NOBODY = 65534
_CLONE_NEWUSER = 0x10000000
_PR_SET_PDEATHSIG = 1


def enter_namespace() -> None:
    """Raise OSError where the kernel forbids user namespaces."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWUSER):
        raise OSError(ctypes.get_errno(), "no user namespace")
    maps = (("setgroups", "deny"), ("uid_map", f"{NOBODY} 0 1"), ("gid_map", f"{NOBODY} 0 1"))
    for name, text in maps:
        Path("/proc/self", name).write_text(text, encoding="ascii")


def drop_root(how: str) -> None:
    if how == "namespace":
        enter_namespace()
    elif how == "setuid":
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)


def die_with(parent: int, signal: int) -> None:
    """Ask for `signal` when the parent dies; must follow `drop_root`, which would clear it."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal)
    if os.getppid() != parent:  # it died before we asked
        sys.exit("the parent is gone")


def main(arguments: list[str]) -> None:
    parent, signal, how, *program = arguments
    drop_root(how)
    die_with(int(parent), int(signal))
    os.execvp(program[0], program)  # noqa: S606 - no shell is the intention


if __name__ == "__main__":
    main(sys.argv[1:])
