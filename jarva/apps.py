"""The processes of the services (an API and a worker each) and of the embedded issuer."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from signal import SIGTERM

from jarva import ports
from jarva.health import has_heartbeat, is_answering
from jarva.home import Home
from jarva.layout import SERVICES
from jarva.processes import ProcessSpec

# What a process gets for finishing what it has begun, and the least more before force is used.
_GRACE_SECONDS = 20
_STOP = ((SIGTERM, _GRACE_SECONDS + 5.0),)


def web_command(factory: str, host: str, port: int, *, drain: int = 0) -> tuple[str, ...]:
    """Return the command that serves an application factory.

    Args:
        drain: seconds in which it still answers after it was told to stop, so that a load
            balancer can notice.

    """
    return (
        *(sys.executable, "-m", "shared.serve", factory),
        *("--host", host, "--port", str(port)),
        *("--drain", str(drain), "--grace", str(_GRACE_SECONDS)),
    )


def api_factory(service: str) -> str:
    return f"services.{service}.main:create_app"


def worker_command(service: str) -> tuple[str, ...]:
    return (sys.executable, "-m", f"services.{service}.worker")


def web_server(name: str, factory: str, port: int, env: Mapping[str, str]) -> ProcessSpec:
    """Run an application factory on a port; it is ready when its ``/ready`` says so."""
    return ProcessSpec(
        name=name,
        argv=web_command(factory, ports.LOOPBACK, port),
        env=env,
        ready=lambda _pid: is_answering(port),
        stop_signals=_STOP,
    )


def api(service: str, port: int, env: Mapping[str, str]) -> ProcessSpec:
    return web_server(f"{service}-api", api_factory(service), port, env)


def worker(service: str, env: Mapping[str, str]) -> ProcessSpec:
    redis_url = env["REDIS_URL"]
    return ProcessSpec(
        name=f"{service}-worker",
        argv=worker_command(service),
        env=env,
        ready=lambda pid: has_heartbeat(redis_url, service, pid),
        stop_signals=_STOP,
    )


def issuer(home: Home, env: Mapping[str, str]) -> ProcessSpec:
    own = {
        "JARVA_ISSUER": home.issuer.name,
        "JARVA_ISSUER_FOLDER": str(home.issuer.folder),
        "JARVA_ISSUER_REDIRECT": f"{env.get('REPORTS_PUBLIC_URL') or home.url('reports')}/inloggad",
    }
    port = home.port("issuer")
    return web_server("issuer", "jarva.issuer_app:create_app", port, {**env, **own})


def service_processes(home: Home, env: Mapping[str, str]) -> list[ProcessSpec]:
    """Return the API and worker of every service."""
    apis = [api(service, home.port(service), env) for service in SERVICES]
    return apis + [worker(service, env) for service in SERVICES]
