"""Free ports on the loopback address."""

from __future__ import annotations

import socket

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


def free_port(*preferred: int | None) -> int:
    """Return the first preferred port that is free, else any free one."""
    for port in preferred:
        if port and is_free(port):
            return port
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


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
