"""The processes of the services (an API and a worker each) and of the embedded issuer."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException
from signal import SIGTERM

import redis

from jarva import ports
from jarva.home import Home
from jarva.layout import SERVICES
from jarva.processes import ProcessSpec

# What a process gets for finishing what it has begun, and the least more before force is used.
_DRAIN_SECONDS = 20
_STOP = ((SIGTERM, _DRAIN_SECONDS + 5.0),)


def is_answering(port: int, path: str) -> bool:
    """Tell whether a GET is answered with 200."""
    connection = HTTPConnection(ports.LOOPBACK, port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200  # noqa: PLR2004 - OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def has_heartbeat(redis_url: str, service: str, pid: int) -> bool:
    """Tell whether a worker has said lately that it runs (`shared.worker` writes this key)."""
    with redis.Redis.from_url(redis_url, socket_timeout=2, socket_connect_timeout=2) as client:
        try:
            return bool(client.exists(f"jarva:{service}:worker:{pid}"))
        except redis.RedisError:
            return False


def web_server(name: str, factory: str, port: int, env: Mapping[str, str]) -> ProcessSpec:
    """Run an application factory on a port; it is ready when its ``/ready`` says so."""
    return ProcessSpec(
        name=name,
        argv=(
            *(sys.executable, "-m", "uvicorn", factory, "--factory"),
            *("--host", ports.LOOPBACK, "--port", str(port)),
            *("--timeout-graceful-shutdown", str(_DRAIN_SECONDS)),
            *("--no-access-log", "--no-server-header"),
        ),
        env=env,
        ready=lambda _pid: is_answering(port, "/ready"),
        stop_signals=_STOP,
    )


def api(service: str, port: int, env: Mapping[str, str]) -> ProcessSpec:
    return web_server(f"{service}-api", f"services.{service}.main:create_app", port, env)


def worker(service: str, env: Mapping[str, str]) -> ProcessSpec:
    redis_url = env["REDIS_URL"]
    return ProcessSpec(
        name=f"{service}-worker",
        argv=(sys.executable, "-m", f"services.{service}.worker"),
        env=env,
        ready=lambda pid: has_heartbeat(redis_url, service, pid),
        stop_signals=_STOP,
    )


def issuer(home: Home, env: Mapping[str, str]) -> ProcessSpec:
    own = {"JARVA_ISSUER": home.issuer.name, "JARVA_ISSUER_FOLDER": str(home.issuer.folder)}
    port = home.port("issuer")
    return web_server("issuer", "jarva.issuer_app:create_app", port, {**env, **own})


def service_processes(home: Home, env: Mapping[str, str]) -> list[ProcessSpec]:
    """Return the API and worker of every service."""
    apis = [api(service, home.port(service), env) for service in SERVICES]
    return apis + [worker(service, env) for service in SERVICES]
