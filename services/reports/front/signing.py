"""Signing in and out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from services.reports.front import frame
from services.reports.front.pages import Pages, Visit, cookie_name, refusal
from services.reports.sign_in import FLOW_SECONDS, SignIn
from shared.db import driver
from shared.errors import DomainError

if TYPE_CHECKING:
    from shared.context import ServiceContext

FLOW_COOKIE = "inloggning"

pages = Pages()


async def begin(request: Request) -> Response:
    """Send a person to the identity provider."""
    sign_in = _sign_in(request)
    try:
        address, flow = await sign_in.begin(request.query_params.get("tillbaka", "/"))
    except DomainError as refused:
        return refusal(refused, None)
    answer = RedirectResponse(address, status_code=303)
    _keep(answer, FLOW_COOKIE, flow, sign_in, seconds=FLOW_SECONDS)
    return answer


async def come_back(request: Request) -> Response:
    """Open a session for a person whom the identity provider sends back."""
    sign_in = _sign_in(request)
    context: ServiceContext = request.app.state.services
    try:
        session_id, back_to = await sign_in.complete(
            context.db, request.query_params, request.cookies.get(FLOW_COOKIE, "")
        )
    except DomainError as refused:
        return refusal(refused, None)
    answer = RedirectResponse(back_to, status_code=303)
    _keep(answer, cookie_name(sign_in), session_id, sign_in)
    answer.delete_cookie(FLOW_COOKIE)
    return answer


@pages.post("/logga-ut", scope=None)
async def sign_out(visit: Visit) -> Response:
    """End the session."""
    sign_in = visit.context.get(SignIn)
    name = cookie_name(sign_in)
    async with visit.context.db.begin() as session:
        await sign_in.end(await driver(session), visit.request.cookies[name])
    answer = frame.shown("signed_out.html", None, title="Du är utloggad")
    answer.delete_cookie(name, secure=sign_in.secure, httponly=True, samesite="lax")
    return answer


ROUTES = [Route("/logga-in", begin), Route("/inloggad", come_back)]
"""The two addresses that everybody may call: there is no session yet."""


def _sign_in(request: Request) -> SignIn:
    context: ServiceContext = request.app.state.services
    return context.get(SignIn)


def _keep(
    answer: Response, name: str, value: str, sign_in: SignIn, *, seconds: int | None = None
) -> None:
    answer.set_cookie(
        name, value, max_age=seconds, httponly=True, samesite="lax", secure=sign_in.secure
    )
