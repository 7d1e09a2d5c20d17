"""How a service declares its routes.

Every route says which scope it needs, or that it is public; a route that says neither stops
the process at start-up. Handlers take what they need by type and return a model::

    router = ServiceRouter(prefix="/units", tag="units")

    @router.get("/{unitId}", scope="participants:read")
    async def read_unit(
        unit_id: Annotated[UUID, Path(alias="unitId")], session: Reading, caller: CallerDep
    ) -> UnitOut:
        '''Read one unit.

        The docstring becomes summary (first line) and description of the operation.
        '''
        return UnitOut.of(await queries.unit(session, unit_id, by=caller))

    @router.post("", scope="participants:write", status_code=201, answers=UnitOut,
                 idempotent=True)
    async def create_unit(body: UnitIn, session: Transaction, caller: CallerDep) -> Response:
        '''Create a unit.'''
        unit = await units.create(session, name=body.name, by=caller)
        return created(UnitOut.of(unit), location=f"/units/{unit.id}", version=unit.version)

    @router.patch("/{unitId}", scope="participants:write", answers=UnitOut)
    async def rename_unit(..., version: IfMatch, session: Transaction) -> Response:
        '''Rename a unit.'''
        ...
        return answered(UnitOut.of(unit), version=unit.version)

`Transaction` is the request's one writing session, committed by the route before the answer
leaves; `Opening` opens it when called, for a handler that first asks other services and must
hold no connection meanwhile (``session = await opening()``); `Reading` is a read-only picture.
Nothing is opened for a route that asks for none of them.
`AccessedDep` notes the persons shown (``accessed(person.id)``): logged and committed first.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar

from fastapi import Request
from fastapi.routing import APIRoute
from pydantic.alias_generators import to_camel
from starlette.responses import Response
from typing_extensions import override

from shared import dependencies
from shared.bodies import JSON, MAX_BODY, UNLIMITED_BODY, check_media_type
from shared.dependencies import (
    UNIT,
    AccessedDep,
    CallerDep,
    IdempotencyKey,
    IfMatch,
    Opening,
    Reading,
    Transaction,
)
from shared.paging import Page, Paging
from shared.responses import accepted, answered, created, kept_bytes
from shared.unit import RequestUnit

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

    from fastapi.dependencies.models import Dependant

    from shared.models import ApiModel

__all__ = [
    "JSON",
    "UNLIMITED_BODY",
    "AccessedDep",
    "CallerDep",
    "IdempotencyKey",
    "IfMatch",
    "Opening",
    "Page",
    "Paging",
    "Reading",
    "RouteUndeclared",
    "ServiceRoute",
    "ServiceRouter",
    "Transaction",
    "accepted",
    "answered",
    "check_media_type",
    "created",
    "kept_bytes",
]

Method: TypeAlias = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
Handler = TypeVar("Handler", bound="Callable[..., Any]")


class RouteUndeclared(TypeError):
    """A route breaks a rule of this module; the process must not start."""


class ServiceRoute(APIRoute):
    """A route with its scope, run as one unit of work.

    Attributes:
        scope: the scope its token must carry; None for a public route.
        idempotent: the route class claims the key and keeps the answer.
        accepts: media types of its body; anything else is refused with 415.
        max_body: bytes a body may have.
        kept: its answer has a tag and may be 304.
        method: the one method it answers.
        label: method and path template, as metrics and access log name it.

    """

    def __init__(
        self,
        path: str,
        endpoint: Callable[..., Any],
        *,
        scope: str | None,
        idempotent: bool,
        accepts: Sequence[str],
        max_body: int,
        kept: bool,
        **options: Any,  # noqa: ANN401  APIRoute's own
    ) -> None:
        self.scope = scope
        self.idempotent = idempotent
        self.accepts = tuple(accepts)
        self.max_body = max_body
        self.kept = kept
        self.method: str = options["methods"][0]
        self.label = f"{self.method} {path}"
        super().__init__(path, endpoint, **options)
        asked = _dependencies(self.dependant)
        self.opens_late = dependencies.opening in asked
        self.writes = dependencies.transaction in asked or self.opens_late
        self.conditional = dependencies.if_match in asked
        self.keyed = idempotent or dependencies.idempotency_key in asked
        self.takes_body = self.body_field is not None
        self._check(asked)

    @override
    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap FastAPI's handler (parse, call, serialise) in the request's unit of work."""
        handler = super().get_route_handler()

        async def answer(request: Request) -> Response:
            unit = RequestUnit(request, self)
            request.scope[UNIT] = unit
            return await unit.answer(handler)

        return answer

    def _check(self, asked: set[Callable[..., Any] | None]) -> None:
        if self.writes and dependencies.reading in asked:
            raise RouteUndeclared(f"{self.label} asks for both Transaction and Reading")
        if self.opens_late and dependencies.transaction in asked:
            raise RouteUndeclared(f"{self.label} asks for both Transaction and Opening")
        if self.idempotent and not self.writes:
            raise RouteUndeclared(f"{self.label} is idempotent but has no Transaction")
        if self.scope is None and (self.idempotent or dependencies.caller in asked):
            raise RouteUndeclared(f"{self.label} is public and cannot know its caller")
        if not (self.endpoint.__doc__ or "").strip():
            raise RouteUndeclared(f"{self.label} has no docstring to document it with")


