"""One way to build a service: its API mounted at ``/{service}/v1``, the probes beside it.

A service's ``main.py`` is this and nothing else::

    SPEC = ServiceSpec(
        name="participants",
        title="Deltagare",
        description="Deltagare och inskrivningar. / Participants and enrolments. ...",
        version="1.0.0",
        released=date(2026, 11, 22),
        constraint_errors={"enrolment_person_programme_excl": OverlappingEnrolment},
    )

    def create_app(settings: ParticipantsSettings | None = None) -> ServiceApp:
        return build_app(
            SPEC,
            settings or ParticipantsSettings(),
            [units.router, enrolments.router],
            hooks=[open_sealer],
            schema_head=head("participants"),
        )

A hook is ``@asynccontextmanager async def open_sealer(context: ServiceContext)``: it adds
what the service needs (``context.add(...)``) and closes it at shutdown.
"""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, cast

import msgspec
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from shared import http
from shared.api_info import info_router
from shared.auth import TokenVerifier
from shared.backlogs import watch_backlogs
from shared.context import ServiceContext
from shared.db import Database
from shared.dead_letters import dead_letters_router
from shared.dispatch import Dispatcher, Unknown
from shared.edge import MAX_IN_FLIGHT, Edge
from shared.error_handlers import exception_handlers
from shared.health import health_routes
from shared.keys import KeySet
from shared.metrics import Metrics
from shared.openapi import complete
from shared.relay import ring_after_commits
from shared.routing import ServiceRouter

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence
    from contextlib import AbstractAsyncContextManager

    from sqlalchemy.pool import QueuePool

    from shared.errors import DomainError
    from shared.settings import ServiceSettings

CONTACT = {
    "name": "Arbetsmarknadsförvaltningen, Stockholms stad",
    "url": "https://start.stockholm/",
    "email": "arbetsmarknad@example.se",
}
LICENCE = {"name": "EUPL-1.2", "url": "https://eupl.eu/1.2/sv/"}
TERMS = "https://start.stockholm/om-webbplatsen/"
LIMITS = (
    "\n\nBegränsningar: en sida håller högst 200 poster, en förfrågan högst 1 MiB (leveranser"
    " undantagna). Limits: a page holds at most 200 records, a request at most 1 MiB"
    " (deliveries excepted). `page=0` is refused; a page beyond the last is empty."
)


@dataclass(frozen=True)
class ServiceSpec:
    """What a service says about itself.

    Attributes:
        name: ``participants``: its path, its tokens' audience.
        title: of the published specification.
        description: what the API is for, in Swedish and in English.
        version: MAJOR.MINOR.PATCH of the API.
        released: the day that version was released.
        status: alpha, beta, active, deprecated, retired or decommissioned.
        constraint_errors: what the violation of a named database constraint means.

    """

    name: str
    title: str
    description: str
    version: str
    released: date
    status: str = "active"
    constraint_errors: Mapping[str, Callable[[], DomainError]] = field(default_factory=dict)

    @property
    def root(self) -> str:
        """The path of the API: ``/participants/v1``."""
        return f"/{self.name}/v{self.version.partition('.')[0]}"


class ServiceApp(Starlette):
    """The application a server runs; `api` is the part that is published."""

    spec: ServiceSpec
    settings: ServiceSettings
    api: FastAPI
    dispatcher: Dispatcher


