"""The outermost layer of every service: trace, security headers, load limit, log, metrics.

One pure ASGI wrapper rather than five: each layer costs every request, and a base-class
middleware would hide context variables from what runs below it.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import structlog
from starlette.routing import Route

from shared.abandonment import PATIENCE, stopped_when_abandoned
from shared.errors import InternalError, Unavailable
from shared.logs import error_fields, request_line
from shared.trace import leave_trace, resume_trace

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from shared.context import ServiceContext
    from shared.errors import DomainError

MAX_IN_FLIGHT = 256

_DEFAULT_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cache-control", b"no-store"),
)
_PROBES = frozenset({"/live", "/ready", "/metrics"})

_log = structlog.get_logger("http")


class Overloaded(Unavailable):
    code = "overloaded"
    title = "The service has too many requests in hand"


class Edge:
    """Wraps a whole application.

    Args:
        app: what is wrapped.
        max_in_flight: requests carried out at once; more are told to come back.
        patience: seconds after which a read whose client has left is stopped.

    """

    def __init__(
        self, app: ASGIApp, *, max_in_flight: int = MAX_IN_FLIGHT, patience: float = PATIENCE
    ) -> None:
        self._app = app
        self._max_in_flight = max_in_flight
        self._patience = patience
        self._in_flight = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Carry one request through; everything but HTTP passes untouched."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(scope, send)
        self._in_flight += 1
        try:
            await self._carry(exchange, receive)
        finally:
            self._in_flight -= 1
            exchange.end()

    async def _carry(self, exchange: _Exchange, receive: Receive) -> None:
        if self._in_flight > self._max_in_flight and exchange.scope["path"] not in _PROBES:
            await exchange.fail(Overloaded(retry_after=1), receive)
            return
        try:
            if exchange.scope["method"] == "GET":
                async with stopped_when_abandoned(receive, self._patience):
                    await self._app(exchange.scope, receive, exchange.send)
            else:
                await self._app(exchange.scope, receive, exchange.send)
        except Exception as error:  # noqa: BLE001  nothing may reach the server's own traceback log
            _log.error("request_failed", route=exchange.route, **error_fields(error))
            if not exchange.started:
                await exchange.fail(InternalError(), receive)


class _Exchange:
    """One request and its answer."""

    __slots__ = (
        "_began",
        "_send",
        "_token",
        "_trace_id",
        "_traceparent",
        "scope",
        "started",
        "status",
    )

    def __init__(self, scope: Scope, send: Send) -> None:
        self.scope = scope
        self.started = False
        self.status = 499  # the client left before there was an answer
        self._send = send
        self._began = time.perf_counter()
        trace, self._token = resume_trace(_header(scope, b"traceparent"))
        self._trace_id = trace.trace_id
        self._traceparent = trace.traceparent.encode()

    @property
    def route(self) -> str:
        """The route's label: method and template, never a path with values."""
        route = self.scope.get("route")
        label = getattr(route, "label", None)
        if isinstance(label, str):
            return label
        if isinstance(route, Route):
            return f"{self.scope['method']} {route.path}"
        if self.scope["path"] in _PROBES:
            return f"GET {self.scope['path']}"
        return "unmatched"

    async def send(self, message: Message) -> None:
        """Pass a message on, adding the headers every answer carries."""
        if message["type"] == "http.response.start":
            self.started = True
            self.status = message["status"]
            given = message["headers"]
            present = {name for name, _ in given}
            added = [pair for pair in _DEFAULT_HEADERS if pair[0] not in present]
            message["headers"] = [*given, (b"traceparent", self._traceparent), *added]
        await self._send(message)

    async def fail(self, error: DomainError, receive: Receive) -> None:
        """Answer with a problem from outside the application."""
        await error.response()(self.scope, receive, self.send)

    def end(self) -> None:
        """Count and log the request, and leave its trace."""
        seconds = time.perf_counter() - self._began
        route, method = self.route, self.scope["method"]
        app = self.scope.get("app")
        context: ServiceContext | None = getattr(getattr(app, "state", None), "services", None)
        if context is not None:
            context.metrics.observe(method, route, self.status, seconds)
        if self.scope["path"] not in _PROBES:
            request_line(route, self.status, seconds, self._trace_id)
        leave_trace(self._token)


def _header(scope: Scope, wanted: bytes) -> str | None:
    for name, value in scope["headers"]:
        if name == wanted:
            return value.decode("latin-1")  # type: ignore[no-any-return]  # ASGI scopes are untyped
    return None