class ServiceRouter:
    """The routes of one resource.

    Args:
        prefix: ``/enrolments``: plural, kebab-case, without the service's own root.
        tag: the resource's name in the published specification.

    """

    def __init__(self, *, prefix: str, tag: str) -> None:
        self.prefix = prefix
        self.tag = tag
        self.routes: list[ServiceRoute] = []

    def get(self, path: str, **options: Any) -> Callable[[Handler], Handler]:  # noqa: ANN401
        """Declare a GET route; options as `add`."""
        return self._declare("GET", path, options)

    def post(self, path: str, **options: Any) -> Callable[[Handler], Handler]:  # noqa: ANN401
        """Declare a POST route; options as `add`."""
        return self._declare("POST", path, options)

    def put(self, path: str, **options: Any) -> Callable[[Handler], Handler]:  # noqa: ANN401
        """Declare a PUT route; options as `add`."""
        return self._declare("PUT", path, options)

    def patch(self, path: str, **options: Any) -> Callable[[Handler], Handler]:  # noqa: ANN401
        """Declare a PATCH route; options as `add`."""
        return self._declare("PATCH", path, options)

    def delete(self, path: str, **options: Any) -> Callable[[Handler], Handler]:  # noqa: ANN401
        """Declare a DELETE route; options as `add`."""
        return self._declare("DELETE", path, options)

    def add(  # noqa: PLR0913  each is one option of a declaration, by keyword
        self,
        method: Method,
        path: str,
        endpoint: Callable[..., Any],
        *,
        scope: str | None = None,
        public: bool = False,
        status_code: int = 200,
        answers: type[ApiModel] | None = None,
        idempotent: bool = False,
        accepts: Sequence[str] = JSON,
        max_body: int = MAX_BODY,
        kept: bool = False,
        openapi: dict[str, Any] | None = None,
        responses: dict[int | str, dict[str, Any]] | None = None,
    ) -> None:
        """Add a route.

        Args:
            method: its HTTP method.
            path: below the prefix; path parameters in camelCase.
            endpoint: an async function with a docstring.
            scope: the scope needed, ``participants:read``.
            public: no token is asked for; exactly one of scope and public is given.
            status_code: of a success.
            answers: the model of a success when the handler returns a raw `Response`.
            idempotent: needs an Idempotency-Key; the same key gives the same bytes.
            accepts: media types of the body.
            max_body: bytes a body may have; `UNLIMITED_BODY` for routes that stream it.
            kept: the answer comes from `kept_bytes`: documents ETag, If-None-Match and 304.
            openapi: members merged into the operation of the published specification.
            responses: further documented responses, as FastAPI takes them.

        Raises:
            RouteUndeclared: neither or both of scope and public, or no docstring.

        """
        if (scope is None) is not public:
            raise RouteUndeclared(f"{method} {self.prefix}{path} must declare scope or public=True")
        options: dict[str, Any] = {} if answers is None else {"response_model": answers}
        self.routes.append(
            ServiceRoute(
                self.prefix + path,
                endpoint,
                scope=scope,
                idempotent=idempotent,
                accepts=accepts,
                max_body=max_body,
                kept=kept,
                methods=[method],
                status_code=status_code,
                tags=[self.tag],
                summary=inspect.cleandoc(endpoint.__doc__ or "").partition("\n")[0].rstrip("."),
                operation_id=to_camel(endpoint.__name__),
                openapi_extra=openapi,
                responses=responses,
                **options,
            )
        )

    def _declare(
        self,
        method: Method,
        path: str,
        options: dict[str, Any],
    ) -> Callable[[Handler], Handler]:
        def declare(endpoint: Handler) -> Handler:
            self.add(method, path, endpoint, **options)
            return endpoint

        return declare


def _dependencies(dependant: Dependant) -> set[Callable[..., Any] | None]:
    found = {dependant.call}
    for inner in dependant.dependencies:
        found |= _dependencies(inner)
    return found
