"""Run a service's API: ``python -m shared.serve services.budget.main:create_app --port 8003``.

uvicorn with this project's logs, and with a drain: at SIGTERM the process first says that it
is not ready, keeps answering for ``--drain`` seconds while load balancers look elsewhere,
then stops listening and gives what is in hand ``--grace`` seconds. A second signal skips
the drain. It exits 0 after an orderly stop.
"""

from __future__ import annotations

import argparse
import sys
import time
from typing import TYPE_CHECKING, Any

import uvicorn
from typing_extensions import override
from uvicorn.importer import import_from_string

from shared import logs

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType

GRACE_SECONDS = 20


class DrainingServer(uvicorn.Server):
    """A server that stays open for a while after it was told to stop.

    Args:
        config: uvicorn's own.
        drain: seconds between not being ready and not listening.

    """

    def __init__(self, config: uvicorn.Config, *, drain: float) -> None:
        super().__init__(config)
        self._drain = drain
        self._stop_at: float | None = None

    @override
    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self._stop_at is not None:
            self.force_exit = self.should_exit
            self.should_exit = True
            return
        self._stop_at = time.monotonic() + self._drain
        services = getattr(getattr(self.config.app, "state", None), "services", None)
        if services is not None:
            services.draining = True

    @override
    async def on_tick(self, counter: int) -> bool:
        if self._stop_at is not None and time.monotonic() >= self._stop_at:
            self.should_exit = True
        return await super().on_tick(counter)


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until told to stop; return the exit code."""
    given = _parser().parse_args(arguments)
    app = import_from_string(given.factory)()
    settings = getattr(app, "settings", None)
    logs.configure(_name(app, given.factory), getattr(settings, "log_level", "INFO"))
    config = uvicorn.Config(
        app,
        host=given.host,
        port=given.port,
        loop="uvloop",
        http="httptools",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=given.grace,
    )
    server = DrainingServer(config, drain=given.drain)
    server.run()
    return 0 if server.started else 3


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m shared.serve", description=__doc__)
    parser.add_argument("factory", help="module:function that returns the application")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--drain", type=float, default=0.0, help="seconds; 5 behind a balancer")
    parser.add_argument("--grace", type=int, default=GRACE_SECONDS, help="seconds")
    return parser


def _name(app: Any, factory: str) -> str:  # noqa: ANN401  any ASGI application
    spec = getattr(app, "spec", None)
    return getattr(spec, "name", None) or factory.partition(":")[0]


if __name__ == "__main__":
    sys.exit(main())
