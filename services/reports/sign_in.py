"""Signing in at the web front: OpenID Connect, and sessions kept in the database.

Authorization code with PKCE (OpenID Connect Core 1.0, RFC 7636). The browser holds an opaque
session id and nothing else; the bearer token is sealed in the database and ends the session
with it.
"""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlencode, urlsplit

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jwt import JWTClaimsRegistry

from services.reports.errors import SignInFailed
from shared.crypto import SealBroken, Sealer, read_keys
from shared.http import CalleeUnavailable, Limits, ServiceClient, fetch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from services.reports.settings import ReportsSettings
    from shared.auth import Caller, TokenVerifier
    from shared.db import Connection

FLOW_SECONDS = 600
"""How long a person may take at the identity provider."""

_ALGORITHMS = ["ES256", "EdDSA", "Ed25519", "RS256", "PS256"]
_OK = 200


class _Discovered(msgspec.Struct):
    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


class _Tokens(msgspec.Struct):
    access_token: str
    id_token: str
    expires_in: Annotated[int, msgspec.Meta(gt=0)] = 300


class Flow(msgspec.Struct):
    """What the browser carries, sealed, while the person is at the identity provider."""

    state: str
    nonce: str
    verifier: str
    back_to: str
    until: float


@dataclass(frozen=True, slots=True)
class Session:
    """A person who is signed in: who they are to the services, their name, and a form's token."""

    caller: Caller
    name: str
    form_token: str
    expires_at: datetime


