"""Free ports on the loopback address."""

from __future__ import annotations

import itertools
import socket
import sys
from collections.abc import Iterator

LOOPBACK = "127.0.0.1"


def is_free(port: int) -> bool:
    """Tell whether a server could listen there now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def hold(port: int) -> socket.socket | None:
    """Keep other jarvas off a port before anything listens there; None when one of them holds it.

    Two that start at the same moment would both find it free, and each would take the other's
    services for its own. The name is gone with the socket, however we end. Only Linux has
    such names; elsewhere the port is merely probable.
    """
    holder = socket.socket(socket.AF_UNIX)
    if sys.platform == "linux":
        try:
            holder.bind(f"\0jarva-port-{port}")
        except OSError:
            holder.close()
            return None
    return holder


def take(*preferred: int | None) -> tuple[int, socket.socket]:
    """Return the first preferred port that is free, else any free one, and what holds it."""
    for port in itertools.chain(preferred, _any_ports()):
        if port and is_free(port) and (holder := hold(port)):
            return port, holder
    raise AssertionError("there is always another port")


def _any_ports() -> Iterator[int]:
    while True:
        with socket.socket() as probe:
            probe.bind((LOOPBACK, 0))
            port = int(probe.getsockname()[1])
        yield port


def answers(port: int, *, question: bytes = b"", expected: bytes = b"") -> bool:
    """Tell whether something listens, and says `expected` to `question` (when given)."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=1.0) as peer:
            peer.sendall(question)
            received = b""
            while expected not in received:
                chunk = peer.recv(4096)
                if not chunk:
                    return False
                received += chunk
            return True
    except OSError:
        return False
