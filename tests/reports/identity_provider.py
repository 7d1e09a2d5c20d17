"""An identity provider as strict as they come, on a port of its own.

A code is good once; so is a refresh token, and one that is shown twice ends the person's grant,
as RFC 9700 section 4.14 asks of providers that rotate them.
"""

from __future__ import annotations

import asyncio
import time
from base64 import b64decode
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote_plus, urlsplit
from uuid import uuid4

import uvicorn
from joserfc import jwt
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from tests.tokens import Issuer

CLIENT, SECRET = "jarva-front", "hemlig: med %åäö+"


@dataclass
class IdentityProvider:
    """What it gives, and what it was asked."""

    issuer: Issuer
    scopes: Sequence[str] = ("reports:read", "reports:committee")
    methods: Sequence[str] | None = ("client_secret_basic",)
    """How it says that a client shows its secret; None leaves it unsaid."""
    seconds: float = 600
    refreshes: bool = True
    away: bool = False
    subject: str = "anna"
    grants: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    """How the client showed its secret, each time."""
    _nonces: dict[str, str] = field(default_factory=dict)
    _refresh: set[str] = field(default_factory=set)

    def code_for(self, address: str) -> dict[str, str]:
        """Return what the provider sends back with a person who was sent to an address."""
        asked = dict(parse_qsl(urlsplit(address).query))
        code = uuid4().hex
        self._nonces[code] = asked["nonce"]
        return {"code": code, "state": asked["state"]}

    def application(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._metadata),
                Route("/jwks", self._keys),
                Route("/token", self._token, methods=["POST"]),
            ]
        )

    async def _metadata(self, _request: Request) -> Response:
        name = self.issuer.name
        said: dict[str, Any] = {
            "issuer": name,
            "authorization_endpoint": f"{name}/authorize",
            "token_endpoint": f"{name}/token",
            "jwks_uri": f"{name}/jwks",
        }
        if self.methods is not None:
            said["token_endpoint_auth_methods_supported"] = list(self.methods)
        return JSONResponse(said)

    async def _keys(self, _request: Request) -> Response:
        return JSONResponse({"keys": [self.issuer.key.as_dict(private=False)]})

    async def _token(self, request: Request) -> Response:
        if self.away:
            return JSONResponse({"error": "temporarily_unavailable"}, 503)
        form = dict(parse_qsl((await request.body()).decode()))
        how = self._secret_shown(request.headers.get("Authorization", ""), form)
        self.shown.append(how)
        if how not in (self.methods or ("client_secret_basic",)):
            return JSONResponse({"error": "invalid_client"}, 401)
        self.grants.append(form["grant_type"])
        if form["grant_type"] == "authorization_code":
            nonce = self._nonces.pop(form["code"], None)
            return _refused() if nonce is None else self._given(nonce)
        if form["refresh_token"] not in self._refresh:
            self._refresh.clear()
            return _refused()
        self._refresh.remove(form["refresh_token"])
        await asyncio.sleep(0.2)  # as a provider far away: others must not ask meanwhile
        return self._given(None)

    def _given(self, nonce: str | None) -> Response:
        token = self.issuer.token(*self.scopes, subject=self.subject, lifetime=self.seconds)
        given: dict[str, Any] = {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": int(self.seconds),
        }
        if nonce is not None:
            given["id_token"] = self._id_token(nonce)
        if self.refreshes:
            given["refresh_token"] = uuid4().hex
            self._refresh.add(given["refresh_token"])
        return JSONResponse(given)

    def _id_token(self, nonce: str) -> str:
        now = int(time.time())
        claims = {
            "iss": self.issuer.name,
            "aud": CLIENT,
            "sub": self.subject,
            "iat": now,
            "exp": now + 300,
            "nonce": nonce,
            "name": "Anna Test",
        }
        return jwt.encode({"alg": "ES256", "kid": self.issuer.key.kid}, claims, self.issuer.key)

    @staticmethod
    def _secret_shown(authorization: str, form: dict[str, str]) -> str:
        if authorization.startswith("Basic "):
            pair = b64decode(authorization.removeprefix("Basic ")).decode()
            client, _, secret = (unquote_plus(part) for part in pair.partition(":"))
            fits = (client, secret) == (CLIENT, SECRET) and "client_secret" not in form
            return "client_secret_basic" if fits else "wrong"
        if form.get("client_id") != CLIENT:
            return "wrong"
        if "client_secret" in form:
            return "client_secret_post" if form["client_secret"] == SECRET else "wrong"
        return "none"


@asynccontextmanager
async def serving(issuer: Issuer, **more: Any) -> AsyncIterator[IdentityProvider]:  # noqa: ANN401  fields
    """Serve a provider whose name is its address."""
    provider = IdentityProvider(issuer, **more)
    config = uvicorn.Config(provider.application(), port=0, log_config=None, access_log=False)
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    provider.issuer = replace(issuer, name=f"http://127.0.0.1:{port}")
    try:
        yield provider
    finally:
        server.should_exit = True
        await running


def _refused() -> Response:
    return JSONResponse({"error": "invalid_grant"}, 400)
