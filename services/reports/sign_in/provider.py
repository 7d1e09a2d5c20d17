"""The identity provider: where it is, and what it gives for a code or a refresh token.

OpenID Connect Discovery 1.0, Core 1.0; RFC 6749 for the token endpoint and how a client that
has a secret shows it there.
"""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote_plus, urlsplit

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jwt import JWTClaimsRegistry

from services.reports.errors import SignInFailed
from shared.http import CalleeUnavailable, Limits, ServiceClient, fetch

if TYPE_CHECKING:
    from services.reports.settings import ReportsSettings

_ALGORITHMS = ["ES256", "EdDSA", "Ed25519", "RS256", "PS256"]
_OK, _SERVER_ERROR = 200, 500

BASIC, POST = "client_secret_basic", "client_secret_post"


class RefreshRefused(Exception):
    """The provider does not take a refresh token any more: the person signs in again."""


class Discovered(msgspec.Struct):
    """What the provider says of itself; a client's way to show its secret has this default."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    token_endpoint_auth_methods_supported: list[str] = msgspec.field(
        default_factory=lambda: [BASIC]
    )


class Tokens(msgspec.Struct):
    """What the token endpoint gives; to a refresh token it need give no identity token."""

    access_token: str
    id_token: str = ""
    refresh_token: str = ""
    expires_in: Annotated[int, msgspec.Meta(gt=0)] = 300


class Provider:
    """The identity provider of the installation's settings."""

    def __init__(self, settings: ReportsSettings) -> None:
        self._settings = settings
        self._discovered: Discovered | None = None

    async def discovered(self) -> Discovered:
        """Return what the provider says of itself; asked once.

        Raises:
            SignInFailed: it cannot be asked, or says that it is another one.

        """
        if self._discovered is None:
            issuer = self._settings.auth_issuer
            address = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
            try:
                found = msgspec.json.decode(await fetch(address), type=Discovered)
            except (CalleeUnavailable, msgspec.DecodeError) as error:
                raise SignInFailed(reason="discovery") from error
            if found.issuer != issuer:
                raise SignInFailed(reason="discovery_issuer")
            self._discovered = found
        return self._discovered

    async def exchanged(self, code: str, verifier: str, redirect_uri: str) -> Tokens:
        """Return the tokens for a code.

        Raises:
            SignInFailed: the provider gives none.

        """
        asked = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        tokens = await self._tokens(asked)
        if tokens is None:
            raise SignInFailed(reason="code_refused")
        return tokens

    async def refreshed(self, refresh_token: str) -> Tokens:
        """Return new tokens for a refresh token.

        Raises:
            RefreshRefused: the provider takes it no more.
            SignInFailed: the provider cannot be asked; the refresh token may still hold.

        """
        asked = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        tokens = await self._tokens(asked)
        if tokens is None:
            raise RefreshRefused
        return tokens

    async def identity(self, id_token: str, nonce: str) -> dict[str, Any]:
        """Return the claims of the identity token that answers a flow.

        Raises:
            SignInFailed: it does not hold.

        """
        provider = await self.discovered()
        claims = JWTClaimsRegistry(
            leeway=60,
            iss={"essential": True, "value": provider.issuer},
            aud={"essential": True, "value": self._settings.oidc_client_id},
            nonce={"essential": True, "value": nonce},
            sub={"essential": True},
            exp={"essential": True},
        )
        try:
            keys = KeySet.import_key_set(msgspec.json.decode(await fetch(provider.jwks_uri)))
            token = jwt.decode(id_token, keys, algorithms=_ALGORITHMS)
            claims.validate(token.claims)
        except (JoseError, ValueError, CalleeUnavailable) as error:
            raise SignInFailed(reason="id_token") from error
        return dict(token.claims)

    async def _tokens(self, asked: dict[str, str]) -> Tokens | None:
        """Ask the token endpoint; None when it refuses what it was shown."""
        provider = await self.discovered()
        form, headers = self._shown(asked, provider.token_endpoint_auth_methods_supported)
        parts = urlsplit(provider.token_endpoint)
        host = f"{parts.scheme}://{parts.netloc}"
        async with ServiceClient("issuer", host, Limits(deadline=5.0)) as client:
            try:
                answer = await client.post_form(parts.path, form, headers=headers)
            except CalleeUnavailable as error:
                raise SignInFailed(reason="token_endpoint") from error
        if answer.status >= _SERVER_ERROR:
            raise SignInFailed(reason="token_endpoint")
        if answer.status != _OK:
            return None
        try:
            return msgspec.json.decode(answer.body, type=Tokens)
        except msgspec.DecodeError as error:
            raise SignInFailed(reason="token_answer") from error

    def _shown(
        self, asked: dict[str, str], methods: list[str]
    ) -> tuple[dict[str, str], dict[str, str]]:
        """Return the form and the headers of a client that shows its secret as it is asked to."""
        client, secret = self._settings.oidc_client_id, self._settings.oidc_client_secret
        text = secret.get_secret_value() if secret is not None else ""
        if text and BASIC in methods:
            # each part is form-encoded before they are joined (RFC 6749 section 2.3.1)
            pair = f"{quote_plus(client)}:{quote_plus(text)}"
            return asked, {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}
        form = asked | {"client_id": client}
        return (form | {"client_secret": text} if text else form), {}