def build_app(
    spec: ServiceSpec,
    settings: ServiceSettings,
    routers: Sequence[ServiceRouter],
    *,
    hooks: Sequence[Callable[[ServiceContext], AbstractAsyncContextManager[None]]] = (),
    schema_head: str | None,
    max_in_flight: int = MAX_IN_FLIGHT,
    pages: Sequence[Route] = (),
    unknown: Unknown | None = None,
) -> ServiceApp:
    """Return the service's application.

    Args:
        spec: what the service says about itself.
        settings: its settings.
        routers: its resources.
        hooks: opened in order at start-up, closed in reverse at shutdown.
        schema_head: the revision that `/ready` asks of the database; None checks none.
        max_in_flight: requests carried out at once.
        pages: what people are shown beside the API; they see to their own access.
        unknown: answers an address outside the API that there is not; without, a problem.

    """
    every = [info_router(spec, settings), *routers, dead_letters_router()]
    api = _published(spec, settings, every)
    app = ServiceApp(
        exception_handlers=exception_handlers(spec.constraint_errors),
        middleware=[Middleware(Edge, max_in_flight=max_in_flight)],
    )
    app.spec, app.settings, app.api = spec, settings, api
    app.router = app.dispatcher = Dispatcher(
        spec.root,
        [*health_routes(), specification_route(spec.root, api), *pages],
        [route for router in every for route in router.routes],
        unknown,
    )
    app.router.lifespan_context = lambda _: _lifespan(app, spec, settings, hooks, schema_head)
    return app


def _published(
    spec: ServiceSpec,
    settings: ServiceSettings,
    routers: Sequence[ServiceRouter],
) -> FastAPI:
    """Return what FastAPI makes of the routes: the source of the specification."""
    api = FastAPI(
        title=spec.title,
        version=spec.version,
        description=spec.description + LIMITS,
        contact=dict(CONTACT),
        license_info=dict(LICENCE),
        terms_of_service=TERMS,
        servers=[{"url": f"{settings.public_url}{spec.root}"}],
        root_path_in_servers=False,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        separate_input_output_schemas=False,
    )
    routes = [route for router in routers for route in router.routes]
    api.router.routes.extend(routes)

    def openapi() -> dict[str, Any]:
        if api.openapi_schema is None:
            document = get_openapi(
                title=api.title,
                version=api.version,
                description=api.description,
                contact=api.contact,
                license_info=api.license_info,
                terms_of_service=api.terms_of_service,
                servers=api.servers,
                tags=[{"name": router.tag} for router in routers],
                routes=api.routes,
                separate_input_output_schemas=False,
            )
            api.openapi_schema = complete(document, routes)
        return api.openapi_schema

    api.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way
    return api


def specification_route(root: str, api: FastAPI) -> Route:
    """Return the route of ``openapi.json``, encoded once (profile DOK.23, DOK.24)."""

    @cache
    def document() -> bytes:
        return msgspec.json.encode(api.openapi())

    async def read_specification(_request: Request) -> Response:
        return Response(document(), media_type="application/json")

    return Route(f"{root}/openapi.json", read_specification, methods=["GET"])


@asynccontextmanager
async def _lifespan(
    app: ServiceApp,
    spec: ServiceSpec,
    settings: ServiceSettings,
    hooks: Sequence[Callable[[ServiceContext], AbstractAsyncContextManager[None]]],
    schema_head: str | None,
) -> AsyncIterator[None]:
    """Open what the process shares; start-up fails when any of it is missing."""
    async with AsyncExitStack() as stack:
        keys = KeySet(settings.auth_jwks_url, fetch=http.fetch)
        stack.push_async_callback(keys.close)
        await keys.load()
        context = open_context(spec, settings, keys, schema_head)
        stack.push_async_callback(context.db.close)
        for hook in (ring_after_commits, watch_backlogs, *hooks):
            await stack.enter_async_context(hook(context))
        app.state.services = context
        try:
            yield
        finally:
            context.draining = True


def open_context(
    spec: ServiceSpec, settings: ServiceSettings, keys: KeySet, schema_head: str | None
) -> ServiceContext:
    """Return the context of one API process; its database opens connections when asked."""
    metrics = Metrics(spec.name)
    db = Database(
        settings.database_url.get_secret_value(),
        application_name=f"{spec.name}-api",
        pool_size=settings.pool_size,
    )
    pool = cast("QueuePool", db.engine.pool)
    metrics.watch("database_connections_in_use", "Connections of the pool in use", pool.checkedout)
    return ServiceContext(
        service=spec.name,
        settings=settings,
        db=db,
        verifier=TokenVerifier(keys, issuer=settings.auth_issuer, audience=spec.name),
        metrics=metrics,
        root=spec.root,
        schema_head=schema_head,
    )
