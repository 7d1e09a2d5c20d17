"""Takes a request straight to its route.

FastAPI builds the routes, their handlers and the specification. At run time its application
object would put five layers of middleware, a mount and a linear search over every path in
front of them, which costs a request more than its own work; the routes are found here by
table instead: by their first segment and number of segments, then by pattern.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Router
from typing_extensions import override

from shared.errors import DomainError, MethodNotAllowed, NotFound, error_of_status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.routing import Route
    from starlette.types import Receive, Scope, Send

    from shared.routing import ServiceRoute

Unknown = Callable[[Request, DomainError], Awaitable[Response]]
"""Answers an address that there is not, or not with that method."""

_FILES = "fastapi_middleware_astack"
"""Where FastAPI's handlers expect the exit stack of the request (pinned with its version)."""


class Dispatcher(Router):
    """Starlette's own routing for the probes and the specification, a table for the API.

    Args:
        root: ``/participants/v1``.
        beside: the probes, and the specification below the root.
        routes: the API's own.
        unknown: answers what nothing beside the API does, where people are shown pages.

    """

    def __init__(
        self,
        root: str,
        beside: Sequence[Route],
        routes: Sequence[ServiceRoute],
        unknown: Unknown | None = None,
    ) -> None:
        super().__init__(routes=beside, redirect_slashes=False)
        self._beside = frozenset(route.path for route in beside)
        self._unknown = unknown
        self._prefix = f"{root}/"
        self._root_length = len(root)
        self._table: dict[tuple[int, str], list[ServiceRoute]] = {}
        for route in routes:
            self.add(route)

    def add(self, route: ServiceRoute) -> None:
        """Add a route of the API."""
        self._table.setdefault(_key(route.path_format), []).append(route)

    @override
    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope.get("path", "")  # a lifespan has none
        ours = scope["type"] == "http" and path.startswith(self._prefix)
        if not ours or path in self._beside:
            await self._answer_beside(scope, receive, send)
            return
        route = self._find(scope, path[self._root_length :])
        async with AsyncExitStack() as files:
            scope[_FILES] = files
            await route.app(scope, receive, send)

    async def _answer_beside(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().app(scope, receive, send)
        except HTTPException as error:
            if self._unknown is None:
                raise
            refused = error_of_status(error.status_code, error.headers)
            answer = await self._unknown(Request(scope, receive), refused)
            await answer(scope, receive, send)

    def _find(self, scope: Scope, path: str) -> ServiceRoute:
        """Return the route, its path parameters placed in the scope.

        Raises:
            NotFound: no route has this path.
            MethodNotAllowed: some have, for the methods in ``Allow``.

        """
        allowed: set[str] = set()
        for route in self._table.get(_key(path), ()):
            match = route.path_regex.match(path)
            if match is None:
                continue
            if route.method == scope["method"]:
                scope["route"], scope["path_params"] = route, match.groupdict()
                return route
            allowed.add(route.method)
        if allowed:
            raise MethodNotAllowed(headers={"Allow": ", ".join(sorted(allowed))})
        raise NotFound


def _key(path: str) -> tuple[int, str]:
    """Return number of segments and the first one; a first segment is never a parameter."""
    return path.count("/"), path.partition("/")[2].partition("/")[0]
