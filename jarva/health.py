"""Whether a process does its work, asked from outside it.

Also a program for container health checks: ``python -m jarva.health api 8000`` and
``python -m jarva.health worker budget`` (which reads ``REDIS_URL``) exit 0 when it does.
"""

from __future__ import annotations

import os
import socket
import sys
from http.client import HTTPConnection, HTTPException

import redis

_TIMEOUT = 2.0


def is_answering(port: int, path: str = "/ready") -> bool:
    """Tell whether a GET on this machine is answered with 200."""
    connection = HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200  # noqa: PLR2004 - OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def has_heartbeat(redis_url: str, service: str, pid: int | None = None) -> bool:
    """Tell whether a worker of this host (with this process id) has said lately that it runs.

    `shared.queue` writes that key, and it expires within seconds.
    """
    pattern = f"jarva:{service}:worker:{socket.gethostname()}:{'*' if pid is None else pid}"
    timeouts = {"socket_timeout": _TIMEOUT, "socket_connect_timeout": _TIMEOUT}
    with redis.Redis.from_url(redis_url, **timeouts) as client:
        try:
            return any(True for _ in client.scan_iter(match=pattern, count=1000))
        except redis.RedisError:
            return False


def main(kind: str, which: str) -> int:
    """Return 0 when the process of that kind does its work, else 1."""
    if kind == "api":
        return 0 if is_answering(int(which)) else 1
    return 0 if has_heartbeat(os.environ["REDIS_URL"], which) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
