"""How a page is declared: its address and the scope it needs.

A page without a session sends the person to sign in; a form without its session's token is
refused. A refusal of ours becomes a page in Swedish with the same code as the API gives.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from services.reports.errors import SignInFailed
from services.reports.front import frame
from services.reports.front.wording import TITLES, fact
from services.reports.sign_in import Session, SignIn, same_secret, sign_in_address
from shared.database_errors import DATABASE_ERRORS, translate
from shared.errors import DomainError, Forbidden, Unauthenticated

if TYPE_CHECKING:
    from shared.context import ServiceContext

COOKIE = "session"
_MAX_FORM = 64 * 1024
_SERVER_ERROR = 500

_log = structlog.get_logger("front")


class FormStale(Forbidden):
    code = "form_stale"
    title = "The form does not belong to this session"


@dataclass(frozen=True)
class Visit:
    """One person's request for one page."""

    request: Request
    session: Session
    form: dict[str, str] = field(default_factory=dict)

    @property
    def context(self) -> ServiceContext:
        context: ServiceContext = self.request.app.state.services
        return context

    def may(self, scope: str) -> bool:
        """Tell whether the person has a scope."""
        return scope in self.session.caller.scopes

    def show(self, file: str, *, title: str, **data: Any) -> Response:  # noqa: ANN401
        """Return a page for the person."""
        return frame.shown(file, self.session, title=title, visit=self, **data)


Handler = Callable[[Visit], Awaitable[Response]]


@dataclass(frozen=True)
class Page:
    """A declared page: its scope, and what answers it; without a scope it needs a session only."""

    path: str
    method: str
    scope: str | None
    handler: Handler

    @property
    def label(self) -> str:
        """Method and template, as logs and metrics name it."""
        return f"{self.method} {self.path}"

    async def answer(self, request: Request) -> Response:
        """Answer a request: session, scope, the form's token, then the page itself."""
        session: Session | None = None
        try:
            session = await session_of(request)
            if session is None:
                wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
                back = wanted if self.method == "GET" else "/"
                return RedirectResponse(sign_in_address(back), status_code=303)
            if self.scope is not None:
                session.caller.require_scope(self.scope)
            form = await form_of(request, session) if self.method == "POST" else {}
            return await self.handler(Visit(request, session, form))
        except DomainError as refused:
            return refusal(refused, session)
        except DATABASE_ERRORS as error:
            meant = translate(error, request.app.spec.constraint_errors)
            if meant is None:
                raise
            return refusal(meant, session)


class Pages:
    """The pages of one part of the front."""

    def __init__(self) -> None:
        self.declared: list[Page] = []

    def get(self, path: str, *, scope: str) -> Callable[[Handler], Handler]:
        """Declare a page."""
        return self._declare("GET", path, scope)

    def post(self, path: str, *, scope: str | None) -> Callable[[Handler], Handler]:
        """Declare what a form does."""
        return self._declare("POST", path, scope)

    def _declare(self, method: str, path: str, scope: str | None) -> Callable[[Handler], Handler]:
        def declare(handler: Handler) -> Handler:
            self.declared.append(Page(path, method, scope, handler))
            return handler

        return declare


def routes(*parts: Pages) -> list[Route]:
    """Return the declared pages as routes."""
    return [
        Route(page.path, page.answer, methods=[page.method])
        for part in parts
        for page in part.declared
    ]


async def session_of(request: Request) -> Session | None:
    """Return the session that the browser's cookie names, if it lasts."""
    context: ServiceContext = request.app.state.services
    sign_in = context.get(SignIn)
    session_id = request.cookies.get(cookie_name(sign_in))
    if not session_id:
        return None
    try:
        return await sign_in.session(context.db, session_id)
    except Unauthenticated:
        return None


def cookie_name(sign_in: SignIn) -> str:
    """Return the cookie's name; over TLS browsers bind the prefixed one to this very host."""
    return f"__Host-{COOKIE}" if sign_in.secure else COOKIE


async def form_of(request: Request, session: Session) -> dict[str, str]:
    """Return a form's fields.

    Raises:
        FormStale: it lacks the session's token: another site may have sent it.

    """
    body = await request.body()
    fields = dict(parse_qsl(body[:_MAX_FORM].decode("utf-8", "replace")))
    if not same_secret(fields.pop("form_token", ""), session.form_token):
        raise FormStale
    return fields


def refusal(refused: DomainError, session: Session | None) -> Response:
    """Return a refusal as a page."""
    if isinstance(refused, SignInFailed):
        _log.info("sign_in_failed", reason=refused.reason)
    elif refused.status >= _SERVER_ERROR:
        _log.warning("page_unavailable", code=refused.code)
    return frame.shown(
        "refusal.html",
        session,
        title=TITLES.get(refused.code, "Det gick inte"),
        status=refused.status,
        code=refused.code,
        facts=_facts(refused),
    )


async def unknown_address(request: Request, refused: DomainError) -> Response:
    """Answer an address that there is not: a page to a browser, a problem to a program."""
    if "text/html" not in request.headers.get("accept", ""):
        return refused.response()
    try:
        session = await session_of(request)
    except DATABASE_ERRORS:  # the answer is the same, without the menu
        session = None
    return refusal(refused, session)


def _facts(refused: DomainError) -> list[str]:
    """Return what stands in the way, one line each, as far as it is known what it is."""
    lists = [value for value in refused.extensions.values() if isinstance(value, list | tuple)]
    return [said for value in lists for one in value if (said := fact(one)) is not None]