class SignIn:
    """One process's way of signing people in.

    Args:
        settings: the provider and the keys.
        verifier: checks the bearer tokens that the provider gives.

    """

    def __init__(self, settings: ReportsSettings, verifier: TokenVerifier) -> None:
        self._settings = settings
        self._verifier = verifier
        encoded = {
            version: key.get_secret_value() for version, key in settings.session_keys.items()
        }
        self._sealer = Sealer(read_keys(encoded))
        self._discovered: _Discovered | None = None

    @property
    def redirect_uri(self) -> str:
        """Where the provider sends the person back."""
        return f"{self._settings.public_url.rstrip('/')}/inloggad"

    @property
    def secure(self) -> bool:
        """Whether people reach the front over TLS, so that cookies may be bound to it."""
        return urlsplit(self._settings.public_url).scheme == "https"

    async def begin(self, back_to: str) -> tuple[str, str]:
        """Return the provider's address for a person, and the sealed flow for their browser.

        Args:
            back_to: a path of this front.

        Raises:
            SignInFailed: the provider cannot be asked.

        """
        provider = await self._provider()
        until = datetime.now(UTC) + timedelta(seconds=FLOW_SECONDS)
        flow = Flow(
            state=secrets.token_urlsafe(32),
            nonce=secrets.token_urlsafe(32),
            verifier=secrets.token_urlsafe(48),
            back_to=local_path(back_to),
            until=until.timestamp(),
        )
        asked = {
            "response_type": "code",
            "client_id": self._settings.oidc_client_id,
            "redirect_uri": self.redirect_uri,
            "scope": self._settings.oidc_scopes,
            "state": flow.state,
            "nonce": flow.nonce,
            "code_challenge": _challenge(flow.verifier),
            "code_challenge_method": "S256",
        }
        joined = "&" if urlsplit(provider.authorization_endpoint).query else "?"
        address = f"{provider.authorization_endpoint}{joined}{urlencode(asked)}"
        sealed = self._sealer.seal(msgspec.json.encode(flow), place="web|flow")
        return address, sealed.hex()

    async def complete(
        self, conn: Connection, answered: Mapping[str, str], sealed_flow: str
    ) -> tuple[str, str]:
        """Open a session for a person who comes back; return its id and where they wanted to go.

        Raises:
            SignInFailed: what came back does not belong to the flow, or the provider's tokens
                do not hold; the reason is for the log.

        """
        flow = self._flow(sealed_flow)
        if not same_secret(answered.get("state", ""), flow.state):
            raise SignInFailed(reason="state")
        if not answered.get("code"):
            raise SignInFailed(reason="refused_by_provider")
        tokens = await self._exchanged(answered["code"], flow)
        claims = await self._identity(tokens.id_token, flow.nonce)
        caller = await self._verifier.verify(tokens.access_token)
        if claims["sub"] != caller.subject:
            raise SignInFailed(reason="subject")
        session_id = secrets.token_urlsafe(32)
        await self._keep(conn, session_id, tokens, str(claims.get("name") or caller.subject))
        return session_id, flow.back_to

    async def session(self, conn: Connection, session_id: str) -> Session | None:
        """Return a person's session, or None when it has ended."""
        row = await conn.fetchrow(
            "select * from web_session where id_hash = $1 and expires_at > now()",
            _hash(session_id),
        )
        if row is None:
            return None
        try:
            token = self._sealer.open(row["sealed_token"], place=_place(session_id)).decode()
        except SealBroken:
            return None
        return Session(
            caller=await self._verifier.verify(token),
            name=row["name"],
            form_token=_form_token(session_id),
            expires_at=row["expires_at"],
        )

    async def end(self, conn: Connection, session_id: str) -> None:
        """End a session; those that end by themselves are forgotten when somebody signs in."""
        await conn.execute("delete from web_session where id_hash = $1", _hash(session_id))

    def _flow(self, sealed: str) -> Flow:
        try:
            opened = self._sealer.open(bytes.fromhex(sealed), place="web|flow")
        except (ValueError, SealBroken) as broken:
            raise SignInFailed(reason="flow") from broken
        flow = msgspec.json.decode(opened, type=Flow)
        if flow.until < datetime.now(UTC).timestamp():
            raise SignInFailed(reason="flow_too_old")
        return flow

    async def _provider(self) -> _Discovered:
        if self._discovered is None:
            issuer = self._settings.auth_issuer
            address = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
            try:
                found = msgspec.json.decode(await fetch(address), type=_Discovered)
            except (CalleeUnavailable, msgspec.DecodeError) as error:
                raise SignInFailed(reason="discovery") from error
            if found.issuer != issuer:
                raise SignInFailed(reason="discovery_issuer")
            self._discovered = found
        return self._discovered

    async def _exchanged(self, code: str, flow: Flow) -> _Tokens:
        provider = await self._provider()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "client_id": self._settings.oidc_client_id,
            "code_verifier": flow.verifier,
        }
        secret = self._settings.oidc_client_secret
        if secret is not None and secret.get_secret_value():
            form["client_secret"] = secret.get_secret_value()
        parts = urlsplit(provider.token_endpoint)
        host = f"{parts.scheme}://{parts.netloc}"
        async with ServiceClient("issuer", host, Limits(deadline=5.0)) as client:
            try:
                answer = await client.post_form(parts.path, form)
            except CalleeUnavailable as error:
                raise SignInFailed(reason="token_endpoint") from error
        if answer.status != _OK:
            raise SignInFailed(reason="code_refused")
        try:
            return msgspec.json.decode(answer.body, type=_Tokens)
        except msgspec.DecodeError as error:
            raise SignInFailed(reason="token_answer") from error

    async def _identity(self, id_token: str, nonce: str) -> dict[str, Any]:
        provider = await self._provider()
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

    async def _keep(self, conn: Connection, session_id: str, tokens: _Tokens, name: str) -> None:
        expires = datetime.now(UTC) + timedelta(seconds=tokens.expires_in)
        sealed = self._sealer.seal(tokens.access_token.encode(), place=_place(session_id))
        await conn.execute("delete from web_session where expires_at <= now()")
        await conn.execute(
            "insert into web_session (id_hash, sealed_token, name, expires_at)"
            " values ($1, $2, $3, $4)",
            _hash(session_id),
            sealed,
            name[:200],
            expires,
        )


def local_path(asked: str) -> str:
    """Return a path of this front, whatever was asked: nobody is sent elsewhere."""
    parts = urlsplit(asked)
    local = asked.startswith("/") and not asked.startswith(("//", "/\\"))
    return asked if local and not parts.scheme and not parts.netloc else "/"


def same_secret(given: str, held: str) -> bool:
    """Tell whether a secret is the one that is held, in the same time wherever they part.

    As bytes: `compare_digest` raises on text with other letters than ASCII's, which whoever
    calls may send.
    """
    return secrets.compare_digest(given.encode(errors="replace"), held.encode())


def sign_in_address(back_to: str) -> str:
    """Return the address that a person without a session is sent to."""
    return f"/logga-in?{urlencode({'tillbaka': back_to})}"


def _challenge(verifier: str) -> str:
    """Return what only the verifier fits (RFC 7636 section 4.2, S256)."""
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _hash(session_id: str) -> bytes:
    return sha256(session_id.encode()).digest()


def _place(session_id: str) -> str:
    return f"web_session|sealed_token|{_hash(session_id).hex()}"


def _form_token(session_id: str) -> str:
    """Return what every form of a session carries; another site cannot know it."""
    return sha256(b"form|" + session_id.encode()).hexdigest()
